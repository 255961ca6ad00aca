import { sameShape } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { NodeImport } from '../node-import.ts';
import { samePads, spatialValues, type Window } from './windows.ts';

/** Volumes [N, C, D, H, W]: what slides over them slides over their images, and over their depth. */

const volumeRank = 5;

type Pair = [number, number];

/** Extent of a window along each of the three axes, depth first. */
interface VolumeWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and after each axis. */
  readonly pads: readonly Pair[];
}

function volumeWindow(node: NodeImport, x: ValueId, weights?: readonly number[]): VolumeWindow {
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

const tail = (list: readonly number[]): Pair => [list[1], list[2]];

const planePads = (pads: readonly Pair[]): [number, number, number, number] => [
  pads[1][0],
  pads[2][0],
  pads[1][1],
  pads[2][1],
];

/** Conv of images [N, C, H, W]. */
export type ConvolveImages = (
  x: ValueId,
  weight: ValueId,
  bias: ValueId | undefined,
  window: Omit<Window, 'kernel'>,
) => ValueId;

/** A sum over the depth of the window: each of its planes filters the images that it meets, all in one batch. */
export function convolveVolume(
  node: NodeImport,
  x: ValueId,
  weight: ValueId,
  bias: ValueId | undefined,
  convolveImages: ConvolveImages,
): ValueId {
  const w = volumeWindow(node, x, node.shape(weight).slice(2));
  const [before, after] = w.pads[0];
  const byDepth = node.transpose(x, [2, 0, 1, 3, 4]);
  const padded =
    before + after === 0
      ? byDepth
      : node.emit('Pad', [byDepth], { pads: [before, 0, 0, 0, 0, after, 0, 0, 0, 0] });
  const [depth, ...image] = node.shape(padded);
  const [stride] = w.strides;
  const planes = Math.floor((depth - w.dilations[0] * (w.kernel[0] - 1) - 1) / stride) + 1;
  const window = { strides: tail(w.strides), dilations: tail(w.dilations), pads: planePads(w.pads) };
  const filtered = Array.from({ length: w.kernel[0] }, (_, k) => {
    const met = node.emit('Slice', [padded], {
      starts: [k * w.dilations[0], 0, 0, 0, 0],
      sizes: [planes, ...image],
      steps: [stride, 1, 1, 1, 1],
    });
    const images = node.reshape(met, [planes * image[0], ...image.slice(1)]);
    const plane = node.emit('Gather', [weight, node.intConstant([], [k])], { axis: 2 });
    return convolveImages(images, plane, k === 0 ? bias : undefined, window);
  });
  const sum = filtered.reduce((a, b) => node.emit('Add', [a, b]));
  return node.transpose(node.reshape(sum, [planes, image[0], ...node.shape(sum).slice(1)]), [1, 2, 0, 3, 4]);
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
    pads: planePads(w.pads),
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
