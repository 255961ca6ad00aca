import { gunzipSync } from 'node:zlib';
import { elementCount } from '../core/index.ts';
import { malformed } from './data-source.ts';
import { maxDataBytes } from './read-bounded.ts';
import { decodeElements, type StoredDType, type StoredTensor, storedBytes } from './stored-array.ts';

const dtypeOfCode: Readonly<Record<number, StoredDType>> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

/** Reads an IDX file, gzipped or not. Throws E_DATA_FORMAT. */
export function readIdx(packed: Uint8Array, where: string): StoredTensor {
  const file = packed[0] === 0x1f && packed[1] === 0x8b ? gunzip(packed, where) : Buffer.from(packed);
  if (file.length < 4 || file[0] !== 0 || file[1] !== 0) {
    throw malformed(
      'not an IDX file',
      'a magic of 0, 0, type, rank',
      file.subarray(0, 4).toString('hex'),
      where,
    );
  }
  const dtype = dtypeOfCode[file[2]];
  const rank = file[3];
  const start = 4 + 4 * rank;
  if (dtype === undefined || rank < 1 || rank > 8 || start > file.length) {
    throw malformed(
      'not an IDX file',
      'a known type and a rank of 1 to 8',
      `type ${file[2]}, rank ${rank}`,
      where,
    );
  }
  const shape = Array.from({ length: rank }, (_, i) => file.readUInt32BE(4 + 4 * i));
  const needed = elementCount(shape) * storedBytes(dtype);
  if (file.length - start !== needed) {
    throw malformed(
      'the IDX file is truncated',
      `${needed} bytes for [${shape}]`,
      `${file.length - start}`,
      where,
    );
  }
  return { data: decodeElements(file.subarray(start), dtype, where, true), dtype, shape };
}

function gunzip(packed: Uint8Array, where: string): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: maxDataBytes });
  } catch (error) {
    throw malformed('the gzip data is corrupt', 'a whole gzip stream', String(error), where);
  }
}
