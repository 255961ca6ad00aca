import { describe, expect, test } from 'vitest';
import { type Attrs, type AttrValue, type Lowering, type OpDefinition, type Ref, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { completeAttrs } from '../op-attrs.ts';
import { Random } from '../random.ts';
import { type Tensor, type TensorType, tensor } from '../tensor.ts';
import { opByName } from './index.ts';
import { integerBounds, multiplierOf, proveAccumulator, requantize } from './requantize.ts';

/** Infers and evaluates; gives the elements of the first output. */
function run(
  op: string,
  inputs: readonly (Tensor | undefined)[],
  given: Record<string, AttrValue> = {},
): number[] {
  const definition = opByName(op);
  const attrs = completeAttrs(op, definition.attrs, given);
  const outputs = definition.infer(inputs, attrs).map(({ dtype, shape }) => tensor(dtype, shape));
  definition.evaluate(inputs, attrs, outputs);
  return Array.from(outputs[0].data as Float32Array);
}

const real = (shape: number[], data: number[]): Tensor => tensor('float32', shape, data);
const int8 = (shape: number[], data: number[]): Tensor => tensor('int8', shape, data);
const int32 = (data: number[]): Tensor => tensor('int32', [data.length], data);
const counting = (shape: number[]): Tensor => {
  const count = shape.reduce((n, d) => n * d, 1);
  return real(
    shape,
    Array.from({ length: count }, (_, i) => i + 1),
  );
};
const codeOf = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    if (error instanceof EdgecError) return error.code;
    throw error;
  }
  return 'no error';
};

interface Emitted {
  op: string;
  attrs: Attrs;
  constants: (Tensor | undefined)[];
}

/** Runs the lowering of one node and records what it emits; `rescaled` lists the operands that were rescaled. */
function lowered(
  op: string,
  types: readonly (Tensor | TensorType | undefined)[],
  output: TensorType,
  given: Record<string, AttrValue> = {},
): { emitted: Emitted[]; rescaled: number[] } {
  const definition: OpDefinition = opByName(op);
  const values: (Tensor | undefined)[] = types.map((t) => (t && 'data' in t ? t : undefined));
  const emitted: Emitted[] = [];
  const rescaled: number[] = [];
  const push = (t?: Tensor): Ref => (values.push(t) - 1) as Ref;
  const node: Lowering<never> = {
    attrs: completeAttrs(op, definition.attrs, given) as never,
    inputs: types.map((t, i) => (t ? (i as Ref) : undefined)),
    types,
    outputs: [output],
    constant: (i) => values[i],
    addConstant: push,
    emit(name, inputs, attrs) {
      emitted.push({
        op: name,
        attrs,
        constants: inputs.map((i) => (i === undefined ? undefined : values[i])),
      });
      return push();
    },
    rescale(ref) {
      rescaled.push(ref);
      return push();
    },
  };
  definition.quantize?.lower?.(node);
  return { emitted, rescaled };
}

const typeOf = (scale: number, zeroPoint = 0, shape = [1]): TensorType => ({
  dtype: 'int8',
  shape,
  quant: { scale: [scale], zeroPoint: [zeroPoint] },
});

