import { createHash } from 'node:crypto';
import { encodeAttrs } from '../op-attrs.ts';
import { opByName, opcodeOf } from '../ops/index.ts';
import { dtypes } from '../tensor.ts';
import { alignment, alignUp, headerBytes, magic, sectionEntryBytes, sectionKind } from './layout.ts';
import { type Package, type PackageGraph, type PackageValue, packageVersion } from './package.ts';
import { toPanels } from './panels.ts';
import { encodePlan } from './plan-section.ts';
import { storedAs } from './stored-value.ts';
import { transformWeights } from './winograd.ts';

interface Part {
  offset: number;
  bytes: Uint8Array;
}

/** Parts at offsets of a section, with zeros between them. */
interface Section {
  kind: number;
  length: number;
  parts: readonly Part[];
}

const floatBits = (values: readonly number[]): number[] => [
  ...new Int32Array(Float32Array.from(values).buffer),
];
const bytesOf = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Lays constants one behind the other, 64-aligned, and keeps their offsets. */
class DataSection {
  readonly #parts: Part[] = [];
  #size = 0;

  add(bytes: Uint8Array): number {
    const offset = this.#size;
    this.#parts.push({ offset, bytes });
    this.#size = alignUp(offset + bytes.length);
    return offset;
  }

  section(): Section {
    return { kind: sectionKind.data, length: this.#size + alignment, parts: this.#parts };
  }
}

const wholeSection = (kind: number, bytes: Uint8Array): Section => ({
  kind,
  length: bytes.length,
  parts: [{ offset: 0, bytes }],
});

const offsetWords = (offset: number): [number, number] => [offset | 0, Math.floor(offset / 4294967296)];

/** What stands behind the shape of a value, whose constant is added to the data but for what lies at `place` already. */
function storageWords(value: PackageValue, data: DataSection, place = 0): number[] {
  const { type, constant, panels, windows, winograd } = value;
  if (!constant) return [storedAs.computed];
  if (panels) {
    const offset = data.add(toPanels(type, panels, constant.data));
    const words = [...offsetWords(offset), panels.groups, panels.runs, panels.unit];
    return winograd ? [storedAs.filteredPanels, ...words, winograd] : [storedAs.panels, ...words];
  }
  if (windows) {
    const offset = data.add(bytesOf(windows.weights));
    return [
      storedAs.windows,
      ...offsetWords(offset),
      windows.groups,
      windows.runs,
      windows.zeroPoint,
      windows.count,
      windows.width,
      ...offsetWords(place),
    ];
  }
  if (!winograd) return [storedAs.rowMajor, ...offsetWords(data.add(bytesOf(constant.data)))];
  const transformed = data.add(bytesOf(transformWeights(type, winograd, constant.data as Float32Array)));
  return [storedAs.winograd, ...offsetWords(place), winograd, ...offsetWords(transformed)];
}

/**
 * Places of what runs of the engine do not read, together and in front, so that it stays out of their memory: indices of windows,
 * then weights that are also stored transformed.
 */
function addUnread(values: readonly PackageValue[], data: DataSection): ReadonlyMap<PackageValue, number> {
  const places = new Map<PackageValue, number>();
  for (const value of values) if (value.windows) places.set(value, data.add(value.windows.index));
  for (const value of values)
    if (value.winograd && !value.panels && value.constant)
      places.set(value, data.add(bytesOf(value.constant.data)));
  return places;
}

function graphWords(graph: PackageGraph, data: DataSection): Int32Array {
  const words: number[] = [graph.values.length];
  const unread = addUnread(graph.values, data);
  for (const value of graph.values) {
    const { type } = value;
    words.push(dtypes.indexOf(type.dtype), type.shape.length, ...type.shape);
    words.push(...storageWords(value, data, unread.get(value)));
    const { quant } = type;
    words.push(quant?.scale.length ?? 0);
    if (quant) words.push(quant.axis ?? -1, ...floatBits(quant.scale), ...quant.zeroPoint);
  }
  words.push(
    graph.inputs.length,
    ...graph.inputs,
    graph.outputs.length,
    ...graph.outputs,
    graph.nodes.length,
  );
  for (const node of graph.nodes) {
    const attrs = encodeAttrs(opByName(node.op).attrs, node.attrs);
    words.push(opcodeOf(node.op), node.inputs.length, ...node.inputs.map((i) => i ?? -1));
    words.push(node.outputs.length, ...node.outputs, attrs.length, ...attrs);
  }
  return Int32Array.from(words);
}

function manifestBytes({ manifest, graph }: Package): Uint8Array {
  const names = {
    values: graph.values.map((v) => v.name),
    nodes: graph.nodes.map((n) => n.name),
    origins: graph.nodes.map((n) => n.origin),
  };
  return new TextEncoder().encode(JSON.stringify({ manifest, names }));
}

function container(sections: readonly Section[]): Uint8Array {
  let offset = alignUp(headerBytes + sections.length * sectionEntryBytes);
  const places = sections.map(({ length }) => {
    const at = offset;
    offset = alignUp(at + length);
    return at;
  });
  const file = new Uint8Array(offset);
  const view = new DataView(file.buffer);
  [magic, packageVersion, sections.length, 0].forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  sections.forEach(({ kind, length, parts }, i) => {
    const entry = headerBytes + i * sectionEntryBytes;
    view.setUint32(entry, kind, true);
    view.setUint32(entry + 4, kind === sectionKind.plan ? 0 : 1, true);
    view.setUint32(entry + 8, packageVersion, true);
    view.setBigUint64(entry + 16, BigInt(places[i]), true);
    view.setBigUint64(entry + 24, BigInt(length), true);
    for (const { offset: at, bytes } of parts) file.set(bytes, places[i] + at);
    const stored = file.subarray(places[i], places[i] + length);
    file.set(createHash('sha256').update(stored).digest(), entry + 32);
  });
  return file;
}

/** The bytes of a .edgec file. The same package gives the same bytes. */
export function writePackage(pkg: Package): Uint8Array {
  const data = new DataSection();
  const graph = bytesOf(graphWords(pkg.graph, data));
  return container([
    wholeSection(sectionKind.manifest, manifestBytes(pkg)),
    wholeSection(sectionKind.graph, graph),
    data.section(),
    ...pkg.plans.map((plan) => wholeSection(sectionKind.plan, bytesOf(encodePlan(plan)))),
  ]);
}
