import type { OpDefinition, OpSample } from '../define-op.ts';
import { completeAttrs } from '../op-attrs.ts';
import { planAll } from '../plan/index.ts';
import type { Tensor, TypedArray } from '../tensor.ts';
import { version } from '../version.ts';
import { type Manifest, numericsId, type PackageValue } from './package.ts';
import { writePackage } from './write.ts';

const manifest: Manifest = {
  name: 'sample',
  numerics: numericsId,
  precision: 'mixed',
  target: 'host',
  edgec: version,
  source: { file: 'sample', format: 'onnx', sha256: '0'.repeat(64) },
  floatIslands: [],
  notes: [],
  macs: 0,
};

/**
 * A package of one node, made of a sample of its op, and the inputs to run it on. Value: operands of constant ports
 * are constants, all others are inputs.
 */
export function samplePackage(
  op: OpDefinition,
  sample: OpSample,
): { bytes: Uint8Array; inputs: Record<string, TypedArray> } {
  const attrs = completeAttrs(op.name, op.attrs, sample.attrs);
  const values: PackageValue[] = [];
  const inputs: number[] = [];
  const data: Record<string, TypedArray> = {};
  const operands = sample.inputs.map((t, i) => {
    if (!t) return undefined;
    const { dtype, shape, quant } = t as Tensor;
    const port = op.inputs[Math.min(i, op.inputs.length - 1)];
    const type = quant ? { dtype, shape, quant } : { dtype, shape };
    values.push(port.constant ? { name: `c${i}`, type, constant: t } : { name: `x${i}`, type });
    if (!port.constant) {
      inputs.push(values.length - 1);
      data[`x${i}`] = t.data;
    }
    return values.length - 1;
  });
  const outputs = op.infer(sample.inputs, attrs).map((type, i) => values.push({ name: `y${i}`, type }) - 1);
  const nodes = [{ name: 'node', op: op.name, inputs: operands, outputs, attrs, origin: [] }];
  const graph = { values, nodes, inputs, outputs };
  return { bytes: writePackage({ manifest, graph, plans: planAll(graph) }), inputs: data };
}
