export { type CalibrationSample, type Observer, observers } from './calibrate/index.ts';
export { type Compiled, type CompileOptions, compileModel, macsOf } from './compile.ts';
export type { Executor, OpenModel } from './executor.ts';
export { formats, onnxOps } from './formats/index.ts';
export * from './graph/index.ts';
export { lower } from './lower/index.ts';
export { canonicalize } from './passes/index.ts';
export { importModel, openModel, type ReadOptions, readModel } from './read-model.ts';
export { writeFormat } from './write-format.ts';