describe('convolution', () => {
  const x = counting([1, 3, 3, 1]);
  const w = real([1, 2, 2, 1], [1, 0, 0, -1]);

  test('without padding', () => {
    expect(run('Conv2d', [x, w, real([1], [10])])).toEqual([6, 6, 6, 6]);
  });

  test('padding contributes nothing', () => {
    expect(run('Conv2d', [x, w], { pads: [1, 1, 0, 0] })).toEqual([-1, -2, -3, -4, -4, -4, -7, -4, -4]);
  });

  test('strides, dilations and a fused clamp', () => {
    expect(run('Conv2d', [x, real([1, 1, 1, 1], [2])], { strides: [2, 2], clampMax: 13 })).toEqual([
      2, 6, 13, 13,
    ]);
    expect(run('Conv2d', [x, real([1, 2, 2, 1], [1, 1, 1, 1])], { dilations: [2, 2] })).toEqual([20]);
  });

  test('groups see their own channels', () => {
    const pixel = real([1, 1, 1, 4], [1, 2, 3, 4]);
    const weight = real([2, 1, 1, 2], [1, 10, 100, 1000]);
    expect(run('Conv2d', [pixel, weight], { group: 2 })).toEqual([21, 4300]);
  });

  test('depthwise: output channel o reads input channel o / m', () => {
    const pixel = real([1, 1, 1, 2], [3, 5]);
    expect(run('DepthwiseConv2d', [pixel, real([1, 1, 1, 4], [1, 2, 3, 4])])).toEqual([3, 6, 15, 20]);
  });

  test('transposed: windows overlap, pads crop', () => {
    const small = counting([1, 2, 2, 1]);
    const ones = real([1, 2, 2, 1], [1, 1, 1, 1]);
    expect(run('TransposeConv2d', [small, ones])).toEqual([1, 3, 2, 4, 10, 6, 3, 7, 4]);
    expect(run('TransposeConv2d', [small, ones], { pads: [1, 1, 1, 1] })).toEqual([10]);
    const spread = [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4];
    expect(run('TransposeConv2d', [small, ones], { strides: [2, 2] })).toEqual(spread);
  });

  test('int8: zero points, bias, per-channel multipliers, bounds', () => {
    const inputs = [
      int8([1, 1, 2, 1], [1, -3]),
      int8([2, 1, 2, 1], [4, 5, -2, 7]),
      int32([1, -2]),
      real([2], [0.5, 0.25]),
    ];
    const attrs = { inputZeroPoint: -1, weightZeroPoint: 1, outputZeroPoint: 10 };
    // channel 0: 2·3 − 2·4 + 1 = −1 → −0.5 → 0; channel 1: 2·(−3) − 2·6 − 2 = −20 → −5
    expect(run('QConv2d', inputs, attrs)).toEqual([10, 5]);
    expect(run('QConv2d', inputs, { ...attrs, outputMin: 7, outputMax: 9 })).toEqual([9, 7]);
  });

  test('a bias of another length is refused', () => {
    expect(codeOf(() => run('Conv2d', [x, w, real([2], [0, 0])]))).toBe('E_OP_SHAPE');
    const matrix = real([2, 9], new Array(18).fill(0));
    expect(
      codeOf(() => run('FullyConnected', [real([1, 9], new Array(9).fill(0)), matrix, real([1], [0])])),
    ).toBe('E_OP_SHAPE');
  });
});

describe('requantise', () => {
  test.each([
    [1, 0.5, 0, 0],
    [3, 0.5, 0, 2],
    [-1, 0.5, 0, 0],
    [-3, 0.5, 0, -2],
    [1, 0.5, 1, 1],
    [3, 0.5, -7, -5],
    [1000, 1, 0, 127],
    [-1000, 1, 100, -128],
    [2 ** 24 + 1, 2 ** -25, 0, 0],
    [2 ** 31 - 1, 255.99, -128, 127],
  ])('acc %d, m %d, z %d gives %d', (acc, m, z, expected) => {
    expect(requantize(acc, Math.fround(m), z, -128, 127) + 0).toBe(expected);
  });

  test('equals the form in integers', () => {
    const random = new Random(11);
    for (let i = 0; i < 20_000; i++) {
      const m = Math.fround(2 ** random.uniform(-32, 8));
      const near = Math.round((random.int(-140, 140) + 0.5) / m) + random.int(-2, 2);
      const acc = i % 2 && Math.abs(near) < 2 ** 31 ? near : random.uint32() | 0;
      const z = random.int(-128, 127);
      expect(requantize(acc, m, z, -128, 127) + 0, `acc ${acc} m ${m} z ${z}`).toBe(integerForm(acc, m, z));
    }
  });

  test('a multiplier of 256 is refused', () => {
    expect(multiplierOf(1, 255.5, 1)).toBe(255.5);
    expect(codeOf(() => multiplierOf(16, 16, 1))).toBe('E_NUMERICS_SCALE');
    expect(codeOf(() => multiplierOf(1, 1, 0))).toBe('E_NUMERICS_SCALE');
  });

  test('activation bounds', () => {
    const quant = { scale: [Math.fround(0.05)], zeroPoint: [-100] };
    expect(integerBounds(quant, 0, 6)).toEqual({ outputMin: -100, outputMax: 20 });
    const open = integerBounds(quant, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(open).toEqual({ outputMin: -128, outputMax: 127 });
  });

  test('an accumulator that could leave int32 is refused', () => {
    const weight = int8([1, 2], [127, 127]);
    const prove = (bias: number): void => proveAccumulator(weight, int32([bias]), 127, 0, () => 0);
    const largest = 2 ** 31 - 1 - 2 * 127 * 255;
    expect(codeOf(() => prove(largest))).toBe('no error');
    expect(codeOf(() => prove(-largest - 1))).toBe('E_NUMERICS_OVERFLOW');
  });
});

/** docs/numerics.md, section 3, "Exact integer form": shares nothing with the float form. */
function integerForm(acc: number, m: number, z: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, m);
  const mant = BigInt((bits.getUint32(0) & 0x7fffff) | 0x800000);
  const sh = BigInt(150 - (bits.getUint32(0) >>> 23));
  let a = BigInt(Math.abs(acc));
  const extra = BigInt(Math.max(0, a.toString(2).length - 24));
  if (extra > 0n) a = nearestEven(a, extra) << extra;
  const p = a * mant;
  let k = p >> sh;
  if (k < 512n) {
    const fraction = p - (k << sh);
    const half = 1n << (sh - 1n);
    const exponent = sh - 24n + BigInt(k === 0n ? -1 : k.toString(2).length - 1);
    const tolerance = exponent < 0n ? 0n : 1n << exponent;
    const distance = fraction > half ? fraction - half : half - fraction;
    k += distance <= tolerance ? k & 1n : BigInt(fraction > half);
  }
  return Math.max(-128, Math.min(127, z + Math.sign(acc) * Number(k)));
}

