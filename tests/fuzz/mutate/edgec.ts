import type { Random } from '../../../src/core/index.ts';
import { anotherInteger, anotherReal } from './numbers.ts';

const [headerBytes, entryBytes, alignment] = [16, 64, 64];
const kinds = { manifest: 1, graph: 2, data: 3, plan: 4 } as const;

interface Section {
  kind: number;
  flags: number;
  bytes: Uint8Array;
}

function open(file: Uint8Array): Section[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return Array.from({ length: view.getUint32(8, true) }, (_, i) => {
    const entry = headerBytes + i * entryBytes;
    const offset = Number(view.getBigUint64(entry + 16, true));
    const size = Number(view.getBigUint64(entry + 24, true));
    return {
      kind: view.getUint32(entry, true),
      flags: view.getUint32(entry + 4, true),
      bytes: file.slice(offset, offset + size),
    };
  });
}

const alignUp = (n: number): number => Math.ceil(n / alignment) * alignment;

/** A container of the sections. Hashes are compared on request only, and stay zero. */
function close(sections: readonly Section[]): Uint8Array {
  let end = alignUp(headerBytes + sections.length * entryBytes);
  const places = sections.map(({ bytes }) => {
    const at = end;
    end = alignUp(at + bytes.length);
    return at;
  });
  const file = new Uint8Array(end);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode('EDGC'));
  view.setUint32(4, 1, true);
  view.setUint32(8, sections.length, true);
  sections.forEach(({ kind, flags, bytes }, i) => {
    const entry = headerBytes + i * entryBytes;
    view.setUint32(entry, kind, true);
    view.setUint32(entry + 4, flags, true);
    view.setUint32(entry + 8, 1, true);
    view.setBigUint64(entry + 16, BigInt(places[i]), true);
    view.setBigUint64(entry + 24, BigInt(bytes.length), true);
    file.set(bytes, places[i]);
  });
  return file;
}

/** Words changed where they are, doubled or left out. */
function mutateWords(section: Section, random: Random): void {
  const words = Array.from(
    new Int32Array(section.bytes.buffer, section.bytes.byteOffset, section.bytes.length >> 2),
  );
  if (words.length === 0) return;
  for (let n = random.pick([1, 1, 1, 2, 3, 4]); n > 0; n--) {
    const at = random.int(0, words.length - 1);
    const change = random.int(0, 15);
    if (change === 0) words.splice(at, 1);
    else if (change === 1) words.splice(at, 0, words[at]);
    else if (change < 5) words[at] = random.pick(words);
    else words[at] = anotherInteger(random, words[at]) | 0;
  }
  section.bytes = new Uint8Array(Int32Array.from(words).buffer);
}

function mutateData(section: Section, random: Random): void {
  const { bytes } = section;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let n = random.int(1, 4); n > 0; n--) {
    const at = random.int(0, (bytes.length >> 2) - 1) * 4;
    if (random.int(0, 1) === 0) view.setInt32(at, anotherInteger(random, view.getInt32(at, true)) | 0, true);
    else view.setFloat32(at, anotherReal(random, view.getFloat32(at, true)), true);
  }
  if (random.int(0, 9) === 0) section.bytes = bytes.subarray(0, random.int(0, bytes.length));
}

const jsonValues = [
  null,
  true,
  -1,
  1e99,
  '',
  'x',
  [],
  {},
  '__proto__',
  ['x0'],
  { input: 'x0', output: 'y0', initial: 0 },
];

type Tree = Record<string, unknown>;

/** Every object and list of a JSON value. */
function trees(value: unknown, found: Tree[] = []): Tree[] {
  if (typeof value !== 'object' || value === null) return found;
  found.push(value as Tree);
  for (const one of Object.values(value)) trees(one, found);
  return found;
}

function mutateManifest(section: Section, random: Random): void {
  const manifest = JSON.parse(new TextDecoder().decode(section.bytes)) as Tree;
  const tree = random.pick(trees(manifest));
  const key = random.pick([...Object.keys(tree), 'states', 'labels', 'columns', 'preprocessing']);
  if (random.int(0, 3) === 0) delete tree[key];
  else tree[key] = random.int(0, 3) === 0 ? [random.pick(jsonValues)] : random.pick(jsonValues);
  section.bytes = new TextEncoder().encode(JSON.stringify(manifest));
}

function mutateTable(file: Uint8Array, random: Random): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const words = (headerBytes + view.getUint32(8, true) * entryBytes) / 4;
  for (let n = random.int(1, 2); n > 0; n--) {
    const at = random.int(1, words - 1) * 4;
    view.setInt32(at, anotherInteger(random, view.getInt32(at, true)) | 0, true);
  }
  return file;
}

function mutateSections(sections: Section[], random: Random): void {
  const at = random.int(0, sections.length - 1);
  const change = random.int(0, 3);
  if (change === 0) sections.splice(at, 1);
  else if (change === 1) sections.push(sections[at]);
  else if (change === 2) sections[at].kind = random.int(0, 6);
  else sections.push(...sections.splice(at, 1));
}

/** Another package: words of its graph and plans, its constants, its manifest, its table of sections. */
export function mutateEdgec(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const sections = open(bytes);
  const of = (kind: number): Section | undefined => {
    const found = sections.filter((s) => s.kind === kind);
    return found.length > 0 ? random.pick(found) : undefined;
  };
  const [graph, data, plan, manifest] = [kinds.graph, kinds.data, kinds.plan, kinds.manifest].map(of);
  const place = random.int(0, 19);
  if (place < 10 && graph) mutateWords(graph, random);
  else if (place < 13 && data) mutateData(data, random);
  else if (place < 15 && plan) mutateWords(plan, random);
  else if (place < 16 && manifest) mutateManifest(manifest, random);
  else if (place < 17) mutateSections(sections, random);
  else if (place < 18) {
    const taken = open(other);
    for (const section of sections)
      if (random.int(0, 1) === 0)
        section.bytes = taken.find((s) => s.kind === section.kind)?.bytes ?? section.bytes;
  } else {
    if (plan && random.int(0, 1) === 0) sections.splice(sections.indexOf(plan), 1);
    if (graph) mutateWords(graph, random);
    return mutateTable(close(sections), random);
  }
  if (place % 4 === 0)
    for (const s of sections.filter((one) => one.kind === kinds.plan))
      sections.splice(sections.indexOf(s), 1);
  return close(sections);
}
