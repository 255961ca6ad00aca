import { EdgecError } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Pair } from '../../volumes.ts';
import type { Importers, NodeImport } from '../node-import.ts';
import { convolveVolumes, type PlaneWindow, planePads, spreadVolumes, volumeWindow } from './volumes.ts';
import { spatialSize, windowOf } from './windows.ts';

/** Weights [A, B, L] as [A, B, 1, L]. */
function imageWeight(node: NodeImport, weight: ValueId): ValueId {
  const shape = node.shape(weight);
  return shape.length === 3 ? node.reshape(weight, [shape[0], shape[1], 1, shape[2]]) : weight;
}

function checkChannels(node: NodeImport, found: number, expected: number): void {
  if (found === expected) return;
  throw new EdgecError('E_OP_SHAPE', `weight of ${node.op} does not fit its input`, {
    expected: `${expected} channels`,
    found: `${found}`,
    where: node.name,
  });
}

function groupOf(node: NodeImport, channels: number, outputs: number): number {
  const group = node.attrs.int('group', 1);
  if (group >= 1 && channels % group === 0 && outputs % group === 0) return group;
  throw new EdgecError('E_OP_ATTRIBUTE', `group of ${node.op} does not divide its channels`, {
    expected: `a divisor of ${channels} and ${outputs}`,
    found: `${group}`,
    where: node.name,
  });
}

/** Conv of `x` [N, C, …] with `weight` [O, C/group, …]. */
export function convolve(node: NodeImport, x: ValueId, weight: ValueId, bias: ValueId | undefined): ValueId {
  const shape = node.shape(x);
  const kernel = node.shape(weight);
  if (kernel.length !== shape.length)
    throw new EdgecError('E_OP_SHAPE', 'weight of Conv has another rank', { where: node.name });
  if (shape.length === 5)
    return convolveVolumes(node, x, weight, (images, plane, k, window) =>
      convolveImages(node, images, plane, k === 0 ? bias : undefined, window),
    );
  const { strides, pads, dilations } = windowOf(node, shape.length, spatialSize(shape), kernel.slice(2));
  const plane = imageWeight(node, weight);
  return node.channelsLast(x, (images) =>
    convolveImages(node, images, plane, bias, { strides, pads, dilations }),
  );
}

/** Conv of images [N, H, W, C] with `weight` [O, C/group, H, W]. */
function convolveImages(
  node: NodeImport,
  images: ValueId,
  weight: ValueId,
  bias: ValueId | undefined,
  window: PlaneWindow,
): ValueId {
  const channels = node.shape(images)[3];
  const kernel = node.shape(weight);
  const group = groupOf(node, channels, kernel[0]);
  checkChannels(node, kernel[1], channels / group);
  if (group > 1 && group === channels)
    return node.emit('DepthwiseConv2d', [images, node.transpose(weight, [1, 2, 3, 0]), bias], { ...window });
  return node.emit('Conv2d', [images, node.transpose(weight, [0, 2, 3, 1]), bias], { ...window, group });
}

/** Spatial axes of a transposed convolution: what it slides over, and its window. */
interface Spread {
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly Pair[];
}

interface Cropped {
  readonly pads: readonly Pair[];
  readonly outputPads: readonly number[];
}

/** What is cropped from each axis of the full output, and added to it; output_shape and auto_pad decide where given. */
function cropsOf(node: NodeImport, w: Spread): Cropped {
  const axes = node.rank(node.input(0)) - 2;
  /** One value for each axis of the window, which has one more than a signal. */
  const filled = (value: number, list: readonly number[]): number[] => [
    ...new Array<number>(w.size.length - axes).fill(value),
    ...list,
  ];
  const given = node.attrs.ints('output_padding', new Array<number>(axes).fill(0));
  if (given.length !== axes || given.some((p) => p < 0)) {
    throw new EdgecError('E_OP_ATTRIBUTE', `output_padding of ${node.op} is not valid`, {
      expected: `${axes} values of at least 0`,
      found: `[${given}]`,
      where: node.name,
    });
  }
  const outputPads = filled(0, given);
  const auto = node.attrs.string('auto_pad', 'NOTSET');
  const wanted = node.attrs.has('output_shape') ? node.attrs.ints('output_shape').slice(-axes) : undefined;
  if (!wanted && !auto.startsWith('SAME')) return { pads: w.pads, outputPads };
  const target = wanted ? filled(1, wanted) : w.size.map((s, d) => s * w.strides[d]);
  const whole = w.size.map(
    (s, d) => (s - 1) * w.strides[d] + outputPads[d] + w.dilations[d] * (w.kernel[d] - 1) + 1,
  );
  const pads = whole.map((full, d): Pair => {
    const total = Math.max(0, full - target[d]);
    const less = Math.floor(total / 2);
    return auto === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  });
  return { pads, outputPads: outputPads.map((p, d) => p + Math.max(0, target[d] - whole[d])) };
}

