import { malformed } from './data-source.ts';
import { checkPictureSize, type Picture } from './picture.ts';

/** Decodes a PGM or PPM file (P2, P3, P5, P6), 8 or 16 bits a sample. Throws E_DATA_FORMAT. */
export function decodePpm(bytes: Uint8Array, where: string): Picture {
  const kind = String.fromCharCode(bytes[0], bytes[1]);
  if (!/^P[2356]$/.test(kind))
    throw malformed('not a PPM file', 'P2, P3, P5 or P6', JSON.stringify(kind), where);
  const cursor = { at: 2 };
  const [width, height, greatest] = [0, 0, 0].map(() => nextNumber(bytes, cursor, where));
  checkPictureSize(width, height, where);
  if (greatest < 1 || greatest > 65_535)
    throw malformed('a wrong PPM range', '1 to 65535', `${greatest}`, where);
  const channels = kind === 'P3' || kind === 'P6' ? 3 : 1;
  const data = new Uint8Array(width * height * channels);
  const sampleAt =
    kind < 'P4'
      ? () => nextNumber(bytes, cursor, where)
      : binarySamples(bytes, cursor.at + 1, greatest, data.length, where);
  for (let i = 0; i < data.length; i++)
    data[i] = Math.round((Math.min(sampleAt(), greatest) * 255) / greatest);
  return { width, height, channels, data };
}

function binarySamples(
  bytes: Uint8Array,
  start: number,
  greatest: number,
  count: number,
  where: string,
): () => number {
  const wide = greatest > 255;
  const needed = count * (wide ? 2 : 1);
  if (bytes.length - start < needed)
    throw malformed('the PPM file is truncated', `${needed} bytes`, `${bytes.length - start}`, where);
  let at = start;
  return wide ? () => bytes[at++] * 256 + bytes[at++] : () => bytes[at++];
}

function nextNumber(bytes: Uint8Array, cursor: { at: number }, where: string): number {
  skipBlanks(bytes, cursor);
  const start = cursor.at;
  let value = 0;
  while (isDigit(bytes[cursor.at]) && cursor.at - start < 9) value = value * 10 + bytes[cursor.at++] - 48;
  if (cursor.at === start)
    throw malformed('the PPM file is malformed', 'a number', `none at byte ${start}`, where);
  return value;
}

function skipBlanks(bytes: Uint8Array, cursor: { at: number }): void {
  while (cursor.at < bytes.length) {
    const byte = bytes[cursor.at];
    if (byte === 35) while (cursor.at < bytes.length && bytes[cursor.at] !== 10) cursor.at++;
    else if (byte !== 32 && (byte < 9 || byte > 13)) return;
    else cursor.at++;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;
