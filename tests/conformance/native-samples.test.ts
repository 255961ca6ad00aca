import { describe, expect, test } from 'vitest';
import {
  completeAttrs,
  type OpDefinition,
  type OpSample,
  ops,
  type Package,
  type PackageValue,
  planMemory,
  Random,
  type Tensor,
  type TypedArray,
  writePackage,
} from '../../src/core/index.ts';
import { loadModel, nativeIsas } from '../../src/runtime/index.ts';

const seed = Number(process.env.EDGEC_SEED ?? 1);

/** Ops that never reach an engine, with the reason. */
const neverRun: Readonly<Record<string, string>> = {
  Requantize: 'lowered to Table: its meaning depends on the parameters of its operand',
};

const manifest: Package['manifest'] = {
  name: 'sample',
  numerics: 'edgec-int8-v1',
  precision: 'mixed',
  target: 'host',
  edgec: '0.1.0',
  source: { file: 'sample', format: 'onnx', sha256: '0'.repeat(64) },
  floatIslands: [],
  notes: [],
  macs: 0,
};

interface Sampled {
  bytes: Uint8Array;
  inputs: Record<string, TypedArray>;
}

/** A package of one node; operands of constant ports are constants, all others are inputs. */
function packageOf(op: OpDefinition, sample: OpSample): Sampled {
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
  return { bytes: writePackage({ manifest, graph, plans: [planMemory(graph)] }), inputs: data };
}

function expectClose(found: TypedArray, expected: TypedArray, tolerance: number, where: string): void {
  for (let i = 0; i < expected.length; i++) {
    const [f, e] = [Number(found[i]), Number(expected[i])];
    if (Object.is(f, e) || f === e) continue;
    if (Math.abs(f - e) > tolerance * Math.max(1, Math.abs(e))) expect(f, `${where}[${i}]`).toBe(e);
  }
}

const tolerance = (op: OpDefinition): number => (op.accuracy.kind === 'exact' ? 0 : op.accuracy.tolerance);

describe.each(ops.map((op) => [op.name, op] as const))(`native %s (EDGEC_SEED=${seed})`, (name, op) => {
  const samples = op.samples(new Random(seed));
  test.skipIf(name in neverRun).each(samples.map((sample, i) => [i, sample] as const))(
    '%i',
    async (_, sample) => {
      const { bytes, inputs } = packageOf(op, sample);
      const expected = (await loadModel(bytes, { executor: 'reference' })).runSync(inputs);
      for (const isa of nativeIsas()) {
        const session = await loadModel(bytes, { executor: 'native', isa });
        const found = session.runSync(inputs);
        for (const { name: output, type } of session.outputs) {
          const allowed = type.dtype === 'float32' ? tolerance(op) : 0;
          expectClose(found[output].data, expected[output].data, allowed, `${isa} ${output}`);
        }
        session.dispose();
      }
    },
  );
});
