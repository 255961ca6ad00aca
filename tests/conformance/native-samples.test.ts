import { describe, expect, test } from 'vitest';
import { type Accuracy, firstOutside, ops, Random, samplePackage } from '../../src/core/index.ts';
import { loadModel, nativeIsas } from '../../src/runtime/index.ts';

const seed = Number(process.env.EDGEC_SEED ?? 1);

/** Ops that never reach an engine, with the reason. */
const neverRun: Readonly<Record<string, string>> = {
  Requantize: 'lowered to Table: its meaning depends on the parameters of its operand',
};

const exact: Accuracy = { kind: 'exact' };

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
          const accuracy = type.dtype === 'float32' ? op.accuracy : exact;
          const [f, e] = [found[output].data, expected[output].data];
          const at = firstOutside(accuracy, f, e);
          if (at >= 0) expect(f[at], `${isa} ${output}[${at}]`).toBe(e[at]);
        }
        session.dispose();
      }
    },
  );
});
