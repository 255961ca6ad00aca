import { mismatch } from './data-source.ts';
import type { Resize } from './dataset-spec.ts';

/** Real-valued pixels, channels last. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

const maxSide = 16_384;

/** Scales and cuts as `resize` says. Bilinear with half-pixel centres, edges repeated, results not rounded. */
export function resizePixels(pixels: Pixels, resize: Resize, where: string): Pixels {
  const { height, width } = resize;
  if (height > maxSide || width > maxSide)
    throw mismatch(`sides up to ${maxSide}`, `${height} × ${width}`, where);
  const shown = resize.fit === 'cover' ? centre(pixels, coverWindow(pixels, height / width)) : pixels;
  const scaled = shown.height === height && shown.width === width ? shown : scale(shown, resize);
  const [cropHeight, cropWidth] = resize.crop ?? [height, width];
  return centre(scaled, { height: cropHeight, width: cropWidth });
}

/** The greatest window of an aspect inside the picture. */
function coverWindow({ height, width }: Pixels, aspect: number): { height: number; width: number } {
  if (height / width > aspect) return { width, height: Math.max(1, Math.round(width * aspect)) };
  return { height, width: Math.max(1, Math.round(height / aspect)) };
}

function centre(pixels: Pixels, { height, width }: { height: number; width: number }): Pixels {
  if (pixels.height === height && pixels.width === width) return pixels;
  const { channels, data } = pixels;
  const top = (pixels.height - height) >> 1;
  const left = (pixels.width - width) >> 1;
  const out = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * pixels.width + left) * channels;
    for (let i = 0; i < width * channels; i++) out[y * width * channels + i] = data[from + i];
  }
  return { height, width, channels, data: out };
}

interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float64Array;
}

function tapsOf(from: number, to: number, method: Resize['method']): Taps {
  const taps = { low: new Int32Array(to), high: new Int32Array(to), weight: new Float64Array(to) };
  for (let i = 0; i < to; i++) {
    const centred = ((i + 0.5) * from) / to;
    const at = Math.min(from - 1, Math.max(0, method === 'nearest' ? Math.floor(centred) : centred - 0.5));
    taps.low[i] = Math.floor(at);
    taps.high[i] = Math.min(from - 1, taps.low[i] + 1);
    taps.weight[i] = at - taps.low[i];
  }
  return taps;
}

function scale(pixels: Pixels, { height, width, method }: Resize): Pixels {
  const { channels, data } = pixels;
  const rows = tapsOf(pixels.height, height, method);
  const columns = tapsOf(pixels.width, width, method);
  const out = new Float32Array(height * width * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const upper = rows.low[y] * pixels.width * channels;
    const lower = rows.high[y] * pixels.width * channels;
    for (let x = 0; x < width; x++) {
      const left = columns.low[x] * channels;
      const right = columns.high[x] * channels;
      const w = columns.weight[x];
      for (let c = 0; c < channels; c++, to++) {
        const top = data[upper + left + c] * (1 - w) + data[upper + right + c] * w;
        const bottom = data[lower + left + c] * (1 - w) + data[lower + right + c] * w;
        out[to] = top + (bottom - top) * rows.weight[y];
      }
    }
  }
  return { height, width, channels, data: out };
}
