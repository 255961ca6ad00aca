import { describe, expect, test } from 'vitest';
import { tensor } from '../../core/index.ts';
import { GraphBuilder } from '../graph/index.ts';
import { quantize } from './quantize.ts';
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

test('parts that are joined for a real output keep their own scales', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [1, 4] });
  const scores = builder.add1('Sigmoid', [x], {});
  const boxes = builder.add1('HardSwish', [x], {});
  const rows = builder.add1('Concat', [scores, boxes], { axis: 0 });
  const out = builder.add1('Reshape', [rows], { shape: [8] });
  builder.output(out);
  const ranges = new Map([
    [x, { min: -9, max: 9 }],
    [boxes, { min: -0.4, max: 9 }],
  ]);
  const graph = builder.build('g', 'canonical', source);
  const options = { ranges, perTensor: new Set<string>(), keepFloat: new Set<string>() };
  const { graph: real, floatIslands } = quantize(graph, { ...options, io: 'real' });
  expect(floatIslands).toEqual([]);
  expect(real.nodes.map((n) => n.op).slice(-4)).toEqual(['Dequantize', 'Dequantize', 'Concat', 'Reshape']);
  const whole = new Map([...ranges, [rows, { min: -0.4, max: 9 }], [out, { min: -0.4, max: 9 }]]);
  const { graph: integer } = quantize(graph, { ...options, ranges: whole, io: 'int8' });
  expect(integer.nodes.map((n) => n.op).slice(-2)).toEqual(['Concat', 'Reshape']);
});

test('values that were always zero have scales that their accumulators can be brought to', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [1, 2, 2, 1] });
  const weights = (name: string, value: number) =>
    builder.constant(name, tensor('float32', [1, 1, 1, 1], [value]));
  const relu = { clampMin: 0 };
  const dead = builder.add1('Conv2d', [x, weights('a', -0.5)], relu);
  const moved = builder.add1('Reshape', [dead], { shape: [1, 2, 2, 1] });
  const next = builder.add1('DepthwiseConv2d', [moved, weights('b', 0.25)], relu);
  builder.output(next);
  const zero = { min: 0, max: 0 };
  const ranges = new Map([dead, moved, next].map((id) => [id, zero]));
  ranges.set(x, { min: 0, max: 1 });
  const params = assignParameters(builder.build('g', 'canonical', source), ranges);
  expect(params.get(dead)?.scale[0]).toBeCloseTo((0.5 * 128) / 127 / 255, 6);
  expect(params.get(moved)).toEqual(params.get(dead));
  expect(params.get(next)?.scale[0]).toBeCloseTo((0.125 * (128 / 127) ** 2) / 255, 6);
});

test('so do those of products, means and slopes', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [2, 4] });
  const half = builder.constant('half', tensor('float32', [1], [0.5]));
  const made = {
    product: builder.add1('Mul', [x, x], {}),
    half: builder.add1('Mul', [x, half], {}),
    mean: builder.add1('ReduceMean', [x], { axes: [1] }),
    sum: builder.add1('ReduceSum', [x], { axes: [1] }),
    slope: builder.add1('PRelu', [x, half], {}),
  };
  for (const id of Object.values(made)) builder.output(id);
  const graph = builder.build('g', 'canonical', source);
  const scales = (max: number) => {
    const ranges = new Map(Object.values(made).map((id) => [id, { min: 0, max }]));
    const params = assignParameters(graph, ranges.set(x, { min: 0, max: 255 }));
    return Object.fromEntries(Object.entries(made).map(([name, id]) => [name, params.get(id)?.scale[0]]));
  };
  const half255 = Math.fround(0.5 / 255);
  expect(scales(0)).toEqual({ product: 128, half: 128 * half255, mean: 32, sum: 128, slope: 128 });
  expect(new Set(Object.values(scales(1)))).toEqual(new Set([Math.fround(1 / 255)]));
});
