import { EdgecError } from '../../core/index.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of `bytes`, found at `where`. Throws E_FORMAT_CORRUPT where it is not UTF-8. */
export function decodeText(bytes: Uint8Array | undefined, where: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    const found = new TextDecoder().decode(bytes?.subarray(0, 64));
    throw new EdgecError(
      'E_FORMAT_CORRUPT',
      'a string is not UTF-8',
      { expected: 'UTF-8', found, where },
      { cause },
    );
  }
}
