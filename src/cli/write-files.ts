import { existsSync } from 'node:fs';
import { access, constants, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EdgecError } from '../core/index.ts';

export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const unwritable = (where: string, found: string): EdgecError =>
  new EdgecError('E_FILE_WRITE', 'the output cannot be written', {
    expected: 'a place that can be written',
    found,
    where,
    remedy: 'pass another one with -o',
  });

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Tells before long work that `folder` cannot be made or written. Throws E_FILE_WRITE. */
export async function checkWritable(folder: string): Promise<void> {
  let place = resolve(folder);
  for (;;) {
    try {
      if (!(await stat(place)).isDirectory()) throw unwritable(place, 'a file');
      await access(place, constants.W_OK);
      return;
    } catch (error) {
      if (error instanceof EdgecError) throw error;
      if (!isMissing(error) || dirname(place) === place) {
        throw unwritable(place, (error as NodeJS.ErrnoException).code ?? 'an error');
      }
      place = dirname(place);
    }
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );

/** Makes `folder` a level at a time, since Node's recursive mkdir never returns where a level vanishes (/proc). */
async function makeFolder(folder: string, created: string[]): Promise<void> {
  const missing: string[] = [];
  for (let place = resolve(folder); !existsSync(place); place = dirname(place)) missing.push(place);
  for (const place of missing.toReversed()) {
    await mkdir(place);
    created.push(place);
  }
}

/**
 * Writes all files or none: each under a temporary name beside its own, then renamed. Folders are made, and removed
 * again where writing fails. Throws E_FILE_WRITE.
 */
export async function writeFiles(files: readonly OutputFile[]): Promise<void> {
  for (const { path } of files) if (await isFolder(path)) throw unwritable(path, 'a folder');
  const created: string[] = [];
  const temporaries = files.map(({ path }) => join(dirname(path), `.${basename(path)}.${process.pid}.part`));
  try {
    for (const [i, { path, bytes }] of files.entries()) {
      await makeFolder(dirname(path), created);
      await writeFile(temporaries[i], bytes);
    }
    for (const [i, { path }] of files.entries()) await rename(temporaries[i], path);
  } catch (error) {
    await Promise.allSettled(temporaries.map((path) => rm(path, { force: true })));
    await Promise.allSettled(created.map((path) => rm(path, { recursive: true, force: true })));
    throw unwritable(
      files.map((f) => f.path).join(', '),
      (error as NodeJS.ErrnoException).code ?? 'an error',
    );
  }
}
