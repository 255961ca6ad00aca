import { counting, EdgecError, f32, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import { numbersOfMap } from '../flexbuffer.ts';
import {
  constant,
  input,
  type Operator,
  type Read,
  scalar,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { customOperator } from '../schema.ts';
import { realInput } from './recurrent.ts';

/** Detection: the best boxes of an image. Slots that no box fills are 0. */

const lowest = -f32(3.4028234663852886e38);

/** The greatest float32 below `v`: what is above it is `v` or more. */
function justBelow(v: number): number {
  const bits = new Int32Array(1);
  const real = new Float32Array(bits.buffer);
  real[0] = v;
  if (real[0] === 0) return -(2 ** -149);
  if (Number.isFinite(real[0])) bits[0] += real[0] > 0 ? -1 : 1;
  return real[0];
}

const reshape = (op: Operator, x: ValueId, shape: readonly number[]): ValueId =>
  step(op, 'Reshape', [x], { shape });
const pick = (op: Operator, x: ValueId, places: ValueId): ValueId =>
  step(op, 'Gather', [x, places], { axis: 0 });
const whole = (op: Operator, shape: readonly number[], values: readonly number[]): ValueId =>
  op.builder.constant(`${op.name}.constant`, tensor('int32', shape, values));
const real = (op: Operator, shape: readonly number[], values: ArrayLike<number>): ValueId =>
  op.builder.constant(`${op.name}.constant`, tensor('float32', shape, values));

/** Places of selected boxes, and which of them there are; the others are place 0. */
interface Selected {
  readonly found: ValueId;
  readonly places: ValueId;
}

function selectedOf(op: Operator, indices: ValueId): Selected {
  return {
    found: step(op, 'Less', [whole(op, [], [-1]), indices]),
    places: step(op, 'Max', [indices, whole(op, [], [0])]),
  };
}

/** Rows of `x` where they were found, 0 in the others. */
function known(op: Operator, found: ValueId, x: ValueId): ValueId {
  const { shape, dtype } = op.builder.type(x);
  const mask = reshape(op, found, [shape[0], ...shape.slice(1).map(() => 1)]);
  return step(op, 'Where', [mask, x, op.builder.constant(`${op.name}.zero`, tensor(dtype, [], [0]))]);
}

const countOf = (op: Operator, found: ValueId, to: 'int32' | 'float32', keepDims: boolean): ValueId => {
  const sum = step(op, 'ReduceSum', [step(op, 'Cast', [found], { to: 'float32' })], { axes: [0], keepDims });
  return to === 'float32' ? sum : step(op, 'Cast', [sum], { to });
};

/** `x` with rows of 0 behind it, `rows` in all. */
function filledUp(op: Operator, x: ValueId, axis: number, length: number): ValueId {
  const { shape } = op.builder.type(x);
  const more = length - shape[axis];
  if (more === 0) return x;
  return step(op, 'Pad', [x], {
    pads: [...shape.map(() => 0), ...shape.map((_, i) => (i === axis ? more : 0))],
  });
}

/** Boxes of one class. */
const readNonMaxSuppression: Read = (op) => {
  const scored = op.builtin === 'NON_MAX_SUPPRESSION_V5';
  if (scored && scalar(op, 5) > 0) throw unsupported(op, 'scores that overlaps weaken (soft_nms_sigma)');
  const slots = scalar(op, 2);
  if (slots < 0)
    throw new EdgecError('E_OP_ATTRIBUTE', 'a count of boxes is negative', {
      found: `${slots}`,
      where: op.name,
    });
  const [count] = typeOf(op, 0).shape;
  const scores = input(op, 1);
  const indices = step(
    op,
    'NonMaxSuppression',
    [reshape(op, input(op, 0), [1, count, 4]), reshape(op, scores, [1, 1, count])],
    {
      maxBoxes: Math.min(slots, count),
      iouThreshold: justBelow(scalar(op, 3)),
      scoreThreshold: scalar(op, 4),
    },
  );
  const { found, places } = selectedOf(op, reshape(op, indices, op.builder.type(indices).shape.slice(2)));
  const selected = filledUp(op, known(op, found, places), 0, slots);
  const number = countOf(op, found, 'int32', false);
  if (!scored) return [selected, number];
  return [selected, filledUp(op, known(op, found, pick(op, scores, places)), 0, slots), number];
};

interface Detection {
  readonly detections: number;
  readonly classesOfDetection: number;
  readonly detectionsOfClass: number;
  readonly byClass: boolean;
  readonly classes: number;
  readonly thresholds: { readonly iouThreshold: number; readonly scoreThreshold: number };
  /** Of y, x, height and width. */
  readonly scales: readonly number[];
}

const longestList = 2 ** 16;

function detectionOf(op: Operator): Detection {
  const given = numbersOfMap(op.customOptions);
  const number = (name: string, fallback?: number): number => {
    const found = given.get(name) ?? fallback;
    if (found !== undefined && Number.isFinite(found)) return found;
    throw new EdgecError('E_OP_ATTRIBUTE', `option ${name} is missing`, {
      expected: 'a number',
      where: op.name,
    });
  };
  const count = (name: string, fallback?: number): number => {
    const found = number(name, fallback);
    if (Number.isInteger(found) && found >= 1 && found <= longestList) return found;
    throw new EdgecError('E_OP_ATTRIBUTE', `option ${name} is out of range`, {
      expected: `1 to ${longestList}`,
      found: `${found}`,
      where: op.name,
    });
  };
  const scales = ['y_scale', 'x_scale', 'h_scale', 'w_scale'].map((name) => number(name));
  if (scales.includes(0)) throw unsupported(op, 'a scale of 0');
  return {
    detections: count('max_detections'),
    classesOfDetection: count('max_classes_per_detection'),
    detectionsOfClass: count('detections_per_class', 100),
    byClass: number('use_regular_nms', 0) !== 0,
    classes: count('num_classes'),
    thresholds: {
      iouThreshold: number('nms_iou_threshold'),
      scoreThreshold: justBelow(number('nms_score_threshold')),
    },
    scales,
  };
}

/** Corners [1, N, 4] of boxes that are given as moves of anchors, and as logarithms of how much larger they are. */
function cornersOf(op: Operator, [ys, xs, hs, ws]: readonly number[]): ValueId {
  const anchors = constant(op, 2);
  const [, count, width] = typeOf(op, 0).shape;
  if (anchors.shape[0] !== count || anchors.data.length < 4 * count) {
    throw new EdgecError('E_OP_SHAPE', 'anchors do not fit the boxes', {
      expected: `[${count},4]`,
      found: `[${anchors.shape}]`,
      where: op.name,
    });
  }
  const values = anchors.data as Float32Array;
  const pairs = (of: (at: number) => readonly [number, number]): ValueId =>
    real(
      op,
      [1, count, 2],
      counting(count).flatMap((i) => of((i * values.length) / count)),
    );
  const boxes = realInput(op, 0);
  const half = (first: number): ValueId =>
    step(op, 'Slice', [boxes], { starts: [0, 0, first], sizes: [1, count, 2], steps: [1, 1, 1] });
  if (width < 4) throw unsupported(op, `boxes of ${width} numbers`);
  const moved = step(op, 'Mul', [half(0), pairs((at) => [values[at + 2] / ys, values[at + 3] / xs])]);
  const center = step(op, 'Add', [moved, pairs((at) => [values[at], values[at + 1]])]);
  const larger = step(op, 'Exp', [step(op, 'Mul', [half(2), real(op, [2], [1 / hs, 1 / ws])])]);
  const reach = step(op, 'Mul', [larger, pairs((at) => [values[at + 2] / 2, values[at + 3] / 2])]);
  return step(op, 'Concat', [step(op, 'Sub', [center, reach]), step(op, 'Add', [center, reach])], {
    axis: 2,
  });
}

/** Scores [1, N, classes]; a first class that there is beyond them is the background. */
function scoresOf(op: Operator, classes: number): ValueId {
  const [images, count, given] = typeOf(op, 1).shape;
  const scores = realInput(op, 1);
  if (images !== 1) throw unsupported(op, `${images} images at once`);
  if (given === classes) return scores;
  if (given !== classes + 1) throw unsupported(op, `scores of ${given} classes where there are ${classes}`);
  return step(op, 'Slice', [scores], { starts: [0, 0, 1], sizes: [1, count, classes], steps: [1, 1, 1] });
}

/** Detections, one a row: their boxes [rows, 4], classes and scores [rows], and how many there are. */
interface Rows {
  readonly boxes: ValueId;
  readonly classes: ValueId;
  readonly scores: ValueId;
  readonly count: ValueId;
}

/** Boxes suppress each other by their best class; each has rows for its next classes. */
function byAnchor(op: Operator, d: Detection, corners: ValueId, scores: ValueId): Rows {
  const [, count] = op.builder.type(scores).shape;
  const k = Math.min(d.classesOfDetection, d.classes);
  const [values, classes] = op.builder.add('TopK', [scores], { axis: 2, k, largest: true });
  const best = step(op, 'Slice', [values], { starts: [0, 0, 0], sizes: [1, count, 1], steps: [1, 1, 1] });
  const maxBoxes = Math.min(d.detections, count);
  const indices = step(op, 'NonMaxSuppression', [corners, reshape(op, best, [1, 1, count])], {
    maxBoxes,
    ...d.thresholds,
  });
  const { found, places } = selectedOf(op, reshape(op, indices, [maxBoxes]));
  const slots = d.classesOfDetection;
  const rows = (x: ValueId): ValueId => {
    const table = known(op, found, pick(op, reshape(op, x, [count, k]), places));
    return reshape(op, filledUp(op, table, 1, slots), [maxBoxes * slots]);
  };
  const boxes = known(op, found, pick(op, reshape(op, corners, [count, 1, 4]), places));
  const repeated = filledUp(op, step(op, 'Expand', [boxes], { shape: [maxBoxes, k, 4] }), 1, slots);
  return {
    boxes: reshape(op, repeated, [maxBoxes * slots, 4]),
    classes: step(op, 'Cast', [rows(classes)], { to: 'float32' }),
    scores: rows(values),
    count: countOf(op, found, 'float32', true),
  };
}

/** Boxes suppress each other within each class; the best of all classes are rows. */
function byClass(op: Operator, d: Detection, corners: ValueId, scores: ValueId): Rows {
  const [, count] = op.builder.type(scores).shape;
  const turned = step(op, 'Transpose', [scores], { perm: [0, 2, 1] });
  const maxBoxes = Math.min(d.detectionsOfClass, d.detections, count);
  const indices = step(op, 'NonMaxSuppression', [corners, turned], { maxBoxes, ...d.thresholds });
  const total = d.classes * maxBoxes;
  const flat = reshape(op, indices, [total]);
  const classOf = counting(total).map((i) => Math.floor(i / maxBoxes));
  const all = selectedOf(op, flat);
  const places = step(op, 'Add', [
    all.places,
    whole(
      op,
      [total],
      classOf.map((c) => c * count),
    ),
  ]);
  const values = pick(op, reshape(op, turned, [d.classes * count]), places);
  const ranked = step(op, 'Where', [all.found, values, real(op, [], [lowest])]);
  const k = Math.min(d.detections, total);
  const [best, order] = op.builder.add('TopK', [ranked], { axis: 0, k, largest: true });
  const chosen = selectedOf(op, pick(op, flat, order));
  const classes = step(op, 'Cast', [pick(op, whole(op, [total], classOf), order)], { to: 'float32' });
  return {
    boxes: known(op, chosen.found, pick(op, reshape(op, corners, [count, 4]), chosen.places)),
    classes: known(op, chosen.found, classes),
    scores: known(op, chosen.found, best),
    count: countOf(op, chosen.found, 'float32', true),
  };
}

const readDetectionPostProcess: Read = (op) => {
  const d = detectionOf(op);
  const [corners, scores] = [cornersOf(op, d.scales), scoresOf(op, d.classes)];
  const rows = (d.byClass ? byClass : byAnchor)(op, d, corners, scores);
  const slots = d.detections * d.classesOfDetection;
  return [
    reshape(op, filledUp(op, rows.boxes, 0, slots), [1, slots, 4]),
    reshape(op, filledUp(op, rows.classes, 0, slots), [1, slots]),
    reshape(op, filledUp(op, rows.scores, 0, slots), [1, slots]),
    rows.count,
  ];
};

export const reads = {
  NON_MAX_SUPPRESSION_V4: readNonMaxSuppression,
  NON_MAX_SUPPRESSION_V5: readNonMaxSuppression,
  [customOperator('TFLite_Detection_PostProcess')]: readDetectionPostProcess,
};
