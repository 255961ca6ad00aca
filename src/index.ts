export { type Compiled, type CompileOptions, compileModel, readModel, writeFormat } from './compiler/index.ts';
export { EdgecError, type ErrorCode, Random, type Tensor, type TypedArray, tensor } from './core/index.ts';
export { readNpy, readNpz, writeNpy, writeNpz } from './evaluate/index.ts';
export { type LoadOptions, loadModel, type NodeProfile, type Session } from './runtime/index.ts';
export { findTarget, type LatencyPrediction, predictLatency, type Target } from './targets/index.ts';
