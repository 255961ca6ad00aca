import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { EdgecError } from '../core/index.ts';
import { crc32 } from './crc32.ts';
import { maxDataBytes } from './read-bounded.ts';

export interface ZipMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const maxMembers = 4096;

/**
 * The members of a zip archive, stored or deflated, checked against their CRC.
 * Throws E_DATA_FORMAT; members and their inflated sizes are bounded.
 */
export function readZip(bytes: Uint8Array, where: string): ZipMember[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(file, where);
  const count = file.readUInt16LE(end + 10);
  if (count > maxMembers) throw corrupt(`at most ${maxMembers} members`, `${count}`, where);
  const members: ZipMember[] = [];
  let at = file.readUInt32LE(end + 16);
  let budget = maxDataBytes;
  for (let i = 0; i < count; i++) {
    const entry = readEntry(file, at, where);
    budget -= entry.size;
    if (budget < 0) throw corrupt(`at most ${maxDataBytes} inflated bytes`, 'more', where);
    members.push({ name: entry.name, bytes: readMember(file, entry, `${where}: ${entry.name}`) });
    at = entry.next;
  }
  return members;
}

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
  next: number;
}

function findEnd(file: Buffer, where: string): number {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 65_535); at--) {
    if (file.readUInt32LE(at) === endSignature) return at;
  }
  throw corrupt('an end-of-archive record', 'none: the file is truncated or no zip', where);
}

function readEntry(file: Buffer, at: number, where: string): Entry {
  if (at + 46 > file.length || file.readUInt32LE(at) !== centralSignature) {
    throw corrupt(`a directory entry at ${at}`, 'none', where);
  }
  const nameLength = file.readUInt16LE(at + 28);
  const next = at + 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  if (next > file.length) throw corrupt('a directory entry inside the file', 'its end', where);
  return {
    name: file.toString('utf8', at + 46, at + 46 + nameLength),
    method: file.readUInt16LE(at + 10),
    crc: file.readUInt32LE(at + 16),
    packed: file.readUInt32LE(at + 20),
    size: file.readUInt32LE(at + 24),
    offset: file.readUInt32LE(at + 42),
    next,
  };
}

function readMember(file: Buffer, entry: Entry, where: string): Uint8Array {
  const { offset } = entry;
  if (offset + 30 > file.length || file.readUInt32LE(offset) !== localSignature) {
    throw corrupt(`a member at ${offset}`, 'none', where);
  }
  const start = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28);
  if (start + entry.packed > file.length) throw corrupt('a member inside the file', 'its end', where);
  const bytes = unpack(file.subarray(start, start + entry.packed), entry, where);
  if (bytes.length !== entry.size) throw corrupt(`${entry.size} bytes`, `${bytes.length}`, where);
  if (crc32(bytes) !== entry.crc) throw corrupt(`CRC ${entry.crc}`, `${crc32(bytes)}`, where);
  return bytes;
}

function unpack(packed: Buffer, entry: Entry, where: string): Uint8Array {
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw corrupt('a stored or deflated member', `method ${entry.method}`, where);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
  } catch (error) {
    throw corrupt(
      `${entry.size} inflated bytes`,
      error instanceof Error ? error.message : 'corrupt data',
      where,
    );
  }
}

/** A zip archive. The same members give the same bytes. */
export function writeZip(members: readonly ZipMember[], compress = false): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name, 'utf8');
    const packed = compress ? deflateRawSync(member.bytes) : Buffer.from(member.bytes);
    const fields = commonFields(member.bytes, packed.length, name.length, compress);
    const local = Buffer.concat([word(localSignature), fields, name, packed]);
    directory.push(
      Buffer.concat([word(centralSignature), half(20), fields, Buffer.alloc(10), word(offset), name]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const count = half(members.length);
  const end = [
    word(endSignature),
    Buffer.alloc(4),
    count,
    count,
    word(central.length),
    word(offset),
    half(0),
  ];
  return Buffer.concat([...parts, central, ...end]);
}

/** The fields that a member's header shares with its directory entry, dated 1980-01-01. */
function commonFields(bytes: Uint8Array, packed: number, nameLength: number, compress: boolean): Buffer {
  const head = [half(20), half(0), half(compress ? 8 : 0), half(0), half(0x21)];
  return Buffer.concat([
    ...head,
    word(crc32(bytes)),
    word(packed),
    word(bytes.length),
    half(nameLength),
    half(0),
  ]);
}

function half(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const corrupt = (expected: string, found: string, where: string): EdgecError =>
  new EdgecError('E_DATA_FORMAT', 'not a readable zip archive', { expected, found, where });
