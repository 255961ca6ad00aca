import { createHash } from 'node:crypto';
import type { OpDefinition, OperandTypes } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { decodeAttrs } from '../op-attrs.ts';
import { checkOperands, opByName, ops } from '../ops/index.ts';
import { elementsOver, type Tensor, type TensorType, type TypedArray, tensorBytes } from '../tensor.ts';
import { corrupt, readOnly, readPlans, readSections, sourceOf, wordsOf } from './container.ts';
import { decodeManifest } from './head.ts';
import { sectionKind } from './layout.ts';
import type { Package, PackageGraph, PackageNode, PackageValue } from './package.ts';
import { fromPanels, storedPanelBytes } from './panels.ts';
import { decodePlan } from './plan-section.ts';
import { readValue, type StoredValue } from './stored-value.ts';
import {
  checkWindows,
  fromWindows,
  type WindowShape,
  type Windows,
  windowBytes,
  windowIndexBytes,
} from './windows.ts';
import { winogradBytes } from './winograd.ts';
import { WordReader } from './word-reader.ts';

function storedBytes(data: Uint8Array, offset: number, bytes: number): Uint8Array {
  if (offset % 64 !== 0 || offset + bytes > data.length)
    throw corrupt('a constant lies outside the data section');
  return data.subarray(offset, offset + bytes);
}

/** A constant whose elements are taken apart when they are first asked for. */
function tensorOf(type: TensorType, takeApart: () => TypedArray): Tensor {
  let elements: TypedArray | undefined;
  return {
    ...type,
    get data() {
      elements ??= takeApart();
      return elements;
    },
  };
}

function readConstant({ type, panels }: StoredValue, offset: number, data: Uint8Array): Tensor {
  const stored = storedBytes(data, offset, panels ? storedPanelBytes(type, panels) : tensorBytes(type));
  if (!panels) return { ...type, data: elementsOver(type.dtype, stored) };
  return tensorOf(type, () => fromPanels(type, panels, stored));
}

function readWindows(
  type: TensorType,
  shape: WindowShape,
  at: { weights: number; index: number },
  data: Uint8Array,
): Windows {
  const index = storedBytes(data, at.index, windowIndexBytes(type, shape));
  const weights = storedBytes(data, at.weights, windowBytes(shape));
  const windows = {
    ...shape,
    index: index.byteOffset % 4 === 0 ? index : index.slice(),
    weights: elementsOver('int8', weights) as Int8Array,
  };
  checkWindows(type, windows);
  return windows;
}

function readPackageValue(r: WordReader, name: string, data: Uint8Array): PackageValue {
  const { offset, beside, windows: shape, ...value } = readValue(r);
  if (offset === undefined) return { name, ...value };
  if (shape && beside !== undefined) {
    const windows = readWindows(value.type, shape, { weights: offset, index: beside }, data);
    return {
      name,
      ...value,
      windows,
      constant: tensorOf(value.type, () => fromWindows(value.type, windows)),
    };
  }
  if (value.winograd && beside !== undefined)
    storedBytes(data, beside, winogradBytes(value.type, value.winograd));
  return { name, ...value, constant: readConstant(value, offset, data) };
}

function readNode(r: WordReader, name: string, origin: readonly string[]): PackageNode {
  const op = ops[r.next()];
  if (!op) throw r.fail('unknown op');
  const inputs = r.list(1, () => r.next()).map((i) => (i < 0 ? undefined : i));
  const outputs = r.list(1, () => r.next());
  const attrs = decodeAttrs(op.name, op.attrs, r.slice(r.next()));
  return { name, op: op.name, inputs, outputs, attrs, origin };
}

/** What `op` makes of `types`. Throws E_PACKAGE_CORRUPT with what the op says. */
function typesOf(op: OpDefinition, node: PackageNode, types: OperandTypes): readonly TensorType[] {
  try {
    checkOperands(op, types, node.attrs);
    return op.infer(types, node.attrs as never);
  } catch (error) {
    if (!(error instanceof EdgecError)) throw error;
    const { expected, found } = error.detail;
    const detail = { expected, found, where: node.name, remedy: 'compile the model again' };
    throw new EdgecError('E_PACKAGE_CORRUPT', `graph section: ${error.message}`, detail, { cause: error });
  }
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
    const inferred = typesOf(op, node, types);
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

/** Throws E_PACKAGE_HASH where a section does not have the hash that it was written with. */
export function verifyPackage(file: Uint8Array): void {
  const source = sourceOf(file);
  for (const [i, { offset, size, sha256 }] of readSections(source).entries()) {
    const found = createHash('sha256').update(source.read(offset, size)).digest();
    if (Buffer.compare(found, sha256) === 0) continue;
    throw new EdgecError('E_PACKAGE_HASH', `section ${i} does not have the hash it was written with`);
  }
}

/**
 * Reads and checks a package. Its constants are views of `file`, which has to stay as it is.
 * Throws E_PACKAGE_CORRUPT or E_PACKAGE_VERSION.
 */
export function readPackage(file: Uint8Array): Package {
  const source = sourceOf(file);
  const sections = readSections(source);
  const { manifest, names } = decodeManifest(readOnly(source, sections, sectionKind.manifest));
  const data = readOnly(source, sections, sectionKind.data);
  const r = new WordReader(wordsOf(readOnly(source, sections, sectionKind.graph)), 'graph');
  const graph: PackageGraph = {
    values: r.list(4, (i) => readPackageValue(r, names.values[i] ?? `${i}`, data)),
    inputs: r.list(1, () => r.next()),
    outputs: r.list(1, () => r.next()),
    nodes: r.list(4, (i) => readNode(r, names.nodes[i] ?? `${i}`, names.origins[i] ?? [])),
  };
  r.end();
  check(graph);
  return { manifest, graph, plans: readPlans(source, sections).map(decodePlan) };
}
