export { type ByteSource, isPackage, sourceOf } from './container.ts';
export { type PackageHead, type PackagePort, readHead } from './head.ts';
export { isas } from './layout.ts';
export * from './package.ts';
export { encodePlan } from './plan-section.ts';
export { readPackage, verifyPackage } from './read.ts';
export { samplePackage } from './sample-package.ts';
export { type Windows, windowIndex } from './windows.ts';
export { writePackage } from './write.ts';
