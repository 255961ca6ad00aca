import { describe, expect, test } from 'vitest';
import { opByName, Random, samplePackage, type TypedArray } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';

const indexed = ['Gather', 'GatherElements', 'GatherND', 'ScatterElements', 'ScatterND', 'RoiAlign'];

/** A package of one op with its first sample, and the name of the input that holds indices. */
function packageOf(name: string) {
  const { bytes, inputs } = samplePackage(opByName(name), opByName(name).samples(new Random(3))[0]);
  const indices = Object.keys(inputs).find((key) => inputs[key] instanceof Int32Array) as string;
  return { bytes, inputs, indices };
}

describe.each(indexed)('%s', (name) => {
  test.each(['native', 'reference'] as const)('an index out of range is an error on %s', async (executor) => {
    const { bytes, inputs, indices } = packageOf(name);
    const session = await loadModel(bytes, { executor });
    for (const bad of [99, -99, 2 ** 31 - 1, -(2 ** 31)]) {
      const given = Int32Array.from(inputs[indices] as Int32Array);
      given[given.length - 1] = bad;
      const wrong: Record<string, TypedArray> = { ...inputs, [indices]: given };
      expect(() => session.runSync(wrong), `${bad}`).toThrow(
        expect.objectContaining({ code: 'E_RUN_INPUT' }),
      );
    }
    expect(() => session.runSync(inputs)).not.toThrow();
    session.dispose();
  });
});

test.each(['native', 'reference'] as const)('a region too large is an error on %s', async (executor) => {
  const { bytes, inputs } = packageOf('RoiAlign');
  const session = await loadModel(bytes, { executor });
  const name = session.inputs[1].name;
  for (const bad of [1e9, Number.POSITIVE_INFINITY, Number.NaN]) {
    const rois = Float32Array.from(inputs[name] as Float32Array);
    rois[2] = bad;
    expect(() => session.runSync({ ...inputs, [name]: rois }), `${bad}`).toThrow(
      expect.objectContaining({ code: 'E_RUN_INPUT' }),
    );
  }
  session.dispose();
});
