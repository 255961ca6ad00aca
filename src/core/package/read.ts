import { createHash } from 'node:crypto';
import { EdgecError } from '../errors.ts';
import { decodeAttrs } from '../op-attrs.ts';
import { checkOperands, opByName, ops } from '../ops/index.ts';
import {
  dtypes,
  elementBytes,
  elementCount,
  elementsOver,
  type QuantParams,
  type Tensor,
  type TensorType,
} from '../tensor.ts';
import { headerBytes, magic, sectionEntryBytes, sectionKind } from './layout.ts';
import {
  type Manifest,
  type Package,
  type PackageGraph,
  type PackageNode,
  type PackageValue,
  packageVersion,
} from './package.ts';
import { decodePlan } from './plan-section.ts';
import { WordReader } from './word-reader.ts';

const maxRank = 8;
const maxElements = 2 ** 31;

const corrupt = (message: string): EdgecError =>
  new EdgecError('E_PACKAGE_CORRUPT', message, { remedy: 'compile the model again' });

interface Section {
  kind: number;
  bytes: Uint8Array;
}

export const isPackage = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === magic;

function readSections(file: Uint8Array, verify: boolean): Section[] {
  if (file.length < headerBytes || !isPackage(file)) throw corrupt('this is not an .edgec package');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const version = view.getUint32(4, true);
  if (version !== packageVersion) {
    throw new EdgecError('E_PACKAGE_VERSION', 'package of another version', {
      expected: `${packageVersion}`,
      found: `${version}`,
      remedy: 'use the edgec that made it, or compile again',
    });
  }
  const count = view.getUint32(8, true);
  if (count > 64 || headerBytes + count * sectionEntryBytes > file.length)
    throw corrupt('the section table is cut off');
  return Array.from({ length: count }, (_, i) => {
    const entry = headerBytes + i * sectionEntryBytes;
    const kind = view.getUint32(entry, true);
    const required = (view.getUint32(entry + 4, true) & 1) === 1;
    const offset = Number(view.getBigUint64(entry + 16, true));
    const size = Number(view.getBigUint64(entry + 24, true));
    if (offset + size > file.length || offset % 64 !== 0) throw corrupt(`section ${i} lies outside the file`);
    const bytes = file.subarray(offset, offset + size);
    if (required && !(Object.values(sectionKind) as number[]).includes(kind)) {
      throw new EdgecError('E_PACKAGE_VERSION', `required section of unknown kind ${kind}`);
    }
    if (
      verify &&
      Buffer.compare(createHash('sha256').update(bytes).digest(), file.subarray(entry + 32, entry + 64)) !== 0
    ) {
      throw new EdgecError('E_PACKAGE_HASH', `section ${i} does not have the hash it was written with`);
    }
    return { kind, bytes };
  });
}

function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes.length % 4 !== 0) throw corrupt('a section of words has a broken length');
  return bytes.byteOffset % 4 === 0
    ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    : new Int32Array(bytes.slice().buffer);
}

function readQuant(r: WordReader): QuantParams | undefined {
  const count = r.next();
  if (count === 0) return undefined;
  if (count < 0) throw r.fail('negative count of scales');
  const axis = r.next();
  const scale = [...new Float32Array(r.slice(count).slice().buffer)];
  const zeroPoint = [...r.slice(count)];
  return axis < 0 ? { scale, zeroPoint } : { scale, zeroPoint, axis };
}

function readConstant(type: TensorType, offset: number, data: Uint8Array): Tensor {
  const bytes = elementCount(type.shape) * elementBytes(type.dtype);
  if (offset % 64 !== 0 || offset + bytes > data.length)
    throw corrupt('a constant lies outside the data section');
  return { ...type, data: elementsOver(type.dtype, data.subarray(offset, offset + bytes)) };
}

