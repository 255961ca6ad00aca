import { decode } from './proto/message.ts';
import { type GraphProto, modelSchema } from './proto/onnx.ts';

/** Ops of the nodes of an ONNX graph with their counts. */
export function countOps(graph: GraphProto): Record<string, number> {
  const ops: Record<string, number> = Object.create(null);
  for (const { opType = '' } of graph.node) ops[opType] = (ops[opType] ?? 0) + 1;
  return { ...ops };
}

/** Ops of an ONNX file with their counts, those that edgec does not have included. Throws E_FORMAT_CORRUPT. */
export function onnxOps(bytes: Uint8Array): Record<string, number> {
  const { graph } = decode(modelSchema, bytes);
  return graph ? countOps(graph) : {};
}
