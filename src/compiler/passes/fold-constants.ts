import { opByName, sameQuant, type Tensor, type TensorType, tensorBytes } from '../../core/index.ts';
import type { Node } from '../graph/index.ts';
import { evaluateNode, operandConstants, operandTypes } from '../graph/index.ts';
import { localPass } from './driver.ts';
import type { GraphView } from './graph-view.ts';

/** What folding may add to the bytes of the operands: values that are mostly repetitions are made at run time. */
const mostGrowthBytes = 16 * 2 ** 20;
const maxMacs = 1e8;
const keepParameters = new Set(['Quantize', 'Requantize']);
const movement = new Set(['Reshape', 'Transpose', 'Slice', 'Expand', 'Concat', 'Split']);

/** Evaluates nodes whose operands are all constants. In quantised graphs only those that move bytes. */
export const foldConstants = localPass('fold-constants', (node, view) => {
  const operands = operandConstants(view.graph, node);
  const known =
    operands.length > 0 && node.inputs.every((id, i) => id === undefined || operands[i] !== undefined);
  if (!known || node.outputs.some((id) => view.isOutput(id)) || !foldable(node, view, operands))
    return undefined;
  const outputs = evaluateNode(view.graph, node, operands);
  const patch = view.patch('fold-constants', node);
  outputs.forEach((t, i) => {
    patch.replace(node.outputs[i], patch.constant(node.name, t));
  });
  return patch.build();
});

const totalBytes = (types: readonly TensorType[]): number =>
  types.reduce((bytes, t) => bytes + tensorBytes(t), 0);

function foldable(node: Node, view: GraphView, operands: readonly (Tensor | undefined)[]): boolean {
  const outputs = node.outputs.map((id) => view.type(id));
  const added = totalBytes(outputs) - totalBytes(operands.flatMap((t) => t ?? []));
  if (added > mostGrowthBytes) return false;
  const quantised = [...operands, ...outputs].some((t) => t?.quant);
  if (view.graph.stage === 'quantized' && quantised)
    return movement.has(node.op) && sameParameters(operands, outputs);
  const cost = opByName(node.op).cost?.(operandTypes(view.graph, node), outputs, node.attrs as never);
  return !keepParameters.has(node.op) && (cost?.macs ?? 0) <= maxMacs;
}

const sameParameters = (operands: readonly (Tensor | undefined)[], outputs: readonly TensorType[]): boolean =>
  outputs.every(
    (t) => t.quant?.axis === undefined && operands.every((o) => !o || sameQuant(o.quant, t.quant)),
  );
