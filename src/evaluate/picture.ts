import { malformed } from './data-source.ts';

/** 8-bit pixels, row by row, channels last: grey, RGB, or either with alpha behind. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

const maxPixels = 2 ** 26;

/** Throws E_DATA_FORMAT for an empty or huge picture. */
export function checkPictureSize(width: number, height: number, where: string): void {
  if (!(width >= 1 && height >= 1 && width * height <= maxPixels)) {
    throw malformed(
      'the picture is empty or too large',
      `1 to ${maxPixels} pixels`,
      `${width} × ${height}`,
      where,
    );
  }
}

/** The picture without its alpha channel. */
export function withoutAlpha(picture: Picture): Picture {
  if (picture.channels === 1 || picture.channels === 3) return picture;
  return withChannels(picture, picture.channels === 2 ? 1 : 3);
}

/** The picture in grey (luma of ITU-R BT.601) or RGB (grey three times). Alpha is dropped. */
export function withChannels(picture: Picture, channels: 1 | 3): Picture {
  const { width, height, data, channels: from } = picture;
  if (from === channels) return picture;
  const pixels = width * height;
  const out = new Uint8Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    const at = i * from;
    if (channels === 1) out[i] = from < 3 ? data[at] : luma(data[at], data[at + 1], data[at + 2]);
    else for (let c = 0; c < 3; c++) out[i * 3 + c] = data[from < 3 ? at : at + c];
  }
  return { width, height, channels, data: out };
}

const luma = (r: number, g: number, b: number): number => Math.round((299 * r + 587 * g + 114 * b) / 1000);
