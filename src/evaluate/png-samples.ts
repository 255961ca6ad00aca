import type { Picture } from './picture.ts';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly color: number;
}

export const samplesAPixel: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** 8-bit pixels of unfiltered rows: 16 bits cut to 8, fewer bits widened, palette entries looked up. */
export function unpackSamples(
  rows: Uint8Array,
  rowBytes: number,
  { width, height, bits, color }: PngHeader,
  palette?: Uint8Array,
): Picture {
  const samples = width * samplesAPixel[color];
  const channels = palette && color === 3 ? 3 : samplesAPixel[color];
  const data = new Uint8Array(width * height * channels);
  const widen = color === 3 || bits >= 8 ? 1 : 255 / (2 ** bits - 1);
  for (let y = 0; y < height; y++) {
    const row = y * (rowBytes + 1) + 1;
    for (let i = 0; i < samples; i++) {
      const value = sampleAt(rows, row, i, bits) * widen;
      const to = y * samples + i;
      if (palette && color === 3) for (let c = 0; c < 3; c++) data[to * 3 + c] = palette[value * 3 + c] ?? 0;
      else data[to] = value;
    }
  }
  return { width, height, channels, data };
}

function sampleAt(rows: Uint8Array, row: number, i: number, bits: number): number {
  if (bits === 8) return rows[row + i];
  if (bits === 16) return rows[row + 2 * i];
  const bit = i * bits;
  return (rows[row + (bit >> 3)] >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
}
