import { defineOp, f32 } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { Random } from '../random.ts';
import { type Tensor, tensor } from '../tensor.ts';
import { attributeError } from './movement.ts';
import { operand } from './spatial.ts';

const formats = ['corners', 'centers'] as const;
const coordinates = 4;

const lesser = (a: number, b: number): number => (b < a ? b : a);
const greater = (a: number, b: number): number => (b > a ? b : a);

/** Top, left, bottom and right of a box. */
function sidesOf([a, b, c, d]: Float32Array, format: string): number[] {
  if (format === 'corners') return [lesser(a, c), lesser(b, d), greater(a, c), greater(b, d)];
  const [halfWidth, halfHeight] = [f32(c / 2), f32(d / 2)];
  return [b - halfHeight, a - halfWidth, b + halfHeight, a + halfWidth];
}

const areaOf = (box: Float32Array): number => f32(f32(box[2] - box[0]) * f32(box[3] - box[1]));

/** The area common to two boxes over that of both, in float32; 0 where one has none. */
function overlap(p: Float32Array, q: Float32Array): number {
  const height = f32(lesser(p[2], q[2]) - greater(p[0], q[0]));
  const width = f32(lesser(p[3], q[3]) - greater(p[1], q[1]));
  const [a, b] = [areaOf(p), areaOf(q)];
  if (!(height > 0 && width > 0 && a > 0 && b > 0)) return 0;
  const common = f32(height * width);
  return f32(common / f32(f32(a + b) - common));
}

export const nonMaxSuppression = defineOp({
  name: 'NonMaxSuppression',
  summary:
    'For each class the boxes of the best scores that overlap no better one too much, by index; −1 where there are no more.',
  source:
    'ONNX NonMaxSuppression-11, its rows filled up; boxes are [y, x, y, x] or [x, y, width, height], scores and overlaps count above their thresholds, of equal scores the first box is better',
  inputs: [
    { name: 'boxes', dtypes: ['float32'] },
    { name: 'scores', dtypes: ['float32'] },
  ],
  outputs: [{ name: 'selected', dtypes: ['int32'] }],
  attrs: {
    maxBoxes: { kind: 'int' },
    iouThreshold: { kind: 'float' },
    scoreThreshold: { kind: 'float', default: Number.NEGATIVE_INFINITY },
    format: { kind: 'enum', values: formats, default: 'corners' },
  },
  infer([boxes, scores], { maxBoxes }) {
    const [batch, count, width] = operand(boxes, 'boxes', 3).shape;
    const [images, classes, scored] = operand(scores, 'scores', 3).shape;
    if (batch !== images || count !== scored || width !== coordinates) {
      throw new EdgecError('E_OP_SHAPE', 'boxes do not fit their scores', {
        expected: `[${images},${scored},${coordinates}]`,
        found: `[${batch},${count},${width}]`,
        where: 'boxes',
      });
    }
    if (maxBoxes < 0 || maxBoxes > count)
      throw attributeError('maxBoxes is no count of boxes', `0 to ${count}`, `${maxBoxes}`);
    return [{ dtype: 'int32', shape: [batch, classes, maxBoxes] }];
  },
  evaluate([boxes, scores], { maxBoxes, iouThreshold, scoreThreshold, format }, [selected]) {
    const [batch, classes, count] = (scores as Tensor).shape;
    const [most, least] = [f32(iouThreshold), f32(scoreThreshold)];
    const boxData = (boxes as Tensor).data as Float32Array;
    const scoreData = (scores as Tensor).data as Float32Array;
    const found = (selected.data as Int32Array).fill(-1);
    for (let image = 0; image < batch; image++) {
      const sides = Array.from({ length: count }, (_, i) => {
        const first = (image * count + i) * coordinates;
        return Float32Array.from(sidesOf(boxData.subarray(first, first + coordinates), format));
      });
      for (let row = image * classes; row < (image + 1) * classes; row++) {
        const score = scoreData.subarray(row * count, (row + 1) * count);
        const ranked = [...score.keys()].filter((i) => score[i] > least);
        ranked.sort((i, j) => score[j] - score[i] || i - j);
        const kept: number[] = [];
        for (const box of ranked) {
          if (kept.length === maxBoxes) break;
          if (!kept.some((other) => overlap(sides[other], sides[box]) > most)) kept.push(box);
        }
        found.set(kept, row * maxBoxes);
      }
    }
  },
  cost: ([boxes, scores], _, { maxBoxes }) => ({
    macs: (boxes?.shape[1] ?? 0) * (scores?.shape[0] ?? 0) * (scores?.shape[1] ?? 0) * maxBoxes,
  }),
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [randomBoxes(random, 1, 12), ties(random, 1, 1, 12)],
      attrs: { maxBoxes: 5, iouThreshold: 0.3 },
    },
    {
      inputs: [randomBoxes(random, 2, 40), ties(random, 2, 3, 40)],
      attrs: { maxBoxes: 40, iouThreshold: 0.5, scoreThreshold: 0.25 },
    },
    {
      inputs: [randomBoxes(random, 1, 30), ties(random, 1, 2, 30)],
      attrs: { maxBoxes: 7, iouThreshold: 0.2, format: 'centers' },
    },
    { inputs: [randomBoxes(random, 1, 9), ties(random, 1, 2, 9)], attrs: { maxBoxes: 9, iouThreshold: -1 } },
    { inputs: [randomBoxes(random, 1, 3), ties(random, 1, 1, 3)], attrs: { maxBoxes: 0, iouThreshold: 0.5 } },
  ],
});

/** Boxes that overlap, some of no area and some with their corners the other way round. */
const randomBoxes = (random: Random, batch: number, count: number): Tensor =>
  tensor(
    'float32',
    [batch, count, coordinates],
    Float32Array.from({ length: batch * count * coordinates }, () => random.int(0, 8) / 8),
  );

/** Scores of which some are equal. */
const ties = (random: Random, batch: number, classes: number, count: number): Tensor =>
  tensor(
    'float32',
    [batch, classes, count],
    Float32Array.from({ length: batch * classes * count }, () => random.int(0, 20) / 20),
  );
