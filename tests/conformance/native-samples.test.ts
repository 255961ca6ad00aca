import { describe, expect, test } from 'vitest';
import { type OpDefinition, ops, Random, samplePackage, type TypedArray } from '../../src/core/index.ts';
import { loadModel, nativeIsas } from '../../src/runtime/index.ts';

const seed = Number(process.env.EDGEC_SEED ?? 1);

/** Ops that never reach an engine, with the reason. */
const neverRun: Readonly<Record<string, string>> = {
  Requantize: 'lowered to Table: its meaning depends on the parameters of its operand',
};

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
      const { bytes, inputs } = samplePackage(op, sample);
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
