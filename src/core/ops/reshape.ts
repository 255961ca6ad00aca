import { defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, stridesOf, type Tensor } from '../tensor.ts';
import { attributeError, checkPermutation, movable, permuteList, reshaped } from './movement.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { stridedCopy } from './strided-copy.ts';

const ports = {
  inputs: [{ name: 'x', dtypes: movable }],
  outputs: [{ name: 'y', dtypes: movable }],
} as const;
const sameScale = { kind: 'same-scale' } as const;

export const reshape = defineOp({
  name: 'Reshape',
  summary: 'The same elements under another shape.',
  source: 'ONNX Reshape-14, shape resolved',
  ...ports,
  attrs: { shape: { kind: 'ints' } },
  infer([x], { shape }) {
    const input = operand(x, 'x');
    const type = reshaped(input, shape);
    if (elementCount(shape) !== elementCount(input.shape)) {
      throw new EdgecError('E_OP_SHAPE', 'the shapes have different sizes', {
        expected: `[${input.shape}]`,
        found: `[${shape}]`,
      });
    }
    return [type];
  },
  evaluate([x], _, [y]) {
    (y.data as Float32Array).set((x as Tensor).data as Float32Array);
  },
  quantize: sameScale,
  accuracy: { kind: 'exact' },
  samples: (random) => [{ inputs: [randomInt8(random, [2, 3, 4])], attrs: { shape: [6, 4] } }],
});

export const transpose = defineOp({
  name: 'Transpose',
  summary: 'Axis i of the output is axis perm[i] of the input.',
  source: 'ONNX Transpose-13',
  ...ports,
  attrs: { perm: { kind: 'ints' } },
  infer([x], { perm }) {
    const input = operand(x, 'x');
    checkPermutation(perm, input.shape.length);
    return [reshaped(input, permuteList(input.shape, perm))];
  },
  evaluate([x], { perm }, [y]) {
    const input = x as Tensor;
    stridedCopy(input.data, y.data, y.shape, permuteList(stridesOf(input.shape), perm));
  },
  quantize: sameScale,
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [1, 5, 4, 3])], attrs: { perm: [0, 3, 1, 2] } },
    { inputs: [randomFloat(random, [7, 3])], attrs: { perm: [1, 0] } },
    { inputs: [randomFloat(random, [2, 3, 1, 4, 5])], attrs: { perm: [4, 2, 0, 1, 3] } },
  ],
});

export const expand = defineOp({
  name: 'Expand',
  summary: 'Repeats axes of length 1 up to a shape.',
  source: 'ONNX Expand-13, shape resolved',
  ...ports,
  attrs: { shape: { kind: 'ints' } },
  infer([x], { shape }) {
    const input = operand(x, 'x');
    const offset = shape.length - input.shape.length;
    if (offset < 0 || input.shape.some((d, i) => d !== 1 && d !== shape[i + offset])) {
      throw attributeError('the input does not expand to the shape', `[${input.shape}]`, `[${shape}]`);
    }
    return [reshaped(input, shape)];
  },
  evaluate([x], { shape }, [y]) {
    const input = x as Tensor;
    const offset = shape.length - input.shape.length;
    const own = stridesOf(input.shape);
    const strides = shape.map((_, i) => (i < offset || input.shape[i - offset] === 1 ? 0 : own[i - offset]));
    stridedCopy(input.data, y.data, shape, strides);
  },
  quantize: sameScale,
  accuracy: { kind: 'exact' },
  samples: (random) => [{ inputs: [randomInt8(random, [3, 1])], attrs: { shape: [2, 3, 4] } }],
});

export const tile = defineOp({
  name: 'Tile',
  summary: 'Repeats the whole input along each axis.',
  source: 'ONNX Tile-13',
  ...ports,
  attrs: { repeats: { kind: 'ints' } },
  infer([x], { repeats }) {
    const input = operand(x, 'x');
    if (repeats.length !== input.shape.length || repeats.some((r) => r < 0)) {
      throw attributeError('one repeat an axis is needed', `${input.shape.length} repeats`, `${repeats}`);
    }
    return [
      reshaped(
        input,
        input.shape.map((d, i) => d * repeats[i]),
      ),
    ];
  },
  evaluate([x], { repeats }, [y]) {
    const input = x as Tensor;
    const own = stridesOf(input.shape);
    const shape = input.shape.flatMap((d, i) => [repeats[i], d]);
    stridedCopy(
      input.data,
      y.data,
      shape,
      own.flatMap((s) => [0, s]),
    );
  },
  quantize: sameScale,
  permute: (a, perm) => ({ repeats: permuteList(a.repeats, perm) }),
  accuracy: { kind: 'exact' },
  samples: (random) => [{ inputs: [randomInt8(random, [2, 3])], attrs: { repeats: [2, 3] } }],
});

