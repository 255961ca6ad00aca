import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { EdgecError } from '../../../core/index.ts';

interface Entry {
  key?: string;
  value?: string;
}

const isInside = (location: string): boolean =>
  location !== '' &&
  !location.includes('\0') &&
  !isAbsolute(location) &&
  !/^[a-zA-Z]:/.test(location) &&
  !location.split(/[\\/]/).includes('..');

function wholeNumber(text: string | undefined, where: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new EdgecError('E_FORMAT_CORRUPT', 'external data has no legal extent', { where, found: text });
}

const outside = (where: string, found: string): EdgecError =>
  new EdgecError('E_FORMAT_CORRUPT', 'external data lies outside the folder of the model', {
    where,
    expected: "a relative path without '..', and no link out of the folder",
    found,
  });

/** The bytes of a tensor outside the model file; only files below the model's folder are opened. */
export function readExternal(
  entries: readonly Entry[],
  directory: string | undefined,
  where: string,
): Uint8Array {
  const fields = new Map(entries.map((e) => [e.key, e.value ?? '']));
  const location = fields.get('location') ?? '';
  if (!isInside(location)) throw outside(where, location);
  if (directory === undefined) {
    throw new EdgecError('E_FILE_READ', 'the model keeps tensors in another file', {
      where,
      found: location,
      remedy: 'pass the model by its path, with its data file beside it',
    });
  }
  const offset = wholeNumber(fields.get('offset'), where) ?? 0;
  const length = wholeNumber(fields.get('length'), where);
  const path = join(directory, location);
  try {
    const real = realpathSync(path);
    if (!real.startsWith(realpathSync(directory || '.') + sep)) throw outside(where, location);
    const { size } = statSync(real);
    return readSpan(real, offset, length ?? size - offset, size, where);
  } catch (error) {
    if (error instanceof EdgecError) throw error;
    const found = (error as NodeJS.ErrnoException).code;
    throw new EdgecError('E_FILE_READ', `cannot read external data '${path}'`, { where, found });
  }
}

/** Bytes [offset, offset + count) of a file of `size` bytes. */
function readSpan(path: string, offset: number, count: number, size: number, where: string): Uint8Array {
  if (count < 0 || offset + count > size) {
    throw new EdgecError('E_FORMAT_CORRUPT', 'external data ends early', {
      where,
      expected: `${offset + count} bytes`,
      found: `${size}`,
    });
  }
  const bytes = new Uint8Array(count);
  const file = openSync(path, 'r');
  try {
    readSync(file, bytes, 0, count, offset);
    return bytes;
  } finally {
    closeSync(file);
  }
}
