import type { Random } from '../../../src/core/index.ts';

/** Not a Buffer, whose `slice` shares its bytes. */
export const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const edits: readonly ((bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array)[] = [
  (bytes, random) => {
    const copy = bytes.slice();
    copy[random.int(0, copy.length - 1)] ^= 1 << random.int(0, 7);
    return copy;
  },
  (bytes, random) => {
    const copy = bytes.slice();
    copy[random.int(0, copy.length - 1)] = random.pick([0, 1, 127, 128, 255, random.int(0, 255)]);
    return copy;
  },
  (bytes, random) => {
    const copy = bytes.slice();
    const at = random.int(0, copy.length - 1);
    copy.fill(random.pick([0, 255]), at, at + random.pick([2, 4, 8]));
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.int(0, bytes.length)),
  (bytes, random) => {
    const at = random.int(0, bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.int(1, 16))));
  },
  (bytes, random) => {
    const [at, from] = [random.int(0, bytes.length), random.int(0, bytes.length)];
    return joined(bytes.subarray(0, at), bytes.subarray(from, from + random.int(1, 64)), bytes.subarray(at));
  },
  (bytes, random, other) => {
    const [at, from] = [random.int(0, bytes.length), random.int(0, other.length)];
    return joined(bytes.subarray(0, at), other.subarray(from));
  },
];

/** `bytes` with some bytes changed, cut, copied or taken from `other`, whatever they mean. */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let out = bytes;
  for (let n = random.int(1, 3); n > 0 && out.length > 0; n--) out = random.pick(edits)(out, random, other);
  return out;
}
