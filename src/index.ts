export * from './compiler/index.ts';
export {
  EdgecError,
  type ErrorCode,
  Random,
  type Tensor,
  type TensorType,
  type TypedArray,
  tensor,
  tensorBytes,
} from './core/index.ts';
export { readNpy, readNpz, writeNpy, writeNpz } from './evaluate/index.ts';
export * from './runtime/index.ts';
export * from './targets/index.ts';
