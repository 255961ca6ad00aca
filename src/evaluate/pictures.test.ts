import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodeBmp } from './bmp.ts';
import { crc32 } from './crc32.ts';
import { decodePng } from './png.ts';
import { decodePpm } from './ppm.ts';
import { resizePixels } from './resize-picture.ts';

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const out = Buffer.alloc(8);
  out.writeUInt32BE(body.length, 0);
  out.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([out.subarray(0, 4), typed, out.subarray(4)]);
}

function png(
  width: number,
  height: number,
  bits: number,
  color: number,
  rows: number[],
  palette?: number[],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, color], 8);
  const parts = [Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header)];
  if (palette) parts.push(chunk('PLTE', Buffer.from(palette)));
  return Buffer.concat([
    ...parts,
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

it('undoes each PNG filter', () => {
  const rows = [0, 10, 20, 30, 1, 5, 5, 5, 2, 1, 1, 1, 3, 1, 1, 1, 4, 1, 1, 1];
  const { data } = decodePng(png(3, 5, 8, 0, rows), 'x');
  expect([...data]).toEqual([10, 20, 30, 5, 10, 15, 6, 11, 16, 4, 8, 13, 5, 9, 14]);
});

it('reads palettes, narrow and wide samples', () => {
  const colours = [255, 0, 0, 0, 255, 0];
  expect([...decodePng(png(2, 1, 1, 3, [0, 0b01000000], colours), 'x').data]).toEqual(colours);
  expect([...decodePng(png(2, 1, 4, 0, [0, 0x0f]), 'x').data]).toEqual([0, 255]);
  expect([...decodePng(png(1, 1, 16, 2, [0, 1, 9, 2, 9, 3, 9]), 'x').data]).toEqual([1, 2, 3]);
});

it('refuses damaged pictures with a code', () => {
  const good = png(2, 1, 8, 0, [0, 1, 2]);
  for (let length = 0; length < good.length; length++) {
    expect(() => decodePng(good.subarray(0, length), 'x')).toThrow(
      expect.objectContaining({ code: 'E_DATA_FORMAT' }),
    );
  }
  expect(() => decodePng(png(70_000, 70_000, 8, 0, [0]), 'x')).toThrow(/too large/);
  expect(() => decodePpm(Buffer.from('P6 4 4 255 1'), 'x')).toThrow(
    expect.objectContaining({ code: 'E_DATA_FORMAT' }),
  );
  expect(() => decodePpm(Buffer.alloc(0), 'x')).toThrow(expect.objectContaining({ code: 'E_DATA_FORMAT' }));
  expect(() => decodeBmp(Buffer.from('BM'), 'x')).toThrow(expect.objectContaining({ code: 'E_DATA_FORMAT' }));
});

it('reads a BMP from its bottom row up', () => {
  const file = Buffer.alloc(54 + 8);
  file.write('BM', 'latin1');
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(1, 18);
  file.writeInt32LE(2, 22);
  file.writeUInt16LE(24, 28);
  file.set([1, 2, 3], 54);
  file.set([4, 5, 6], 58);
  expect([...decodeBmp(file, 'x').data]).toEqual([6, 5, 4, 3, 2, 1]);
});

it('covers and cuts in the middle', () => {
  const pixels = { height: 1, width: 4, channels: 1, data: [1, 2, 3, 4] };
  const square = resizePixels(
    pixels,
    { height: 2, width: 2, fit: 'cover', method: 'nearest', crop: [2, 2] },
    'x',
  );
  expect([...(square.data as Float32Array)]).toEqual([2, 2, 2, 2]);
});
