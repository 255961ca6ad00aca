import { EdgecError } from '../errors.ts';
import { headerBytes, magic, sectionEntryBytes, sectionKind } from './layout.ts';
import { packageVersion } from './package.ts';

/** Where the bytes of a package come from. `read` gives `size` bytes inside it, in `room` where it has to copy them. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, size: number, room?: Uint8Array): Uint8Array;
}

/** A section of a package, inside it. */
export interface Section {
  readonly kind: number;
  readonly offset: number;
  readonly size: number;
  readonly sha256: Uint8Array;
}

export const corrupt = (message: string): EdgecError =>
  new EdgecError('E_PACKAGE_CORRUPT', message, { remedy: 'compile the model again' });

/** Reads views of `bytes`. */
export const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, size) => bytes.subarray(offset, offset + size),
});

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const isPackage = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === magic;

/** The sections of a package. Throws E_PACKAGE_CORRUPT or E_PACKAGE_VERSION. */
export function readSections(source: ByteSource): Section[] {
  const header = source.read(0, Math.min(headerBytes, source.size));
  if (header.length < headerBytes || !isPackage(header)) throw corrupt('this is not an .edgec package');
  const version = viewOf(header).getUint32(4, true);
  if (version !== packageVersion) {
    throw new EdgecError('E_PACKAGE_VERSION', 'package of another version', {
      expected: `${packageVersion}`,
      found: `${version}`,
      remedy: 'use the edgec that made it, or compile again',
    });
  }
  const count = viewOf(header).getUint32(8, true);
  if (count > 64 || headerBytes + count * sectionEntryBytes > source.size)
    throw corrupt('the section table is cut off');
  const table = source.read(headerBytes, count * sectionEntryBytes);
  return Array.from({ length: count }, (_, i) => readEntry(table, i, source.size));
}

function readEntry(table: Uint8Array, i: number, fileBytes: number): Section {
  const view = viewOf(table);
  const entry = i * sectionEntryBytes;
  const kind = view.getUint32(entry, true);
  const required = (view.getUint32(entry + 4, true) & 1) === 1;
  const offset = Number(view.getBigUint64(entry + 16, true));
  const size = Number(view.getBigUint64(entry + 24, true));
  if (offset + size > fileBytes || offset % 64 !== 0) throw corrupt(`section ${i} lies outside the file`);
  if (required && !(Object.values(sectionKind) as number[]).includes(kind)) {
    throw new EdgecError('E_PACKAGE_VERSION', `required section of unknown kind ${kind}`);
  }
  return { kind, offset, size, sha256: table.subarray(entry + 32, entry + 64) };
}

/** The one section of a kind. Throws E_PACKAGE_CORRUPT. */
export function findOnly(sections: readonly Section[], kind: number): Section {
  const found = sections.filter((s) => s.kind === kind);
  if (found.length !== 1) throw corrupt(`${found.length} sections of kind ${kind} instead of one`);
  return found[0];
}

/** The bytes of the one section of a kind. Throws E_PACKAGE_CORRUPT. */
export function readOnly(source: ByteSource, sections: readonly Section[], kind: number): Uint8Array {
  const { offset, size } = findOnly(sections, kind);
  return source.read(offset, size);
}

/** A section's bytes as words. Throws E_PACKAGE_CORRUPT. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes.length % 4 !== 0) throw corrupt('a section of words has a broken length');
  return bytes.byteOffset % 4 === 0
    ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    : new Int32Array(bytes.slice().buffer);
}

/** The words of every plan section. Throws E_PACKAGE_CORRUPT. */
export const readPlans = (source: ByteSource, sections: readonly Section[]): Int32Array[] =>
  sections
    .filter((s) => s.kind === sectionKind.plan)
    .map(({ offset, size }) => wordsOf(source.read(offset, size)));
