import { describe, expect, test } from 'vitest';
import { Random, tensor } from '../../core/index.ts';
import { GraphBuilder, type ValueId } from '../graph/index.ts';
import { lower } from './index.ts';

const random = new Random(3);
const image = { dtype: 'float32', shape: [1, 4, 4, 2] } as const;
const conv = { pads: [1, 1, 1, 1] };

/** The lowered nodes of a model of `build`, each as its op and the number of its operands. */
function lowered(
  build: (b: GraphBuilder, x: ValueId, weights: () => ValueId) => ValueId[],
  everyValue = false,
): string[] {
  const b = new GraphBuilder();
  const weights = (): ValueId =>
    b.constant(
      'w',
      tensor(
        'float32',
        [2, 3, 3, 2],
        Float32Array.from({ length: 36 }, () => random.normal()),
      ),
    );
  for (const id of build(b, b.input('x', image), weights)) b.output(id);
  const graph = b.build('model', 'canonical', { format: 'edgec', ops: {}, notes: [] });
  return lower(graph, { everyValue }).graph.nodes.map(({ op, inputs }) => `${op} ${inputs.length}`);
}

describe('a sum with the result of a convolution', () => {
  test('is made by the convolution, with the bounds of the sum', () => {
    const nodes = lowered((b, x, w) => {
      const y = b.add1('Conv2d', [x, w()], conv);
      return [b.add1('Add', [x, y], { clampMin: 0 })];
    });
    expect(nodes).toEqual(['Conv2d 4']);
  });
  test('of two is made by the later one', () => {
    const nodes = lowered((b, x, w) => {
      const first = b.add1('Conv2d', [x, w()], conv);
      const second = b.add1('Conv2d', [first, w()], conv);
      const third = b.add1('Conv2d', [x, w()], conv);
      return [b.add1('Add', [second, third], {})];
    });
    expect(nodes).toEqual(['Conv2d 2', 'Conv2d 2', 'Conv2d 4']);
  });
  test.each<[string, Parameters<typeof lowered>[0]]>([
    [
      'that something else reads',
      (b, x, w) => {
        const y = b.add1('Conv2d', [x, w()], conv);
        return [b.add1('Add', [x, y], {}), y];
      },
    ],
    [
      'that is added to itself',
      (b, x, w) => {
        const y = b.add1('Conv2d', [x, w()], conv);
        return [b.add1('Add', [y, y], {})];
      },
    ],
    [
      'that is clamped',
      (b, x, w) => [b.add1('Add', [x, b.add1('Conv2d', [x, w()], { ...conv, clampMin: 0 })], {})],
    ],
    [
      'that is broadcast',
      (b, x, w) => {
        const y = b.add1('Conv2d', [b.input('row', { dtype: 'float32', shape: [1, 1, 4, 2] }), w()], conv);
        return [b.add1('Add', [x, y], {})];
      },
    ],
  ])('%s stays', (_, build) => {
    expect(lowered(build)).toEqual(['Conv2d 2', 'Add 2']);
  });
  test('stays where every value is wanted', () => {
    const nodes = lowered((b, x, w) => [b.add1('Add', [x, b.add1('Conv2d', [x, w()], conv)], {})], true);
    expect(nodes).toEqual(['Conv2d 2', 'Add 2']);
  });
});
