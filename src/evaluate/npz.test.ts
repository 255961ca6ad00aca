import { expect, it } from 'vitest';
import { readNpy, writeNpy } from './npy.ts';
import { readNpz, writeNpz } from './npz.ts';
import type { StoredTensor } from './stored-array.ts';

const arrays: StoredTensor[] = [
  { data: Int8Array.of(-1, 2), dtype: 'int8', shape: [2] },
  { data: Uint8Array.of(1, 0, 1), dtype: 'bool', shape: [1, 3] },
  { data: Int16Array.of(-300), dtype: 'int16', shape: [] },
  { data: Int32Array.of(7, 8), dtype: 'int32', shape: [2, 1] },
  { data: BigInt64Array.of(9n, -9n), dtype: 'int64', shape: [2] },
  { data: Float32Array.of(0.5), dtype: 'float32', shape: [1] },
  { data: Float64Array.of(0.1, 0.2), dtype: 'float64', shape: [1, 2, 1] },
];

it.each([false, true])('writes and reads all dtypes, compressed %s', (compress) => {
  const file = writeNpz(
    arrays.map((array, i) => [`a${i}`, array] as const),
    compress,
  );
  expect([...readNpz(file, 'x').values()]).toEqual(arrays);
});

it('reads columns first and big-endian', () => {
  const file = writeNpy({ data: Int16Array.of(1, 2, 3, 4, 5, 6), dtype: 'int16', shape: [2, 3] });
  const text = file.toString('latin1').replace('False,', 'True, ');
  expect([...readNpy(Buffer.from(text, 'latin1'), 'x').data]).toEqual([1, 3, 5, 2, 4, 6]);
  const big = Buffer.from(file.toString('latin1').replace('<i2', '>i2'), 'latin1');
  expect(readNpy(big, 'x').data[0]).toBe(256);
});

it('refuses every truncation and every flipped byte without a crash', () => {
  const file = writeNpz([['x', arrays[3]]], true);
  for (let length = 0; length < file.length; length++) {
    expect(() => readNpz(file.subarray(0, length), 'x')).toThrow(
      expect.objectContaining({ code: 'E_DATA_FORMAT' }),
    );
  }
  for (let at = 0; at < file.length; at++) {
    const bad = Buffer.from(file);
    bad[at] ^= 0xff;
    try {
      readNpz(bad, 'x');
    } catch (error) {
      expect(error).toMatchObject({ code: 'E_DATA_FORMAT' });
    }
  }
});