function readValue(r: WordReader, name: string, data: Uint8Array): PackageValue {
  const dtype = dtypes[r.next()];
  const rank = r.next();
  if (!dtype || rank < 0 || rank > maxRank) throw r.fail('bad type of a value');
  const shape = [...r.slice(rank)];
  if (shape.some((d) => d < 0) || elementCount(shape) > maxElements) throw r.fail('bad shape of a value');
  const offset = r.next() === 1 ? r.long() : undefined;
  const quant = readQuant(r);
  const type: TensorType = quant ? { dtype, shape, quant } : { dtype, shape };
  return offset === undefined ? { name, type } : { name, type, constant: readConstant(type, offset, data) };
}

function readNode(r: WordReader, name: string, origin: readonly string[]): PackageNode {
  const op = ops[r.next()];
  if (!op) throw r.fail('unknown op');
  const inputs = r.list(1, () => r.next()).map((i) => (i < 0 ? undefined : i));
  const outputs = r.list(1, () => r.next());
  const attrs = decodeAttrs(op.name, op.attrs, r.slice(r.next()));
  return { name, op: op.name, inputs, outputs, attrs, origin };
}

/** Every id in range, every value made before it is read and made once, types as the ops infer them. */
function check(graph: PackageGraph): void {
  const ready = graph.values.map((v) => v.constant !== undefined);
  const at = (id: number): PackageValue => graph.values[id] ?? fail(`value ${id} does not exist`);
  const fail = (what: string): never => {
    throw corrupt(`graph section: ${what}`);
  };
  for (const id of graph.inputs) {
    at(id);
    if (ready[id]) fail(`input ${id} is made twice`);
    ready[id] = true;
  }
  for (const node of graph.nodes) {
    for (const id of node.inputs)
      if (id !== undefined && !ready[id]) fail(`${node.name} reads value ${id} too early`);
    const types = node.inputs.map((id) => (id === undefined ? undefined : at(id).type));
    const op = opByName(node.op);
    checkOperands(op, types);
    const inferred = op.infer(types, node.attrs as never);
    if (inferred.length !== node.outputs.length) fail(`${node.name} has ${node.outputs.length} outputs`);
    node.outputs.forEach((id, i) => {
      const { type } = at(id);
      if (ready[id]) fail(`value ${id} is made twice`);
      if (type.dtype !== inferred[i].dtype || type.shape.join() !== inferred[i].shape.join())
        fail(`${node.name} has another output type`);
      ready[id] = true;
    });
  }
  for (const id of graph.outputs) if (!ready[id]) fail(`output ${id} is never made`);
}

interface Header {
  manifest: Manifest;
  names: { values: string[]; nodes: string[]; origins: string[][] };
}

function readHeader(bytes: Uint8Array): Header {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Header;
    if (typeof header.manifest.name === 'string' && Array.isArray(header.names.values)) return header;
  } catch {}
  throw corrupt('the manifest is not valid JSON');
}

/**
 * Reads and checks a package. Its constants are views of `file`, which has to stay as it is. `verify` also compares the hashes of the sections.
 * Throws E_PACKAGE_CORRUPT, E_PACKAGE_VERSION or E_PACKAGE_HASH.
 */
export function readPackage(file: Uint8Array, options: { verify?: boolean } = {}): Package {
  const sections = readSections(file, options.verify ?? false);
  const only = (kind: number): Uint8Array => {
    const found = sections.filter((s) => s.kind === kind);
    if (found.length !== 1) throw corrupt(`${found.length} sections of kind ${kind} instead of one`);
    return found[0].bytes;
  };
  const { manifest, names } = readHeader(only(sectionKind.manifest));
  const data = only(sectionKind.data);
  const r = new WordReader(wordsOf(only(sectionKind.graph)), 'graph');
  const graph: PackageGraph = {
    values: r.list(4, (i) => readValue(r, names.values[i] ?? `${i}`, data)),
    inputs: r.list(1, () => r.next()),
    outputs: r.list(1, () => r.next()),
    nodes: r.list(4, (i) => readNode(r, names.nodes[i] ?? `${i}`, names.origins[i] ?? [])),
  };
  r.end();
  check(graph);
  const plans = sections.filter((s) => s.kind === sectionKind.plan).map((s) => decodePlan(wordsOf(s.bytes)));
  return { manifest, graph, plans };
}