function nearestEven(v: bigint, shift: bigint): bigint {
  const k = v >> shift;
  const twice = (v - (k << shift)) * 2n;
  const unit = 1n << shift;
  return twice > unit || (twice === unit && k & 1n) ? k + 1n : k;
}

describe('elementwise', () => {
  test('broadcasting', () => {
    const sum = run('Add', [real([2, 1], [10, 20]), real([3], [1, 2, 3])]);
    expect(sum).toEqual([11, 12, 13, 21, 22, 23]);
    expect(run('Sub', [real([1], [5]), real([2], [1, 9])], { clampMin: 0 })).toEqual([4, 0]);
    expect(run('Where', [tensor('bool', [2, 1], [1, 0]), real([2], [1, 2]), real([], [9])])).toEqual([
      1, 2, 9, 9,
    ]);
    expect(codeOf(() => run('Add', [counting([2]), counting([3])]))).toBe('E_OP_SHAPE');
  });

  test('QAdd rounds halves up and saturates', () => {
    const attrs = {
      aZeroPoint: 0,
      bZeroPoint: 0,
      outputZeroPoint: 0,
      aMultiplier: 2 ** 19,
      bMultiplier: 2 ** 20,
      shift: 20,
    };
    const zero = int8([1], [0]);
    expect(run('QAdd', [int8([4], [1, -1, 3, -3]), zero], attrs)).toEqual([1, 0, 2, -1]);
    expect(run('QAdd', [int8([2], [127, -128]), int8([2], [127, -128])], attrs)).toEqual([127, -128]);
    expect(
      run('QAdd', [zero, int8([1], [5])], { ...attrs, bMultiplier: -(2 ** 20), outputZeroPoint: 2 }),
    ).toEqual([-3]);
  });

  test('Add and Sub lower to 20-bit multipliers', () => {
    const { emitted, rescaled } = lowered('Sub', [typeOf(0.5, 3), typeOf(0.25, -4)], typeOf(1, 7), {
      clampMin: 0,
    });
    expect(rescaled).toEqual([]);
    expect(emitted).toMatchObject([
      {
        op: 'QAdd',
        attrs: {
          aZeroPoint: 3,
          bZeroPoint: -4,
          outputZeroPoint: 7,
          aMultiplier: 2 ** 20,
          bMultiplier: -(2 ** 19),
          shift: 21,
        },
      },
    ]);
    expect(emitted[0].attrs).toMatchObject({ outputMin: 7, outputMax: 127 });
  });

  test('an operand far below the output is rescaled first', () => {
    const { emitted, rescaled } = lowered('Add', [typeOf(2 ** -11), typeOf(1)], typeOf(1, 5));
    expect(rescaled).toEqual([0]);
    expect(emitted[0].attrs).toMatchObject({ aZeroPoint: 5, aMultiplier: 2 ** 20, shift: 20 });
  });

  test('QMul and QPRelu', () => {
    const mul = { aZeroPoint: 1, bZeroPoint: -1, outputZeroPoint: 3, multiplier: 0.5 };
    expect(run('QMul', [int8([2], [4, -4]), int8([1], [0])], mul)).toEqual([5, 1]);
    const slope = {
      inputZeroPoint: 0,
      slopeZeroPoint: 0,
      outputZeroPoint: 0,
      positiveMultiplier: 1,
      negativeMultiplier: 0.125,
    };
    expect(run('QPRelu', [int8([3], [8, -8, -4]), int8([1], [3])], slope)).toEqual([8, -3, -2]);
  });

  test('comparison and logic', () => {
    const [a, b] = [real([3], [1, 2, 3]), real([3], [3, 2, 1])];
    expect(run('Equal', [a, b])).toEqual([0, 1, 0]);
    expect(run('Greater', [a, b])).toEqual([0, 0, 1]);
    expect(run('Less', [a, b])).toEqual([1, 0, 0]);
    expect(run('Not', [tensor('bool', [2], [0, 1])])).toEqual([1, 0]);
  });
});

