import { decode, encode, schema } from '../../src/compiler/formats/onnx/proto/message.ts';
import { modelSchema } from '../../src/compiler/formats/onnx/proto/onnx.ts';
import { WireReader, WireWriter, wireType } from '../../src/compiler/formats/onnx/proto/wire.ts';

/** Ops through which an activation still counts as the final one. */
const passes = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose']);
const activations = new Set(['Softmax', 'LogSoftmax', 'Sigmoid']);

const valueInfoSchema = schema({ name: [1, 'string'] });

const graphField = 7;
const outputField = 12;

/**
 * An ONNX model that hands out what goes into each softmax or sigmoid before an output, in place of that output.
 */
export function onnxBeforeActivation(bytes: Uint8Array): Uint8Array {
  const graph = decode(modelSchema, bytes).graph;
  const makers = new Map(graph?.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const sources = new Map<string, string>();
  for (const { name = '' } of graph?.output ?? []) {
    let node = makers.get(name);
    while (node && passes.has(node.opType ?? '')) node = makers.get(node.input[0]);
    if (node && activations.has(node.opType ?? '')) sources.set(name, node.input[0]);
  }
  return rewritten(bytes, graphField, (body) =>
    rewritten(body, outputField, (info) => {
      const name = decode(valueInfoSchema, info).name ?? '';
      return sources.has(name) ? encode(valueInfoSchema, { name: sources.get(name) }) : info;
    }),
  );
}

/** A message with every field of that number, which holds bytes, replaced. */
function rewritten(
  message: Uint8Array,
  number: number,
  replace: (value: Uint8Array) => Uint8Array,
): Uint8Array {
  const reader = new WireReader(message);
  const writer = new WireWriter();
  while (!reader.done) {
    const { field, wire } = reader.tag();
    if (wire !== wireType.varint && wire !== wireType.bytes)
      throw new Error(`a field of wire type ${wire} in a model`);
    writer.tag(field, wire);
    if (wire === wireType.varint) writer.varint(reader.int64());
    else writer.bytes(field === number ? replace(reader.bytes()) : reader.bytes());
  }
  return writer.finish();
}
