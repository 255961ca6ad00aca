import { defineOp, f32 } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { Random } from '../random.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import { position } from './indexing.ts';
import { attributeError } from './movement.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const modes = ['avg', 'max'] as const;
/** Samples along one axis of one cell. */
const mostSamples = 4096;
const mostCells = 2 ** 16;

interface Cells {
  size: readonly number[];
  samplingRatio: number;
  halfPixel: boolean;
}

/** Two neighbours on an axis, and how much of the second; undefined outside of the image. */
type Sample = readonly [low: number, high: number, share: number] | undefined;

function sampleAt(place: number, length: number): Sample {
  if (!(place >= -1 && place <= length)) return undefined;
  const inside = Math.max(0, place);
  const low = Math.trunc(inside);
  return low >= length - 1 ? [length - 1, length - 1, 0] : [low, low + 1, f32(inside - low)];
}

/** The samples of each cell of a region along one axis of the image. Throws E_RUN_INPUT. */
function samplesOf(start: number, end: number, axis: number, length: number, a: Cells): Sample[][] {
  const span = a.halfPixel ? f32(end - start) : Math.max(1, f32(end - start));
  const cell = f32(span / a.size[axis]);
  const count = a.samplingRatio > 0 ? a.samplingRatio : Math.max(0, Math.ceil(cell));
  if (!(count <= mostSamples)) {
    throw new EdgecError('E_RUN_INPUT', 'a region is too large', {
      expected: `at most ${mostSamples * a.size[axis]} long`,
      found: `${span}`,
      where: 'rois',
    });
  }
  return Array.from({ length: a.size[axis] }, (_, i) => {
    const first = f32(start + f32(i * cell));
    return Array.from({ length: count }, (_, k) =>
      sampleAt(f32(first + f32(f32((k + 0.5) * cell) / count)), length),
    );
  });
}

export const roiAlign = defineOp({
  name: 'RoiAlign',
  summary:
    'Regions of images, each cut into cells: the mean of samples, or the greatest share of a pixel in one.',
  source: 'ONNX RoiAlign-16, channels last; regions are [x, y, x, y] before `spatialScale`',
  inputs: [
    { name: 'x', dtypes: ['float32'] },
    { name: 'rois', dtypes: ['float32'] },
    { name: 'images', dtypes: ['int32'] },
  ],
  outputs: [{ name: 'y', dtypes: ['float32'] }],
  attrs: {
    size: { kind: 'ints', length: 2 },
    samplingRatio: { kind: 'int', default: 0 },
    spatialScale: { kind: 'float', default: 1 },
    mode: { kind: 'enum', values: modes, default: 'avg' },
    halfPixel: { kind: 'bool', default: true },
  },
  infer([x, rois, images], { size, samplingRatio }) {
    const [, height, width, channels] = operand(x, 'x', 4).shape;
    const [count, four] = operand(rois, 'rois', 2).shape;
    if (four !== 4 || operand(images, 'images', 1).shape[0] !== count || height < 1 || width < 1) {
      throw new EdgecError('E_OP_SHAPE', 'regions do not fit their images', {
        expected: '[count,4] and [count]',
        found: `[${count},${four}] and [${images?.shape}]`,
        where: 'rois',
      });
    }
    if (size.some((s) => s < 1 || s > mostCells) || samplingRatio < 0 || samplingRatio > mostSamples)
      throw attributeError('size or samplingRatio is out of range', '1 or more', `${size}; ${samplingRatio}`);
    return [{ dtype: 'float32', shape: [count, size[0], size[1], channels] }];
  },
  evaluate([x, rois, images], a, [y]) {
    const [batch, height, width, channels] = (x as Tensor).shape;
    const [xd, rd] = [(x as Tensor).data as Float32Array, (rois as Tensor).data as Float32Array];
    const [rows, columns] = a.size;
    const offset = a.halfPixel ? 0.5 : 0;
    const scale = f32(a.spatialScale);
    ((images as Tensor).data as Int32Array).forEach((image, r) => {
      const first = position(image, batch) * height * width;
      const [left, top, right, bottom] = [0, 1, 2, 3].map((i) => f32(f32(rd[r * 4 + i] * scale) - offset));
      const down = samplesOf(top, bottom, 0, height, a);
      const across = samplesOf(left, right, 1, width, a);
      for (let cell = 0; cell < rows * columns; cell++) {
        const [vertical, horizontal] = [down[Math.floor(cell / columns)], across[cell % columns]];
        for (let c = 0; c < channels; c++) {
          const pixel = (row: number, column: number): number =>
            xd[(first + row * width + column) * channels + c];
          let [sum, greatest] = [0, Number.NEGATIVE_INFINITY];
          for (const v of vertical)
            for (const h of horizontal) {
              const shares =
                v && h
                  ? [
                      (1 - v[2]) * (1 - h[2]) * pixel(v[0], h[0]),
                      (1 - v[2]) * h[2] * pixel(v[0], h[1]),
                      v[2] * (1 - h[2]) * pixel(v[1], h[0]),
                      v[2] * h[2] * pixel(v[1], h[1]),
                    ]
                  : [0];
              sum += shares.reduce((total, share) => total + share, 0);
              greatest = Math.max(greatest, ...shares);
            }
          const count = vertical.length * horizontal.length;
          const made = a.mode === 'avg' ? sum / count : greatest;
          y.data[(r * rows * columns + cell) * channels + c] = count === 0 ? 0 : made;
        }
      }
    });
  },
  cost: (_, [y], { samplingRatio }) => ({ macs: elementCount(y.shape) * 4 * (samplingRatio || 2) ** 2 }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    modes.flatMap((mode) =>
      [0, 2].flatMap((samplingRatio) =>
        [true, false].map((halfPixel) => ({
          inputs: [
            randomFloat(random, [2, 7, 9, 3]),
            randomRegions(random, 5),
            tensor('int32', [5], [0, 1, 1, 0, -1]),
          ],
          attrs: { size: [3, 2], samplingRatio, spatialScale: 0.5, mode, halfPixel },
        })),
      ),
    ),
});

/** Regions inside, outside and across the sides of an image, and one the wrong way round. */
function randomRegions(random: Random, count: number): Tensor {
  const draw = (i: number): number[] => {
    const [x, y] = [random.uniform(-6, 16), random.uniform(-6, 12)];
    const [w, h] = i === 0 ? [-3, -2] : [random.uniform(0, 12), random.uniform(0, 12)];
    return [x, y, x + w, y + h];
  };
  return tensor('float32', [count, 4], Array.from({ length: count }, (_, i) => draw(i)).flat());
}
