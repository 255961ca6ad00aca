import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { type ByteSource, unreadable } from '../core/loading.ts';

/** A package open for reading at places. */
export interface PackageFile extends ByteSource {
  readonly descriptor: number;
  close(): void;
}

/** The whole of a file. Throws E_FILE_READ. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable('the package', path, error);
  }
}

/** Opens a file that can be mapped; undefined where it is no regular file. Throws E_FILE_READ. */
export function openFile(path: string): PackageFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw unreadable('the package', path, error);
  }
  const close = (): void => closeSync(descriptor);
  const status = fstatSync(descriptor);
  if (!status.isFile()) {
    close();
    return undefined;
  }
  const read = (offset: number, size: number, room = new Uint8Array(size)): Uint8Array => {
    const bytes = room.subarray(0, size);
    if (readSync(descriptor, bytes, 0, size, offset) < size)
      throw unreadable('the package', path, { code: 'EOF' });
    return bytes;
  };
  return { descriptor, size: status.size, read, close };
}
