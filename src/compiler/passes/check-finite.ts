import { EdgecError, opByName } from '../../core/index.ts';
import { type Graph, operandConstants, valueOf } from '../graph/index.ts';

/**
 * Throws E_MODEL_NAN, naming the tensor, where a constant holds NaN, or where a weight or bias is infinite. Other
 * constants may be infinite: masks of attention are.
 */
export function checkFinite(graph: Graph): void {
  for (const { name, constant } of graph.values.values()) {
    if (constant?.dtype === 'float32') check(name, constant.data as Float32Array, Number.isNaN, 'NaN');
  }
  for (const node of graph.nodes) {
    const ports = opByName(node.op).inputs;
    operandConstants(graph, node).forEach((constant, i) => {
      if (constant?.dtype !== 'float32' || !ports[i]?.constant || ports[i].unbounded) return;
      const name = valueOf(graph, node.inputs[i] as number).name;
      check(name, constant.data as Float32Array, (v) => !Number.isFinite(v), 'an infinite number');
    });
  }
}

/** Whether every element is finite: then their sum in binary64 is. */
export function allFinite(data: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  return Number.isFinite(sum);
}

function check(name: string, data: Float32Array, bad: (v: number) => boolean, found: string): void {
  const at = allFinite(data) ? -1 : data.findIndex(bad);
  if (at < 0) return;
  throw new EdgecError('E_MODEL_NAN', 'a tensor of the model holds no usable number', {
    expected: 'finite numbers',
    found: `${found} at element ${at}`,
    where: name,
    remedy: 'export the model again from a checkpoint that has not diverged',
  });
}
