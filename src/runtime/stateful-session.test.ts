import { describe, expect, test } from 'vitest';
import { GraphBuilder, lower } from '../compiler/index.ts';
import { type Manifest, writePackage } from '../core/index.ts';
import { loadModel } from './index.ts';

/** A model that returns the sum of all that it was given: `total` is kept between runs. */
function adder(states: Manifest['states']): Uint8Array {
  const builder = new GraphBuilder();
  const type = { dtype: 'float32', shape: [2] } as const;
  const [x, total] = [builder.input('x', type), builder.input('total', type)];
  const sum = builder.add1('Add', [x, total], {}, { name: 'sum' });
  builder.output(sum);
  builder.output(builder.add1('Reshape', [sum], { shape: [2] }, { name: 'next' }));
  const { graph } = lower(builder.build('adder', 'canonical', { format: 'edgec', ops: {}, notes: [] }));
  const manifest: Manifest = {
    name: 'adder',
    numerics: '',
    precision: 'float32',
    target: 'host',
    edgec: '',
    source: { file: '', format: '', sha256: '' },
    floatIslands: [],
    notes: [],
    macs: 0,
    states,
  };
  return writePackage({ manifest, graph, plans: [] });
}

const kept = [{ input: 'total', output: 'next', initial: 5 }];

describe.each(['native', 'reference'] as const)('%s', (executor) => {
  test('what a run leaves is there in the next one, until reset', async () => {
    const session = await loadModel(adder(kept), { executor });
    expect(session.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(session.outputs.map(({ name }) => name)).toEqual(['sum']);
    const add = (v: number): number[] =>
      Array.from(session.runSync({ x: Float32Array.of(v, 0) }).sum.data, Number);
    expect([add(1), add(2)]).toEqual([
      [6, 5],
      [8, 5],
    ]);
    const later = await session.run({ x: Float32Array.of(1, 1) });
    expect(later.sum.data).toEqual(Float32Array.of(9, 6));
    session.reset();
    expect(add(1)).toEqual([6, 5]);
    expect(() => session.runSync({ x: new Float32Array(2), total: new Float32Array(2) })).toThrow(
      expect.objectContaining({ code: 'E_RUN_INPUT' }),
    );
    session.dispose();
  });

  test('a state that is no port is refused', async () => {
    const states = [{ input: 'total', output: 'nothing', initial: 0 }];
    await expect(loadModel(adder(states), { executor })).rejects.toMatchObject({ code: 'E_PACKAGE_CORRUPT' });
  });
});
