import { elementCount, type QuantParams } from '../../../../core/index.ts';
import type { Node, ValueId } from '../../../graph/index.ts';
import { valueOf } from '../../../graph/index.ts';
import type { Emitter } from './emitter.ts';
import type { Rows } from './rows.ts';
import { biasOf } from './spatial-rows.ts';

/** Gemm on a matrix; other ranks are reshaped before and behind it, as stored. */
function fullyConnected(emitter: Emitter, node: Node): void {
  const [x, weight] = node.inputs as [ValueId, ValueId];
  const shape = emitter.shape(x);
  const flat = shape.length === 2 ? emitter.real(x) : flattened(emitter, node, x, shape);
  const inputs = [flat, emitter.parameter(weight, [0, 1]), ...biasOf(emitter, node)];
  const y = emitter.clamped(node, emitter.emit('Gemm', inputs, { transB: { i: 1 } }, node.name));
  if (shape.length === 2) return emitter.result(node.outputs[0], 'plain', y);
  const [out] = node.outputs;
  const { quant } = emitter.type(out);
  const name = valueOf(emitter.graph, out).name;
  const stored = emitter.isQuantised(out)
    ? emitter.quantize(y, quant as QuantParams, emitter.storedAs(out), `${name}_stored`)
    : y;
  emitter.define(
    out,
    'plain',
    emitter.emit('Reshape', [stored, emitter.int64s(`${name}_shape`, emitter.shape(out))], {}, name),
  );
}

function flattened(emitter: Emitter, node: Node, x: ValueId, shape: readonly number[]): string {
  const depth = shape.at(-1) as number;
  const rows = elementCount(shape) / depth;
  const to = emitter.int64s(`${node.name}_rows`, [rows, depth]);
  const matrix = emitter.emit('Reshape', [emitter.raw(x), to], {}, `${node.name}_matrix`);
  return emitter.isQuantised(x)
    ? emitter.dequantize(matrix, emitter.type(x).quant as QuantParams, emitter.storedAs(x))
    : matrix;
}

export const matrixRows: Rows = {
  FullyConnected: fullyConnected,
  MatMul: (emitter, node) => {
    const operands = node.inputs.map((id) => emitter.real(id as ValueId));
    emitter.result(node.outputs[0], 'plain', emitter.emit('MatMul', operands, {}, node.name));
  },
};