export const slice = defineOp({
  name: 'Slice',
  summary: 'Every step-th element from a start, on each axis; steps may be negative.',
  source: 'ONNX Slice-13, normalised: starts, sizes and steps for every axis',
  ...ports,
  attrs: { starts: { kind: 'ints' }, sizes: { kind: 'ints' }, steps: { kind: 'ints' } },
  infer([x], { starts, sizes, steps }) {
    const input = operand(x, 'x');
    const fits = input.shape.every((d, i) => {
      const last = starts[i] + (sizes[i] - 1) * steps[i];
      return sizes[i] === 0 || (sizes[i] > 0 && starts[i] >= 0 && starts[i] < d && last >= 0 && last < d);
    });
    const rank = input.shape.length;
    if (starts.length !== rank || sizes.length !== rank || steps.length !== rank || !fits) {
      throw attributeError(
        'the slice leaves its input',
        `inside [${input.shape}]`,
        `starts ${starts}, sizes ${sizes}, steps ${steps}`,
      );
    }
    return [reshaped(input, sizes)];
  },
  evaluate([x], { starts, sizes, steps }, [y]) {
    const input = x as Tensor;
    const own = stridesOf(input.shape);
    const offset = own.reduce((sum, s, i) => sum + s * starts[i], 0);
    stridedCopy(
      input.data,
      y.data,
      sizes,
      own.map((s, i) => s * steps[i]),
      offset,
    );
  },
  quantize: sameScale,
  permute: (a, perm) => ({
    starts: permuteList(a.starts, perm),
    sizes: permuteList(a.sizes, perm),
    steps: permuteList(a.steps, perm),
  }),
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [randomInt8(random, [4, 5, 6])],
      attrs: { starts: [1, 4, 0], sizes: [2, 3, 3], steps: [1, -2, 2] },
    },
  ],
});

export const depthToSpace = defineOp({
  name: 'DepthToSpace',
  summary: 'Moves blocks of channels into space, channels last.',
  source: 'ONNX DepthToSpace-13 in NHWC; TFLite DEPTH_TO_SPACE is DCR',
  ...ports,
  attrs: { blockSize: { kind: 'int' }, mode: { kind: 'enum', values: ['DCR', 'CRD'], default: 'DCR' } },
  infer([x], { blockSize }) {
    const input = operand(x, 'x', 4);
    const [n, h, w, c] = input.shape;
    if (blockSize < 1 || c % (blockSize * blockSize) !== 0)
      throw attributeError('blockSize does not divide the channels', `a divisor of ${c}`, `${blockSize}²`);
    return [reshaped(input, [n, h * blockSize, w * blockSize, c / (blockSize * blockSize)])];
  },
  evaluate([x], { blockSize: b, mode }, [y]) {
    const { data, shape } = x as Tensor;
    const [n, h, w, c] = shape;
    const depth = c / (b * b);
    const strides =
      mode === 'DCR' ? [h * w * c, w * c, b * depth, c, depth, 1] : [h * w * c, w * c, b, c, 1, b * b];
    stridedCopy(data, y.data, [n, h, b, w, b, depth], strides);
  },
  quantize: sameScale,
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomInt8(random, [1, 2, 3, 12])], attrs: { blockSize: 2 } },
    { inputs: [randomFloat(random, [1, 2, 3, 12])], attrs: { blockSize: 2, mode: 'CRD' } },
  ],
});

export const spaceToDepth = defineOp({
  name: 'SpaceToDepth',
  summary: 'Moves blocks of space into channels, channels last.',
  source: 'ONNX SpaceToDepth-13 in NHWC',
  ...ports,
  attrs: { blockSize: { kind: 'int' } },
  infer([x], { blockSize: b }) {
    const input = operand(x, 'x', 4);
    const [n, h, w, c] = input.shape;
    if (b < 1 || h % b !== 0 || w % b !== 0)
      throw attributeError(
        'blockSize does not divide height and width',
        `a divisor of ${h} and ${w}`,
        `${b}`,
      );
    return [reshaped(input, [n, h / b, w / b, c * b * b])];
  },
  evaluate([x], { blockSize: b }, [y]) {
    const { data, shape } = x as Tensor;
    const [n, h, w, c] = shape;
    stridedCopy(data, y.data, [n, h / b, w / b, b, b, c], [h * w * c, b * w * c, b * c, w * c, c, 1]);
  },
  quantize: sameScale,
  accuracy: { kind: 'exact' },
  samples: (random) => [{ inputs: [randomInt8(random, [1, 4, 6, 3])], attrs: { blockSize: 2 } }],
});
