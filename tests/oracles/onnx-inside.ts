import { decode, encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import { modelSchema, type ValueInfoProto } from '../../src/compiler/formats/onnx/proto/onnx.ts';

const [floatType, uint8Type] = [1, 2];

/** Names of the tensors that QuantizeLinear makes in a QDQ model. */
export const quantisedTensors = (qdq: Uint8Array): string[] =>
  (decode(modelSchema, qdq).graph?.node ?? [])
    .filter((node) => node.opType === 'QuantizeLinear')
    .flatMap((node) => node.output);

/** What every ZipMap names the columns of, by the name of its output. */
export const zippedTensors = (bytes: Uint8Array): Map<string, string> =>
  new Map(
    (decode(modelSchema, bytes).graph?.node ?? [])
      .filter((node) => node.opType === 'ZipMap')
      .map((node) => [node.output[0], node.input[0]]),
  );

/** An ONNX model with tensors of reals as further outputs. */
export const showingReals = (bytes: Uint8Array, names: readonly string[]): Uint8Array =>
  showing(bytes, names, floatType);

/** An ONNX model with tensors of one type, uint8, as further outputs. */
export function showing(bytes: Uint8Array, names: readonly string[], elemType = uint8Type): Uint8Array {
  const model = decode(modelSchema, bytes);
  const infos = names.map((name): ValueInfoProto => ({ name, type: { tensorType: { elemType } } }));
  model.graph?.output.push(...infos);
  return encode(modelSchema, model);
}
