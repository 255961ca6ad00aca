import { onnxFormat } from './onnx/index.ts';
import { tfliteFormat } from './tflite/index.ts';

export { onnxOps } from './onnx/op-counts.ts';

/** Every interchange format. */
export const formats = [onnxFormat, tfliteFormat] as const;
