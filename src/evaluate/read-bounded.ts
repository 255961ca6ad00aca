import { closeSync, fstatSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { EdgecError } from '../core/index.ts';

/** Greatest data file, and greatest inflated member of one. */
export const maxDataBytes = 2 ** 30;

/** The whole of a file. Throws E_FILE_READ, or E_DATA_FORMAT where it is larger than `limit`. */
export function readBounded(path: string, limit = maxDataBytes): Buffer {
  const descriptor = attempt(path, () => openSync(path, 'r'));
  try {
    return attempt(path, () => readOpen(descriptor, path, limit));
  } finally {
    closeSync(descriptor);
  }
}

function readOpen(descriptor: number, path: string, limit: number): Buffer {
  const status = fstatSync(descriptor);
  if (!status.isFile()) throw notAFile(path);
  if (status.size > limit) {
    throw new EdgecError('E_DATA_FORMAT', 'the data file is too large', {
      expected: `at most ${limit} bytes`,
      found: `${status.size}`,
      where: path,
      remedy: 'split the data set into several files',
    });
  }
  const bytes = Buffer.alloc(status.size);
  let read = 0;
  while (read < bytes.length) {
    const count = readSync(descriptor, bytes, read, bytes.length - read, null);
    if (count === 0) break;
    read += count;
  }
  return bytes.subarray(0, read);
}

/** Kind and size of a path. Throws E_FILE_READ. */
export const statOf = (path: string): Stats => attempt(path, () => statSync(path));

/** Names in a folder, in code-unit order, so that every machine sees the same order. Throws E_FILE_READ. */
export const namesIn = (path: string): string[] =>
  attempt(path, () => readdirSync(path)).sort((a, b) => (a < b ? -1 : 1));

const notAFile = (path: string): EdgecError =>
  new EdgecError('E_FILE_READ', 'not a file', {
    expected: 'a regular file',
    found: 'something else',
    where: path,
  });

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof EdgecError) throw error;
    const found = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new EdgecError(
      'E_FILE_READ',
      'the data cannot be read',
      {
        expected: 'a readable file or folder',
        found,
        where: path,
        remedy: 'check the path and its permissions',
      },
      { cause: error },
    );
  }
}
