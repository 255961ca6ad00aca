import { decode, encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import { modelSchema, type ValueInfoProto } from '../../src/compiler/formats/onnx/proto/onnx.ts';

const uint8Type = 2;

/** Names of the tensors that QuantizeLinear makes in a QDQ model. */
export const quantisedTensors = (qdq: Uint8Array): string[] =>
  (decode(modelSchema, qdq).graph?.node ?? [])
    .filter((node) => node.opType === 'QuantizeLinear')
    .flatMap((node) => node.output);

/** An ONNX model with tensors of uint8 as further outputs. */
export function showing(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const model = decode(modelSchema, bytes);
  const infos = names.map(
    (name): ValueInfoProto => ({ name, type: { tensorType: { elemType: uint8Type } } }),
  );
  model.graph?.output.push(...infos);
  return encode(modelSchema, model);
}
