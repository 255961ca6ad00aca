import { defineOp, f32, type Lowering, type Ref, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { type Tensor, type TensorType, tensor } from '../tensor.ts';
import { attributeError, reshaped } from './movement.ts';
import { quantOf } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const attrs = {
  size: { kind: 'ints', length: 2 },
  scales: { kind: 'floats', length: 2 },
  mode: { kind: 'enum', values: ['nearest', 'linear', 'cubic'], default: 'nearest' },
  coordinates: {
    kind: 'enum',
    values: ['halfPixel', 'asymmetric', 'alignCorners', 'pytorchHalfPixel'],
    default: 'halfPixel',
  },
  nearest: {
    kind: 'enum',
    values: ['roundPreferFloor', 'roundPreferCeil', 'floor', 'ceil'],
    default: 'roundPreferFloor',
  },
} as const;

interface Resizing {
  size: readonly number[];
  scales: readonly number[];
  mode: 'nearest' | 'linear' | 'cubic';
  coordinates: 'halfPixel' | 'asymmetric' | 'alignCorners' | 'pytorchHalfPixel';
  nearest: 'roundPreferFloor' | 'roundPreferCeil' | 'floor' | 'ceil';
}

/** Position in the input of output index `i` along spatial axis 0 or 1. */
function sourceOf(i: number, axis: number, sizeIn: number, a: Resizing): number {
  const sizeOut = a.size[axis];
  const scale = f32(a.scales[axis]);
  if (a.coordinates === 'asymmetric') return f32(i / scale);
  if (a.coordinates === 'alignCorners') return sizeOut === 1 ? 0 : f32((i * (sizeIn - 1)) / (sizeOut - 1));
  if (a.coordinates === 'pytorchHalfPixel' && sizeOut === 1) return 0;
  return f32(f32((i + 0.5) / scale) - 0.5);
}

function nearestIndex(x: number, sizeIn: number, rounding: Resizing['nearest']): number {
  const rounded = {
    floor: Math.floor,
    ceil: Math.ceil,
    roundPreferFloor: (v: number) => Math.ceil(v - 0.5),
    roundPreferCeil: (v: number) => Math.floor(v + 0.5),
  }[rounding](x);
  return Math.max(0, Math.min(sizeIn - 1, rounded));
}

interface Taps {
  index: Int32Array;
  weight: Float64Array;
  count: number;
}

const cubicA = -0.75;
function cubicWeight(d: number): number {
  const t = Math.abs(d);
  if (t <= 1) return (cubicA + 2) * t ** 3 - (cubicA + 3) * t ** 2 + 1;
  return t < 2 ? cubicA * t ** 3 - 5 * cubicA * t ** 2 + 8 * cubicA * t - 4 * cubicA : 0;
}

/** Of every output index along an axis: the input indices that it mixes, and how much of each. */
function tapsOf(axis: number, sizeIn: number, a: Resizing): Taps {
  const count = { nearest: 1, linear: 2, cubic: 4 }[a.mode];
  const sizeOut = a.size[axis];
  const index = new Int32Array(sizeOut * count);
  const weight = new Float64Array(sizeOut * count);
  const clampIndex = (i: number): number => Math.max(0, Math.min(sizeIn - 1, i));
  for (let i = 0; i < sizeOut; i++) {
    const x = sourceOf(i, axis, sizeIn, a);
    if (a.mode === 'nearest') {
      index[i] = nearestIndex(x, sizeIn, a.nearest);
      weight[i] = 1;
    } else if (a.mode === 'linear') {
      const c = Math.max(0, Math.min(sizeIn - 1, x));
      const low = Math.floor(c);
      index.set([low, clampIndex(low + 1)], i * 2);
      weight.set([1 - (c - low), c - low], i * 2);
    } else {
      const low = Math.floor(x);
      for (let k = 0; k < 4; k++) {
        index[i * 4 + k] = clampIndex(low - 1 + k);
        weight[i * 4 + k] = cubicWeight(x - (low - 1 + k));
      }
    }
  }
  return { index, weight, count };
}

export const resize = defineOp({
  name: 'Resize',
  summary: 'Another height and width by nearest, linear or cubic interpolation.',
  source: 'ONNX Resize-19, TFLite RESIZE_*; `scales` are output / input as the source states them',
  inputs: [{ name: 'x', dtypes: ['float32', 'int8'] }],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs,
  infer([x], a) {
    const input = operand(x, 'x', 4);
    if (a.size.some((s) => s < 1) || a.scales.some((s) => !(s > 0)))
      throw attributeError('sizes and scales must be positive', 'above 0', `${a.size} and ${a.scales}`);
    return [reshaped(input, [input.shape[0], a.size[0], a.size[1], input.shape[3]])];
  },
  evaluate([x], a, [y]) {
    const { data, shape } = x as Tensor;
    const xd = data as Float32Array;
    const [n, h, w, c] = shape;
    const rows = tapsOf(0, h, a);
    const columns = tapsOf(1, w, a);
    let at = 0;
    for (let b = 0; b < n; b++)
      for (let oy = 0; oy < a.size[0]; oy++)
        for (let ox = 0; ox < a.size[1]; ox++)
          for (let ch = 0; ch < c; ch++) {
            let sum = 0;
            for (let i = oy * rows.count; i < (oy + 1) * rows.count; i++) {
              const row = (b * h + rows.index[i]) * w;
              for (let j = ox * columns.count; j < (ox + 1) * columns.count; j++) {
                sum += rows.weight[i] * columns.weight[j] * xd[(row + columns.index[j]) * c + ch];
              }
            }
            y.data[at++] = sum;
          }
  },
  quantize: { kind: 'same-scale', lower: lowerResize },
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    (['halfPixel', 'asymmetric', 'alignCorners'] as const).flatMap((coordinates) =>
      (['nearest', 'linear', 'cubic'] as const).map((mode) => ({
        inputs: [randomFloat(random, [1, 3, 4, 5])],
        attrs: { size: [6, 7], scales: [2, f32(7 / 4)], mode, coordinates },
      })),
    ),
});

/** Indices and 11-bit weights of docs/numerics.md, section 5. */
function integerTaps(axis: number, sizeIn: number, a: Resizing): { index: Int32Array; weight: Int32Array } {
  const sizeOut = a.size[axis];
  const aligned = a.coordinates === 'alignCorners' && sizeOut > 1 ? 1 : 0;
  const ratio = f32((sizeIn - aligned) / (sizeOut - aligned));
  const shift =
    a.coordinates === 'halfPixel' || a.coordinates === 'pytorchHalfPixel' ? f32(f32(0.5 * ratio) - 0.5) : 0;
  const index = new Int32Array(sizeOut * 2);
  const weight = new Int32Array(sizeOut);
  for (let i = 0; i < sizeOut; i++) {
    const c = Math.min(Math.max(0, f32(f32(i * ratio) + shift)), sizeIn - 1);
    const low = Math.floor(c);
    index.set([low, Math.min(low + 1, sizeIn - 1)], i * 2);
    weight[i] = rne(2048 * (c - low));
  }
  return { index, weight };
}

function lowerResize(node: Lowering<Resizing>): Ref[] {
  const type = node.types[0] as TensorType;
  const x = quantOf(type, 'x');
  const output = quantOf(node.outputs[0], 'output');
  if (node.attrs.mode === 'cubic') {
    throw new EdgecError('E_OP_UNSUPPORTED', 'cubic Resize has no integer form', {
      remedy: 'keep this node in float',
    });
  }
  if (node.attrs.mode === 'nearest')
    return [node.rescale(node.emit('Resize', node.inputs, { ...node.attrs }, x), type, output)];
  const constants = [0, 1].flatMap((axis) => {
    const { index, weight } = integerTaps(axis, type.shape[1 + axis], node.attrs);
    return [
      node.addConstant(tensor('int32', [weight.length, 2], index)),
      node.addConstant(tensor('int32', [weight.length], weight)),
    ];
  });
  return [node.rescale(node.emit('QResizeBilinear', [node.inputs[0], ...constants], {}, x), type, output)];
}

export const qResizeBilinear = defineOp({
  name: 'QResizeBilinear',
  summary: 'Bilinear resize of int8 values with 11-bit weights.',
  source: 'docs/numerics.md, section 5',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'yIndex', dtypes: ['int32'], constant: true },
    { name: 'yWeight', dtypes: ['int32'], constant: true },
    { name: 'xIndex', dtypes: ['int32'], constant: true },
    { name: 'xWeight', dtypes: ['int32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {},
  infer([x, yi, yw, xi, xw]) {
    const input = operand(x, 'x', 4);
    const [oh, ow] = [operand(yw, 'yWeight', 1).shape[0], operand(xw, 'xWeight', 1).shape[0]];
    if (
      operand(yi, 'yIndex', 2).shape.join() !== `${oh},2` ||
      operand(xi, 'xIndex', 2).shape.join() !== `${ow},2`
    ) {
      throw attributeError(
        'indices and weights differ in length',
        `[${oh}, 2] and [${ow}, 2]`,
        `[${yi?.shape}] and [${xi?.shape}]`,
      );
    }
    return [reshaped({ dtype: 'int8', shape: input.shape }, [input.shape[0], oh, ow, input.shape[3]])];
  },
  evaluate([x, yi, yw, xi, xw], _, [y]) {
    const { data, shape } = x as Tensor;
    const xd = data as Int8Array;
    const [n, h, w, c] = shape;
    const [, oh, ow] = y.shape;
    const [rows, rowWeight, columns, columnWeight] = [yi, yw, xi, xw].map(
      (t) => (t as Tensor).data as Int32Array,
    );
    let at = 0;
    for (let b = 0; b < n; b++)
      for (let oy = 0; oy < oh; oy++) {
        const top = (b * h + rows[2 * oy]) * w;
        const bottom = (b * h + rows[2 * oy + 1]) * w;
        for (let ox = 0; ox < ow; ox++) {
          const [left, right] = [columns[2 * ox], columns[2 * ox + 1]];
          for (let ch = 0; ch < c; ch++) {
            const tl = xd[(top + left) * c + ch];
            const bl = xd[(bottom + left) * c + ch];
            const t = (tl << 11) + (xd[(top + right) * c + ch] - tl) * columnWeight[ox];
            const u = (bl << 11) + (xd[(bottom + right) * c + ch] - bl) * columnWeight[ox];
            y.data[at++] = ((t << 11) + (u - t) * rowWeight[oy] + 2097152) >> 22;
          }
        }
      }
  },
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [
        randomInt8(random, [1, 2, 2, 3]),
        tensor('int32', [3, 2], [0, 1, 0, 1, 1, 1]),
        tensor('int32', [3], [0, 1024, 0]),
        tensor('int32', [2, 2], [0, 1, 1, 1]),
        tensor('int32', [2], [333, 2048]),
      ],
      attrs: {},
    },
  ],
});