/** ConvTranspose of images [N, H, W, C] with `weight` [C, O/group, H, W], group by group. */
function spreadImages(
  node: NodeImport,
  images: ValueId,
  weight: ValueId,
  bias: ValueId | undefined,
  attrs: Readonly<Record<'strides' | 'dilations' | 'pads' | 'outputPads', readonly number[]>>,
): ValueId {
  const channels = node.shape(images)[3];
  const group = groupOf(node, channels, channels);
  const part = (x: ValueId, w: ValueId, b?: ValueId): ValueId =>
    node.emit('TransposeConv2d', [x, node.transpose(w, [1, 2, 3, 0]), b], attrs);
  if (group === 1) return part(images, weight, bias);
  const sizes = new Array<number>(group).fill(channels / group);
  const weights = node.emitAll('Split', [weight], { axis: 0, sizes });
  const parts = node.emitAll('Split', [images], { axis: 3, sizes }).map((x, i) => part(x, weights[i]));
  const joined = node.emit('Concat', parts, { axis: 3 });
  return bias === undefined ? joined : node.emit('Add', [joined, bias]);
}

function convTranspose(node: NodeImport): ValueId {
  const [x, weight, bias] = [node.input(0), node.input(1), node.optional(2)];
  const [shape, kernel] = [node.shape(x), node.shape(weight)];
  checkChannels(node, kernel[0], shape[1]);
  if (shape.length === 5) return convTransposeVolume(node, x, weight, bias);
  const size = spatialSize(shape);
  const { pads: sides, ...window } = windowOf(node, shape.length, size, kernel.slice(2));
  const pads: Pair[] = [0, 1].map((i) => [sides[i], sides[i + 2]]);
  const crops = cropsOf(node, { ...window, size, pads });
  const plane = imageWeight(node, weight);
  const attrs = {
    strides: window.strides,
    dilations: window.dilations,
    pads: planePads(crops.pads),
    outputPads: crops.outputPads,
  };
  return node.channelsLast(x, (images) => spreadImages(node, images, plane, bias, attrs));
}

function convTransposeVolume(
  node: NodeImport,
  x: ValueId,
  weight: ValueId,
  bias: ValueId | undefined,
): ValueId {
  const size = node.shape(x).slice(2);
  const window = volumeWindow(node, x, node.shape(weight).slice(2));
  const { pads, outputPads } = cropsOf(node, { ...window, size });
  const [{ kernel, strides, dilations }, [before, after]] = [window, pads[0]];
  const full = (size[0] - 1) * strides[0] + dilations[0] * (kernel[0] - 1) + 1 + outputPads[0];
  const depth = full - before - after;
  if (depth < 1) throw node.unsupported('pads that leave no planes');
  const y = spreadVolumes(node, x, weight, { ...window, pads }, depth, (images, plane, _, image) =>
    spreadImages(node, images, plane, undefined, { ...image, outputPads: outputPads.slice(1) }),
  );
  if (bias === undefined) return y;
  return node.emit('Add', [y, node.reshape(bias, [node.shape(bias)[0], 1, 1, 1])]);
}

export const convolutionImporters: Importers = {
  Conv: (node) => convolve(node, node.input(0), node.input(1), node.optional(2)),
  ConvTranspose: convTranspose,
};
