import { sameShape } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import { convolveVolume, type DepthWindow, type Pair, spreadVolume } from '../../volumes.ts';
import type { NodeImport } from '../node-import.ts';
import { samePads, spatialValues, type Window } from './windows.ts';

/** Volumes [N, C, D, H, W]: what slides over them slides over their images, and over their depth. */

const volumeRank = 5;

/** Extent of a window along each of the three axes, depth first. */
export interface VolumeWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and after each axis. */
  readonly pads: readonly Pair[];
}

export function volumeWindow(node: NodeImport, x: ValueId, weights?: readonly number[]): VolumeWindow {
  const list = (name: string, fallback?: readonly number[]): readonly number[] =>
    spatialValues(node, name, node.attrs.ints(name, fallback), volumeRank, 1);
  const kernel = list('kernel_shape', weights);
  if (weights && !sameShape(kernel, weights))
    throw node.unsupported('a window that is not that of its weights');
  const window = { kernel, strides: list('strides', [1, 1, 1]), dilations: list('dilations', [1, 1, 1]) };
  const size = node.shape(x).slice(2);
  const auto = node.attrs.string('auto_pad', 'NOTSET');
  if (auto === 'VALID') return { ...window, pads: size.map((): Pair => [0, 0]) };
  if (auto.startsWith('SAME'))
    return { ...window, pads: size.map((_, i) => samePads(size, window, i, auto === 'SAME_LOWER')) };
  const pads = node.attrs.ints('pads', [0, 0, 0, 0, 0, 0]);
  const [before, after] = [pads.slice(0, 3), pads.slice(3)].map((half) =>
    spatialValues(node, 'pads', half, volumeRank, 0),
  );
  return { ...window, pads: before.map((p, i): Pair => [p, after[i]]) };
}

const tail = (list: readonly number[]): [number, number] => [list[1], list[2]];

/** Pads before and behind rows and columns as top, left, bottom and right. */
export const planePads = ([rows, columns]: readonly Pair[]): [number, number, number, number] => [
  rows[0],
  columns[0],
  rows[1],
  columns[1],
];

/** Slides one plane of weights over images [N, H, W, C]. */
export type SlideImages = (images: ValueId, plane: ValueId, k: number, window: PlaneWindow) => ValueId;

export type PlaneWindow = Pick<Window, 'strides' | 'dilations' | 'pads'>;

const planeWindow = (w: VolumeWindow): PlaneWindow => ({
  strides: tail(w.strides),
  dilations: tail(w.dilations),
  pads: planePads(w.pads.slice(1)),
});

const depthWindow = (w: VolumeWindow): DepthWindow => ({
  kernel: w.kernel[0],
  stride: w.strides[0],
  dilation: w.dilations[0],
  pads: w.pads[0],
});

/** Plane `k` of weights [A, B, D, H, W]. */
const planeOf = (node: NodeImport, weight: ValueId, k: number): ValueId =>
  node.emit('Gather', [weight, node.intConstant([], [k])], { axis: 2 });

const depthFirst = [2, 0, 3, 4, 1];
const channelsSecond = [1, 4, 0, 2, 3];

/** A convolution of volumes [N, C, D, H, W] by one of images. */
export function convolveVolumes(node: NodeImport, x: ValueId, weight: ValueId, slide: SlideImages): ValueId {
  const w = volumeWindow(node, x, node.shape(weight).slice(2));
  const image = planeWindow(w);
  const y = convolveVolume(node, node.transpose(x, depthFirst), depthWindow(w), (images, k) =>
    slide(images, planeOf(node, weight, k), k, image),
  );
  return node.transpose(y, channelsSecond);
}

/** A transposed convolution of volumes by one of images, `w` with the pads that are cropped. */
export function spreadVolumes(
  node: NodeImport,
  x: ValueId,
  weight: ValueId,
  w: VolumeWindow,
  depthAfter: number,
  slide: SlideImages,
): ValueId {
  const image = planeWindow(w);
  const y = spreadVolume(node, node.transpose(x, depthFirst), depthWindow(w), depthAfter, (images, k) =>
    slide(images, planeOf(node, weight, k), k, image),
  );
  return node.transpose(y, channelsSecond);
}

/** A pool of the images, then one along the depth. `pool` slides over the images of its operand. */
export function poolVolume(
  node: NodeImport,
  x: ValueId,
  pool: (
    x: ValueId,
    window: Record<'kernel' | 'strides' | 'dilations' | 'pads', readonly number[]>,
  ) => ValueId,
): ValueId {
  const w = volumeWindow(node, x);
  const [batch, channels, depth, rows, columns] = node.shape(x);
  const images = pool(node.reshape(x, [batch, channels * depth, rows, columns]), {
    kernel: tail(w.kernel),
    strides: tail(w.strides),
    dilations: tail(w.dilations),
    pads: planePads(w.pads.slice(1)),
  });
  const [, , height, width] = node.shape(images);
  const columnsOfDepth = node.reshape(images, [batch, channels, depth, height * width]);
  const pooled = pool(columnsOfDepth, {
    kernel: [w.kernel[0], 1],
    strides: [w.strides[0], 1],
    dilations: [w.dilations[0], 1],
    pads: [w.pads[0][0], 0, w.pads[0][1], 0],
  });
  return node.reshape(pooled, [batch, channels, node.shape(pooled)[2], height, width]);
}
