/** What opening a package on the native engine needs. No op is among it, so that a process that only runs models stays small. */
export { EdgecError, type ErrorCode, errorCodes, unreadable } from './errors.ts';
export { checkLimit, defaultLimits, type Limits } from './limits.ts';
export { type ByteSource, sourceOf } from './package/container.ts';
export { type PackageHead, type PackagePort, readHead } from './package/head.ts';
export type { PackageState, PackageValue } from './package/package.ts';
export { choosePlan } from './package/plan-section.ts';
export { Random } from './random.ts';
export { type DType, elementCount, type Tensor, type TensorType, type TypedArray, tensor } from './tensor.ts';
