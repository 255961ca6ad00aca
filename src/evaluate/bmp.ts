import { malformed } from './data-source.ts';
import { checkPictureSize, type Picture } from './picture.ts';

/** Decodes an uncompressed BMP file of 8 bits with a palette, 24 or 32 bits a pixel. Throws E_DATA_FORMAT. */
export function decodeBmp(bytes: Uint8Array, where: string): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54 || bytes[0] !== 66 || bytes[1] !== 77)
    throw malformed('not a BMP file', 'BM', 'another magic', where);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  checkPictureSize(width, height, where);
  const bits = view.getUint16(28, true);
  const method = view.getUint32(30, true);
  if (![8, 24, 32].includes(bits) || !(method === 0 || (method === 3 && bits === 32))) {
    throw malformed(
      'an unknown kind of BMP',
      'uncompressed, 8, 24 or 32 bits',
      `method ${method}, ${bits} bits`,
      where,
    );
  }
  const start = view.getUint32(10, true);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (start + stride * height > bytes.length) {
    throw malformed(
      'the BMP file is truncated',
      `${start + stride * height} bytes`,
      `${bytes.length}`,
      where,
    );
  }
  const palette = bits === 8 ? paletteOf(bytes, view, where) : undefined;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = start + stride * (signedHeight > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const source = palette ?? bytes;
      const from = palette ? bytes[row + x] * 4 : row + x * (bits / 8);
      const to = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) data[to + c] = source[from + 2 - c];
    }
  }
  return { width, height, channels: 3, data };
}

function paletteOf(bytes: Uint8Array, view: DataView, where: string): Uint8Array {
  const start = 14 + view.getUint32(14, true);
  const entries = view.getUint32(46, true) || 256;
  if (entries > 256 || start + entries * 4 > bytes.length) {
    throw malformed(
      'the BMP palette is malformed',
      'at most 256 entries in the file',
      `${entries} at ${start}`,
      where,
    );
  }
  const palette = new Uint8Array(1024);
  palette.set(bytes.subarray(start, start + entries * 4));
  return palette;
}
