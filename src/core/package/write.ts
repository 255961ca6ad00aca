import { createHash } from 'node:crypto';
import { encodeAttrs } from '../op-attrs.ts';
import { opByName, opcodeOf } from '../ops/index.ts';
import { dtypes, type Tensor } from '../tensor.ts';
import { alignment, alignUp, headerBytes, magic, sectionEntryBytes, sectionKind } from './layout.ts';
import { type Package, type PackageGraph, packageVersion } from './package.ts';
import { encodePlan } from './plan-section.ts';

interface Section {
  kind: number;
  bytes: Uint8Array;
}

const floatBits = (values: readonly number[]): number[] => [
  ...new Int32Array(Float32Array.from(values).buffer),
];
const bytesOf = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Lays constants one behind the other, 64-aligned, and keeps their offsets. */
class DataSection {
  readonly #parts: { offset: number; bytes: Uint8Array }[] = [];
  #size = 0;

  add(t: Tensor): number {
    const offset = this.#size;
    const bytes = bytesOf(t.data);
    this.#parts.push({ offset, bytes });
    this.#size = alignUp(offset + bytes.length);
    return offset;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size + alignment);
    for (const { offset, bytes } of this.#parts) all.set(bytes, offset);
    return all;
  }
}

function graphWords(graph: PackageGraph, data: DataSection): Int32Array {
  const words: number[] = [graph.values.length];
  for (const { type, constant } of graph.values) {
    words.push(dtypes.indexOf(type.dtype), type.shape.length, ...type.shape, constant ? 1 : 0);
    if (constant) {
      const offset = data.add(constant);
      words.push(offset | 0, Math.floor(offset / 4294967296));
    }
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
  const places = sections.map(({ bytes }) => {
    const at = offset;
    offset = alignUp(at + bytes.length);
    return at;
  });
  const file = new Uint8Array(offset);
  const view = new DataView(file.buffer);
  [magic, packageVersion, sections.length, 0].forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  sections.forEach(({ kind, bytes }, i) => {
    const entry = headerBytes + i * sectionEntryBytes;
    view.setUint32(entry, kind, true);
    view.setUint32(entry + 4, kind === sectionKind.plan ? 0 : 1, true);
    view.setUint32(entry + 8, packageVersion, true);
    view.setBigUint64(entry + 16, BigInt(places[i]), true);
    view.setBigUint64(entry + 24, BigInt(bytes.length), true);
    file.set(createHash('sha256').update(bytes).digest(), entry + 32);
    file.set(bytes, places[i]);
  });
  return file;
}

/** The bytes of a .edgec file. The same package gives the same bytes. */
export function writePackage(pkg: Package): Uint8Array {
  const data = new DataSection();
  const graph = bytesOf(graphWords(pkg.graph, data));
  return container([
    { kind: sectionKind.manifest, bytes: manifestBytes(pkg) },
    { kind: sectionKind.graph, bytes: graph },
    { kind: sectionKind.data, bytes: data.bytes() },
    ...pkg.plans.map((plan) => ({ kind: sectionKind.plan, bytes: bytesOf(encodePlan(plan)) })),
  ]);
}
