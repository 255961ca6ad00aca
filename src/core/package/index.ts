export { isas } from './layout.ts';
export * from './package.ts';
export { encodePlan } from './plan-section.ts';
export { isPackage, readPackage } from './read.ts';
export { samplePackage } from './sample-package.ts';
export { writePackage } from './write.ts';