describe('tables', () => {
  const tableFor = (
    op: string,
    from: TensorType,
    to: TensorType,
    attrs: Record<string, AttrValue> = {},
  ): Int8Array => lowered(op, [from], to, attrs).emitted[0].constants[1]?.data as Int8Array;

  test('Sigmoid over its fixed output', () => {
    const t = tableFor('Sigmoid', typeOf(0.1), typeOf(1 / 256, -128));
    expect([t[0], t[128], t[255]]).toEqual([-128, 0, 127]);
    expect(t[128 + 10]).toBe(rne(256 / (1 + Math.exp(-1))) - 128);
  });

  test('values that are no number become the zero point', () => {
    const t = tableFor('Log', typeOf(1), typeOf(0.5, 9));
    expect([t[0], t[128], t[129]]).toEqual([9, -128, 9]);
  });

  test('LeakyRelu rounds as asked', () => {
    const [from, to] = [typeOf(1), typeOf(1)];
    const exact = tableFor('LeakyRelu', from, to, { alpha: 0.3 });
    const coarse = tableFor('LeakyRelu', from, to, { alpha: 0.3, tableRounding: 'tflite8' });
    expect([exact[128 - 5], exact[128 + 5]]).toEqual([-2, 5]);
    expect([coarse[128 - 5], coarse[128 + 5]]).toEqual([-2, 5]);
    // 256 · 0.3 rounds to 77: (−55 · 77 + 128) >> 8 = −17, where −16.5 rounds to −16
    expect([exact[128 - 55], coarse[128 - 55]]).toEqual([-16, -17]);
  });
});

describe('softmax', () => {
  test('real', () => {
    const y = run('Softmax', [real([1, 3], [0, Math.log(2), Math.log(3)])], { axis: 1 });
    for (const [i, expected] of [1 / 6, 2 / 6, 3 / 6].entries()) expect(y[i]).toBeCloseTo(expected, 6);
    expect(run('Softmax', [real([2], [1e30, -1e30])], { axis: 0 })).toEqual([1, 0]);
    const logarithm = run('LogSoftmax', [real([1, 2], [5, 5])], { axis: 1 });
    expect(logarithm[0]).toBeCloseTo(-Math.LN2, 6);
  });

  test('integer: equal shares and one winner', () => {
    const exponentials = int32(Array.from({ length: 256 }, (_, d) => rne(8388607 * Math.exp(-d))));
    expect(run('QSoftmax', [int8([2, 2], [5, 5, 127, -128]), exponentials])).toEqual([0, 0, 127, -128]);
    expect(run('QSoftmax', [int8([1, 1], [-128]), exponentials])).toEqual([127]);
  });

  test('an inner axis is moved to the end and back', () => {
    const { emitted } = lowered('Softmax', [typeOf(0.1, 0, [2, 3, 4])], typeOf(1 / 256, -128, [2, 3, 4]), {
      axis: 1,
    });
    expect(emitted.map(({ op }) => op)).toEqual(['Transpose', 'QSoftmax', 'Transpose']);
    expect(emitted[1].constants[1]?.data[0]).toBe(2 ** 23 - 1);
  });
});

