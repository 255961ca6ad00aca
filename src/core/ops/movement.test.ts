import { describe, expect, test } from 'vitest';
import { completeAttrs, f32, opByName, type Tensor, tensor } from '../index.ts';

function run(op: string, inputs: readonly Tensor[], attrs: Record<string, unknown> = {}): Tensor[] {
  const definition = opByName(op);
  const complete = completeAttrs(op, definition.attrs, attrs as never);
  const outputs = definition.infer(inputs, complete).map((t) => tensor(t.dtype, t.shape, undefined, t.quant));
  definition.evaluate(inputs, complete, outputs);
  return outputs;
}

const values = (op: string, x: Tensor, attrs: Record<string, unknown> = {}): number[] =>
  Array.from(run(op, [x], attrs)[0].data as Float32Array);

const count = (...shape: number[]): Tensor =>
  tensor(
    'int8',
    shape,
    Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => i),
  );

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('values', () => {
  test('Slice goes backwards', () => {
    expect(values('Slice', count(2, 4), { starts: [1, 3], sizes: [2, 2], steps: [-1, -2] })).toEqual([
      7, 5, 3, 1,
    ]);
  });

  test.each([
    ['constant', [9, 9, 0, 1, 2, 9]],
    ['reflect', [2, 1, 0, 1, 2, 1]],
    ['edge', [0, 0, 0, 1, 2, 2]],
    ['symmetric', [1, 0, 0, 1, 2, 2]],
  ])('Pad %s', (mode, expected) => {
    expect(values('Pad', count(3), { pads: [2, 1], mode, value: 9 })).toEqual(expected);
  });

  test('Pad crops', () => expect(values('Pad', count(4), { pads: [-1, -2] })).toEqual([1]));

  test('Tile and Expand', () => {
    expect(values('Tile', count(1, 2), { repeats: [2, 2] })).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(values('Expand', count(2, 1), { shape: [2, 2] })).toEqual([0, 0, 1, 1]);
  });

  test('DepthToSpace orders blocks first or depth first', () => {
    expect(values('DepthToSpace', count(1, 1, 1, 8), { blockSize: 2 })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(values('DepthToSpace', count(1, 1, 1, 8), { blockSize: 2, mode: 'CRD' })).toEqual([
      0, 4, 1, 5, 2, 6, 3, 7,
    ]);
  });

  test('SpaceToDepth undoes DepthToSpace', () => {
    const x = count(2, 3, 2, 8);
    const [wide] = run('DepthToSpace', [x], { blockSize: 2 });
    expect(run('SpaceToDepth', [wide], { blockSize: 2 })[0].data).toEqual(x.data);
  });

  test('Split undoes Concat', () => {
    const [a, b] = [count(2, 1, 3), count(2, 4, 3)];
    const [joined] = run('Concat', [a, b], { axis: 1 });
    expect(run('Split', [joined], { axis: 1, sizes: [1, 4] }).map((t) => t.data)).toEqual([a.data, b.data]);
  });

  test('Gather counts negative indices from the end', () => {
    const [y] = run('Gather', [count(3, 2), tensor('int32', [2], [-1, 0])]);
    expect([...y.data]).toEqual([4, 5, 0, 1]);
    expect(() => run('Gather', [count(3), tensor('int32', [1], [3])])).toThrow(code('E_RUN_INPUT'));
  });

  test('ArgMax takes the first or the last of equals, infinities too', () => {
    const x = tensor('float32', [1, 4], [1, Infinity, Infinity, 0]);
    expect(values('ArgMax', x, { axis: 1 })).toEqual([1]);
    expect(values('ArgMax', x, { axis: 1, selectLast: true })).toEqual([2]);
  });

  test('Cast truncates and saturates', () => {
    const x = tensor('float32', [5], [-1.9, 1.9, 1e20, -1e20, Number.NaN]);
    expect(values('Cast', x, { to: 'int8' })).toEqual([-1, 1, 127, -128, 0]);
  });
});

describe('Resize', () => {
  const x = tensor('float32', [1, 1, 4, 1], [0, 10, 20, 30]);
  const wide = { size: [1, 8], scales: [1, 2] };

  test.each([
    ['halfPixel', [0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30]],
    ['asymmetric', [0, 5, 10, 15, 20, 25, 30, 30]],
  ])('linear, %s', (coordinates, expected) => {
    expect(values('Resize', x, { ...wide, mode: 'linear', coordinates })).toEqual(expected);
  });

  test('linear, alignCorners meets both ends', () => {
    const y = values('Resize', x, {
      size: [1, 7],
      scales: [1, 1.75],
      mode: 'linear',
      coordinates: 'alignCorners',
    });
    expect(y).toEqual([0, 5, 10, 15, 20, 25, 30]);
  });

  test.each([
    ['roundPreferFloor', [0, 10, 20, 20]],
    ['roundPreferCeil', [0, 10, 20, 30]],
    ['floor', [0, 10, 10, 20]],
    ['ceil', [0, 20, 20, 30]],
  ])('nearest, %s', (nearest, expected) => {
    const attrs = { size: [1, 6], scales: [1, 1.5], mode: 'nearest', coordinates: 'halfPixel', nearest };
    const y = values('Resize', tensor('float32', [1, 1, 4, 1], [0, 10, 20, 30]), attrs);
    expect([y[0], y[2], y[3], y[4]]).toEqual(expected);
  });
});

describe('quantisation', () => {
  test('Quantize rounds ties to even, saturates, and NaN is the zero point', () => {
    const x = tensor('float32', [5], [0.5, 1.5, -0.5, 1e30, Number.NaN]);
    expect(values('Quantize', x, { scale: [1], zeroPoint: [3] })).toEqual([3, 5, 3, 127, 3]);
  });

  test('Requantize by eight bits is coarser than by the real ratio', () => {
    const quant = { scale: [f32(0.1)], zeroPoint: [0] };
    const x = tensor('int8', [2], [100, -128], quant);
    const attrs = { scale: f32(0.3), zeroPoint: 0 };
    expect(values('Requantize', x, attrs)).toEqual([33, -43]);
    expect(values('Requantize', x, { ...attrs, tableRounding: 'tflite8' })).toEqual([33, -42]);
  });

  test('Recode keeps the real values', () => {
    const x = tensor('uint8', [3], [0, 128, 255], { scale: [1], zeroPoint: [128] });
    const [y] = run('Recode', [x], { to: 'int8' });
    expect([...y.data]).toEqual([-128, 0, 127]);
    expect(y.quant).toEqual({ scale: [1], zeroPoint: [0] });
  });

  test('parameters per channel follow a transpose and stop a reshape that mixes channels', () => {
    const quant = { scale: [1, 2], zeroPoint: [0, 0], axis: 0 };
    const x = tensor('int8', [2, 3], undefined, quant);
    expect(run('Transpose', [x], { perm: [1, 0] })[0].quant?.axis).toBe(1);
    expect(run('Reshape', [x], { shape: [2, 3, 1] })[0].quant).toEqual(quant);
    expect(() => run('Reshape', [x], { shape: [3, 2] })).toThrow(code('E_NUMERICS_SCALE'));
  });
});

describe('what is refused', () => {
  test.each([
    ['Slice', { starts: [0], sizes: [1], steps: [0] }],
    ['Slice', { starts: [3], sizes: [2], steps: [1] }],
    ['Slice', { starts: [0], sizes: [-1], steps: [1] }],
    ['Transpose', { perm: [1] }],
    ['Split', { axis: 0, sizes: [2, 3] }],
    ['Split', { axis: 1, sizes: [4] }],
    ['Tile', { repeats: [-1] }],
    ['Pad', { pads: [0] }],
    ['Pad', { pads: [-3, -3] }],
    ['Expand', { shape: [5] }],
    ['Reshape', { shape: [-4] }],
    ['Concat', { axis: -1 }],
    ['Gather', { axis: 1 }],
    ['ArgMax', { axis: 4 }],
    ['Quantize', { scale: [0], zeroPoint: [0] }],
    ['Quantize', { scale: [1], zeroPoint: [128] }],
    ['Quantize', { scale: [1, 1], zeroPoint: [0, 0] }],
  ])('%s %j', (op, attrs) => {
    expect(() => run(op, [count(4)], attrs)).toThrow(code('E_OP_ATTRIBUTE'));
  });

  test('what would not fit in memory', () => {
    expect(() => run('Tile', [count(4)], { repeats: [2 ** 30] })).toThrow(code('E_LIMIT_EXCEEDED'));
    expect(() => run('Expand', [count(1)], { shape: [2 ** 20, 2 ** 20] })).toThrow(code('E_LIMIT_EXCEEDED'));
  });

  test('a reshape to another size', () => {
    expect(() => run('Reshape', [count(4)], { shape: [5] })).toThrow(code('E_OP_SHAPE'));
  });

  test('indices of QResizeBilinear outside the image', () => {
    const one = tensor('int32', [1]);
    const [inside, outside] = [
      [0, 0],
      [0, 9],
    ].map((index) => tensor('int32', [1, 2], index));
    const inputs = [count(1, 2, 2, 1), inside, one, outside, one];
    expect(() => run('QResizeBilinear', inputs)).toThrow(code('E_OP_SHAPE'));
  });
});
