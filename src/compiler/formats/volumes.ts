import type { Attrs } from '../../core/index.ts';
import type { ValueId } from '../graph/index.ts';

/** Volumes [D, N, H, W, C], depth first: what slides over them slides over their images, all in one batch, and over their depth. */

export type Pair = readonly [before: number, after: number];

/** A window along the depth. */
export interface DepthWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Of a transposed convolution, what is cropped from the full output. */
  readonly pads: Pair;
}

/** What a reader adds nodes with. */
export interface VolumeBuilder {
  emit(op: string, inputs: readonly ValueId[], attrs: Attrs): ValueId;
  shape(x: ValueId): readonly number[];
}

/** Slides plane `k` of the window over images [N, H, W, C]. */
export type SlidePlane = (images: ValueId, k: number) => ValueId;

const reshape = (b: VolumeBuilder, x: ValueId, shape: readonly number[]): ValueId =>
  b.emit('Reshape', [x], { shape });

/** `x` with more planes of 0 around its depth; fewer where a pad is negative. */
function paddedDepth(b: VolumeBuilder, x: ValueId, [before, after]: Pair): ValueId {
  if (before === 0 && after === 0) return x;
  const others = b.shape(x).slice(1).fill(0);
  return b.emit('Pad', [x], { pads: [before, ...others, after, ...others] });
}

const planes = (kernel: number): number[] => Array.from({ length: kernel }, (_, k) => k);
const sumOf = (b: VolumeBuilder, parts: readonly ValueId[]): ValueId =>
  parts.reduce((sum, part) => b.emit('Add', [sum, part], {}));

/** A sum over the planes of the window, each of which slides over the images that it meets. */
export function convolveVolume(b: VolumeBuilder, x: ValueId, w: DepthWindow, slide: SlidePlane): ValueId {
  const padded = paddedDepth(b, x, w.pads);
  const [depth, batch, ...image] = b.shape(padded);
  const count = Math.floor((depth - w.dilation * (w.kernel - 1) - 1) / w.stride) + 1;
  const parts = planes(w.kernel).map((k) => {
    const met = b.emit('Slice', [padded], {
      starts: [k * w.dilation, 0, 0, 0, 0],
      sizes: [count, batch, ...image],
      steps: [w.stride, 1, 1, 1, 1],
    });
    return slide(reshape(b, met, [count * batch, ...image]), k);
  });
  const sum = sumOf(b, parts);
  return reshape(b, sum, [count, batch, ...b.shape(sum).slice(1)]);
}

/** A sum over the planes of the window, each of which spreads all images over every stride-th plane from its own on. */
export function spreadVolume(
  b: VolumeBuilder,
  x: ValueId,
  w: DepthWindow,
  depthAfter: number,
  slide: SlidePlane,
): ValueId {
  const [depth, batch, ...image] = b.shape(x);
  const images = reshape(b, x, [depth * batch, ...image]);
  const parts = planes(w.kernel).map((k) => {
    const made = slide(images, k);
    const plane = [batch, ...b.shape(made).slice(1)];
    const apart = b.emit('Pad', [reshape(b, made, [depth, 1, ...plane])], {
      pads: [...new Array<number>(7).fill(0), w.stride - 1, 0, 0, 0, 0],
    });
    const before = k * w.dilation - w.pads[0];
    const spread = reshape(b, apart, [depth * w.stride, ...plane]);
    return paddedDepth(b, spread, [before, depthAfter - depth * w.stride - before]);
  });
  return sumOf(b, parts);
}
