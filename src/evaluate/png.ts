import { inflateSync } from 'node:zlib';
import { crc32 } from './crc32.ts';
import { malformed } from './data-source.ts';
import { checkPictureSize, type Picture } from './picture.ts';
import { type PngHeader, samplesAPixel, unpackSamples } from './png-samples.ts';

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

const bitsOfColor: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Decodes a PNG file that is not interlaced; 16 bits are cut to 8. Throws E_DATA_FORMAT. */
export function decodePng(bytes: Uint8Array, where: string): Picture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, 8).equals(signature))
    throw malformed('not a PNG file', 'the PNG magic', 'another', where);
  const chunks = readChunks(file, where);
  const header = parseHeader(chunks.header, where);
  const rowBytes = Math.ceil((header.width * header.bits * samplesAPixel[header.color]) / 8);
  const rows = inflate(Buffer.concat(chunks.data), header.height * (rowBytes + 1), where);
  const step = Math.max(1, (header.bits * samplesAPixel[header.color]) >> 3);
  unfilter(rows, rowBytes, step, where);
  if (header.color === 3 && !chunks.palette)
    throw malformed('the PNG palette is missing', 'PLTE', 'none', where);
  return unpackSamples(rows, rowBytes, header, chunks.palette);
}

function readChunks(file: Buffer, where: string): { header?: Buffer; palette?: Buffer; data: Buffer[] } {
  const found: { header?: Buffer; palette?: Buffer; data: Buffer[] } = { data: [] };
  for (let at = 8; ; ) {
    const end = at + 12 <= file.length ? at + 12 + file.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (end > file.length)
      throw malformed('the PNG file is truncated', 'a whole chunk', `its end at ${at}`, where);
    const type = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, end - 4);
    if (crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)) {
      throw malformed(
        'the PNG file is corrupt',
        'a matching CRC',
        `another in ${JSON.stringify(type)}`,
        where,
      );
    }
    if (type === 'IHDR') found.header = body;
    if (type === 'PLTE') found.palette = body;
    if (type === 'IDAT') found.data.push(body);
    if (type === 'IEND') return found;
    at = end;
  }
}

function parseHeader(body: Buffer | undefined, where: string): PngHeader {
  if (body?.length !== 13)
    throw malformed('the PNG header is missing', '13 bytes of IHDR', `${body?.length}`, where);
  const header = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), bits: body[8], color: body[9] };
  checkPictureSize(header.width, header.height, where);
  const known =
    bitsOfColor[header.color]?.includes(header.bits) && body[10] === 0 && body[11] === 0 && body[12] === 0;
  if (!known) {
    const found = `colour ${header.color}, ${header.bits} bits, interlace ${body[12]}`;
    throw malformed('an unknown kind of PNG', 'a standard colour type, not interlaced', found, where);
  }
  return header;
}

function inflate(packed: Buffer, needed: number, where: string): Uint8Array {
  try {
    const rows = inflateSync(packed, { maxOutputLength: needed });
    if (rows.length === needed) return rows;
    throw new Error(`${rows.length} bytes`);
  } catch (error) {
    const found = error instanceof Error ? error.message : 'corrupt data';
    throw malformed('the PNG data is corrupt', `${needed} bytes of rows`, found, where);
  }
}

/** Undoes the row filters in place. Each row starts with the number of its filter. */
function unfilter(rows: Uint8Array, rowBytes: number, step: number, where: string): void {
  for (let start = 0; start < rows.length; start += rowBytes + 1) {
    const filter = rows[start];
    if (filter > 4) throw malformed('the PNG data is corrupt', 'a filter of 0 to 4', `${filter}`, where);
    for (let i = 1; i <= rowBytes && filter > 0; i++) {
      const left = i > step ? rows[start + i - step] : 0;
      const up = start > 0 ? rows[start + i - rowBytes - 1] : 0;
      const corner = i > step && start > 0 ? rows[start + i - rowBytes - 1 - step] : 0;
      rows[start + i] += predict(filter, left, up, corner);
    }
  }
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((v) => Math.abs(estimate - v));
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
