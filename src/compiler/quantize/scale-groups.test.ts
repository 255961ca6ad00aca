import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../graph/index.ts';
import { assignParameters } from './scale-groups.ts';

const source = { format: 'test', ops: {}, notes: [] };
const unit = { scale: [1 / 256], zeroPoint: [-128] };

describe('values that share parameters', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [1, 4] });
  const scores = builder.add1('Sigmoid', [x], {});
  const moved = builder.add1('Reshape', [scores], { shape: [1, 4] });
  const boxes = builder.add1('Tanh', [x], {});
  const both = builder.add1('Concat', [moved, x], { axis: 1 });
  const twice = builder.add1('Concat', [scores, moved], { axis: 1 });
  for (const id of [both, twice, boxes]) builder.output(id);
  const ranges = new Map([scores, moved, both, twice].map((id) => [id, { min: 0, max: 1 }]));
  ranges.set(x, { min: -3, max: 3 });
  const params = assignParameters(builder.build('g', 'canonical', source), ranges);

  test('known ones go along with moved bytes', () => {
    for (const id of [scores, moved, twice]) expect(params.get(id)).toEqual(unit);
  });

  test('known ones do not bound the values that they are joined with', () => {
    expect(params.get(both)?.scale[0]).toBeCloseTo(6 / 255);
    expect(params.get(x)).toEqual(params.get(both));
  });
});
