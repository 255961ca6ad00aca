import { defineOp, f32, type Lowering, type Ref, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { attributeError, reshaped } from './movement.ts';
import { quantOf } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const coordinateModes = ['halfPixel', 'asymmetric', 'alignCorners', 'pytorchHalfPixel'] as const;
const nearestModes = ['roundPreferFloor', 'roundPreferCeil', 'floor', 'ceil'] as const;

const attrs = {
  size: { kind: 'ints', length: 2 },
  scales: { kind: 'floats', length: 2 },
  mode: { kind: 'enum', values: ['nearest', 'linear', 'cubic'], default: 'nearest' },
  coordinates: {
    kind: 'enum',
    values: coordinateModes,
    default: 'halfPixel',
  },
  nearest: {
    kind: 'enum',
    values: nearestModes,
    default: 'roundPreferFloor',
  },
} as const;

const maxSize = 2 ** 20;

interface Resizing {
  size: readonly number[];
  scales: readonly number[];
  mode: 'nearest' | 'linear' | 'cubic';
  coordinates: (typeof coordinateModes)[number];
  nearest: (typeof nearestModes)[number];
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
/** How much of an element at distance `d` cubic interpolation mixes. */
export function cubicWeight(d: number): number {
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
    if (a.size.some((s) => s < 1 || s > maxSize) || a.scales.some((s) => !(f32(s) > 0 && s < maxSize))) {
      throw attributeError(
        'sizes or scales are out of range',
        `above 0, to ${maxSize}`,
        `${a.size}; ${a.scales}`,
      );
    }
    if (input.shape[1] < 1 || input.shape[2] < 1)
      throw attributeError('there are no rows or columns to resize', '1 or more', `[${input.shape}]`);
    return [reshaped(input, [input.shape[0], a.size[0], a.size[1], input.shape[3]])];
  },
  evaluate([x], a, [y]) {
    const { data, shape } = x as Tensor;
    const xd = data as Float32Array;
    const [n, h, w, c] = shape;
    const rows = tapsOf(0, h, a);
    const columns = tapsOf(1, w, a);
    const store =
      y.dtype === 'float32' ? (v: number) => v : (v: number) => Math.max(-128, Math.min(127, rne(v)));
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
            y.data[at++] = store(sum);
          }
  },
  realsOnly: ({ mode }) => mode !== 'nearest',
  quantize: { kind: 'same-scale', lower: lowerResize },
  cost: (_, [y], { mode }) => ({ macs: elementCount(y.shape) * { nearest: 0, linear: 4, cubic: 16 }[mode] }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) => [
    ...coordinateModes.flatMap((coordinates) =>
      (['nearest', 'linear', 'cubic'] as const).flatMap((mode) =>
        [
          [6, 7],
          [1, 3],
          [2, 1],
        ].map(([h, w]) => ({
          inputs: [randomFloat(random, [1, 3, 4, 5])],
          attrs: { size: [h, w], scales: [f32(h / 3), f32(w / 4)], mode, coordinates },
        })),
      ),
    ),
    ...nearestModes.map((nearest) => ({
      inputs: [randomInt8(random, [2, 4, 1, 3])],
      attrs: { size: [6, 2], scales: [1.5, 2], mode: 'nearest', coordinates: 'halfPixel', nearest },
    })),
  ],
});

/** Indices and 11-bit weights of docs/numerics.md, section 5. */
function integerTaps(axis: number, sizeIn: number, a: Resizing): { index: Int32Array; weight: Int32Array } {
  const sizeOut = a.size[axis];
  const aligned = a.coordinates === 'alignCorners' && sizeOut > 1 ? 1 : 0;
  const ratio = f32((sizeIn - aligned) / (sizeOut - aligned));
  const centred = a.coordinates === 'halfPixel' || (a.coordinates === 'pytorchHalfPixel' && sizeOut > 1);
  const shift = centred ? f32(f32(0.5 * ratio) - 0.5) : 0;
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