describe('pools and reductions', () => {
  const pool = (data: number[], attrs: Record<string, AttrValue> = {}): number[] =>
    run('QAveragePool2d', [int8([1, 1, data.length, 1], data)], {
      kernel: [1, 2],
      strides: [1, 2],
      ...attrs,
    });

  test('the integer mean rounds halves away from zero', () => {
    expect(pool([1, 2, -1, -2, 0, 1, 0, -1])).toEqual([2, -2, 1, -1]);
  });

  test('values that were uint8 round halves up', () => {
    expect(pool([1, 2, -1, -2, 0, 1, 0, -1], { rawOffset: 128 })).toEqual([2, -1, 1, 0]);
  });

  test('padding counts as the zero point, or not at all', () => {
    const attrs = { kernel: [1, 2], strides: [1, 1], pads: [0, 1, 0, 0], inputZeroPoint: -10 };
    expect(pool([20, 30], attrs)).toEqual([20, 25]);
    expect(pool([20, 30], { ...attrs, countIncludePad: true })).toEqual([5, 25]);
  });

  test('the last partial window of ceilMode', () => {
    const row = real([1, 1, 3, 1], [1, 2, 6]);
    const attrs = { kernel: [1, 2], strides: [1, 2], ceilMode: true };
    expect(run('AveragePool2d', [row], attrs)).toEqual([1.5, 6]);
    expect(run('MaxPool2d', [row], attrs)).toEqual([2, 6]);
  });

  test('padding never wins a maximum', () => {
    expect(run('MaxPool2d', [int8([1, 1, 1, 1], [-128])], { kernel: [3, 3], pads: [1, 1, 1, 1] })).toEqual([
      -128,
    ]);
  });

  test('reductions', () => {
    const x = counting([2, 3]);
    expect(run('ReduceMean', [x], { axes: [1] })).toEqual([2, 5]);
    expect(run('ReduceSum', [x], { axes: [0], keepDims: false })).toEqual([5, 7, 9]);
    expect(run('ReduceMax', [x], { axes: [0, 1] })).toEqual([6]);
    expect(run('ReduceProd', [x], { axes: [1] })).toEqual([6, 120]);
    expect(codeOf(() => run('ReduceMax', [x], { axes: [2] }))).toBe('E_OP_ATTRIBUTE');
  });

  test('the multiplier of a mean divides by the scaled count', () => {
    const f32 = Math.fround;
    const [from, to] = [typeOf(f32(0.3), 1, [1, 7, 7, 4]), typeOf(f32(0.2), 2, [1, 1, 1, 4])];
    const { emitted } = lowered('ReduceMean', [from], to, { axes: [1, 2] });
    expect(emitted[0].attrs).toMatchObject({
      multiplier: f32(f32(0.3) / f32(f32(0.2) * 49)),
      inputZeroPoint: 1,
    });
    const huge = typeOf(f32(0.3), 1, [3000, 3000]);
    expect(codeOf(() => lowered('ReduceSum', [huge], typeOf(1, 0, [1, 1]), { axes: [0, 1] }))).toBe(
      'E_NUMERICS_OVERFLOW',
    );
  });
});

test('MatMul broadcasts its batches', () => {
  const a = counting([2, 1, 2]);
  expect(run('MatMul', [a, real([2, 1], [1, 10])])).toEqual([21, 43]);
  const q = { aZeroPoint: 1, bZeroPoint: -1, outputZeroPoint: 0, multiplier: 0.5 };
  expect(run('QMatMul', [int8([1, 2], [2, 3]), int8([2, 1], [0, 3])], q)).toEqual([4]);
});

test('a missing bias lowers to zeros, one scale to a multiplier for each channel', () => {
  const x = typeOf(0.5, 2, [1, 3]);
  const weight = { ...int8([2, 3], [1, 2, 3, 4, 5, 6]), quant: { scale: [0.25], zeroPoint: [0] } };
  const { emitted } = lowered('FullyConnected', [x, weight, undefined], typeOf(1, 0, [1, 2]));
  expect(Array.from(emitted[0].constants[2]?.data as Int32Array)).toEqual([0, 0]);
  expect(Array.from(emitted[0].constants[3]?.data as Float32Array)).toEqual([0.125, 0.125]);
});
