import { onnxFormat } from './onnx/index.ts';
import { tfliteFormat } from './tflite/index.ts';

/** Every interchange format. */
export const formats = [onnxFormat, tfliteFormat] as const;
