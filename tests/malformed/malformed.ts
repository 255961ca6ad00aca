import type { ErrorCode } from '../../src/core/index.ts';

/** A file with one damage: what is wrong, the code of its refusal, and what the error has to name. */
export type Malformed = readonly [name: string, code: ErrorCode, bytes: Uint8Array, names?: string];

/** A copy with 32-bit words set, by their byte offsets. */
export function withWords(bytes: Uint8Array, words: Readonly<Record<number, number>>): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  for (const [at, word] of Object.entries(words)) view.setUint32(Number(at), word, true);
  return copy;
}

/** The one place of `text` in a file, with its last byte made no UTF-8. */
export function withoutUtf8(bytes: Uint8Array, text: string): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Buffer.from(copy.buffer).lastIndexOf(text);
  if (at < 0) throw new RangeError(`'${text}' is not in the file`);
  copy[at + text.length - 1] = 0xff;
  return copy;
}
