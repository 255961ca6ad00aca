import { defineOp, f32, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { Random } from '../random.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import { cubicWeight } from './resize.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const modes = ['nearest', 'linear', 'cubic'] as const;
const paddings = ['zeros', 'border', 'reflection'] as const;

interface Sampling {
  mode: (typeof modes)[number];
  padding: (typeof paddings)[number];
  alignCorners: boolean;
}

/** An axis of the image: its length, and between which positions it lies. */
interface Axis {
  readonly length: number;
  readonly first: number;
  readonly last: number;
}

const axisOf = (length: number, alignCorners: boolean): Axis =>
  alignCorners ? { length, first: 0, last: length - 1 } : { length, first: -0.5, last: f32(length - 0.5) };

/** −1 to 1 as a position along an axis. */
function positionOf(place: number, { length }: Axis, { alignCorners, mode }: Sampling): number {
  const ahead = f32(place + 1);
  const position = alignCorners ? f32(f32(ahead / 2) * (length - 1)) : f32(f32(f32(ahead * length) - 1) / 2);
  return mode === 'nearest' ? rne(position) : position;
}

type Range = Pick<Axis, 'first' | 'last'>;

/** Whether a position is no number, or beyond the ends of an axis. */
const isOutside = (position: number, { first, last }: Range): boolean =>
  !(position >= first && position <= last);

/** A position outside of an axis, mirrored at its ends as often as it takes. */
function reflected(position: number, { first, last }: Range): number {
  const range = f32(last - first);
  if (range === 0) return first;
  if (!isOutside(position, { first, last })) return position;
  const beyond = f32(position < first ? first - position : position - last);
  const times = Math.trunc(f32(beyond / range));
  const rest = f32(beyond - f32(times * range));
  return (times % 2 === 0) === position < first ? f32(first + rest) : f32(last - rest);
}

/** What lies further outside than windows reach, and what is no number, is as good as this far. */
const reach = 4;

/** A position that is mirrored where the padding asks for that, and not too far. */
function drawn(position: number, axis: Axis, { padding }: Sampling): number {
  const moved = padding === 'reflection' ? reflected(position, axis) : position;
  return moved >= -reach ? Math.min(moved, axis.length + reach) : -reach;
}

/** What a sample mixes along an axis: elements, −1 for a 0 of the border, and how much of each. */
type Taps = readonly (readonly [index: number, weight: number])[];

function tapsOf(position: number, axis: Axis, sampling: Sampling): Taps {
  const low = Math.floor(position);
  const at = (i: number): number => {
    if (i >= 0 && i < axis.length) return i;
    if (sampling.padding === 'zeros') return -1;
    const mirrored = sampling.padding === 'reflection' ? Math.trunc(reflected(i, axis)) : i;
    return Math.max(0, Math.min(axis.length - 1, mirrored));
  };
  const rest = position - low;
  if (sampling.mode === 'nearest') return [[at(low), 1]];
  if (sampling.mode === 'linear')
    return [
      [at(low), 1 - rest],
      [at(low + 1), rest],
    ];
  return [-1, 0, 1, 2].map((k) => [at(low + k), cubicWeight(rest - k)]);
}

/** Places inside and outside, some far. */
function randomPlaces(random: Random, shape: readonly number[]): Tensor {
  const far = [Number.NaN, Number.POSITIVE_INFINITY, -1e30, 3e9, 17, -1, 1];
  const draw = (_: unknown, i: number): number => far[i] ?? random.uniform(-2.5, 2.5);
  return tensor('float32', shape, Float32Array.from({ length: elementCount(shape) }, draw));
}

export const gridSample = defineOp({
  name: 'GridSample',
  summary: 'The image at places of a grid, x before y, of which −1 and 1 are the sides of the image.',
  source: 'ONNX GridSample-20 of images, channels last; what ONNX Runtime does outside of them',
  inputs: [
    { name: 'x', dtypes: ['float32'] },
    { name: 'grid', dtypes: ['float32'] },
  ],
  outputs: [{ name: 'y', dtypes: ['float32'] }],
  attrs: {
    mode: { kind: 'enum', values: modes, default: 'linear' },
    padding: { kind: 'enum', values: paddings, default: 'zeros' },
    alignCorners: { kind: 'bool', default: false },
  },
  infer([x, grid]) {
    const [batch, height, width, channels] = operand(x, 'x', 4).shape;
    const [grids, rows, columns, pair] = operand(grid, 'grid', 4).shape;
    if (grids !== batch || pair !== 2) {
      throw new EdgecError('E_OP_SHAPE', 'the grid does not fit the image', {
        expected: `[${batch},…,…,2]`,
        found: `[${grids},${rows},${columns},${pair}]`,
        where: 'grid',
      });
    }
    if (height === 0 || width === 0)
      throw new EdgecError('E_OP_SHAPE', 'the image has no pixels', {
        found: `[${height},${width}]`,
        where: 'x',
      });
    return [{ dtype: 'float32', shape: [batch, rows, columns, channels] }];
  },
  evaluate([x, grid], sampling, [y]) {
    const [, height, width, channels] = (x as Tensor).shape;
    const [batch, rows, columns] = y.shape;
    const [xd, gd] = [(x as Tensor).data as Float32Array, (grid as Tensor).data as Float32Array];
    const axes = [width, height].map((length) => axisOf(length, sampling.alignCorners));
    for (let pixel = 0; pixel < batch * rows * columns; pixel++) {
      const image = Math.floor(pixel / (rows * columns)) * height * width;
      const [across, down] = axes.map((axis, i) => {
        const position = positionOf(gd[pixel * 2 + i], axis, sampling);
        return tapsOf(drawn(position, axis, sampling), axis, sampling);
      });
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (const [row, below] of down)
          for (const [column, beside] of across)
            if (row >= 0 && column >= 0)
              sum += below * beside * xd[(image + row * width + column) * channels + c];
        y.data[pixel * channels + c] = sum;
      }
    }
  },
  cost: (_, [y], { mode }) => ({ macs: elementCount(y.shape) * { nearest: 1, linear: 4, cubic: 16 }[mode] }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    modes.flatMap((mode) =>
      paddings.flatMap((padding) =>
        [true, false].map((alignCorners) => ({
          inputs: [randomFloat(random, [2, 4, 5, 3]), randomPlaces(random, [2, 6, 7, 2])],
          attrs: { mode, padding, alignCorners },
        })),
      ),
    ),
});
