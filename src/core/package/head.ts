import type { TensorType } from '../tensor.ts';
import {
  type ByteSource,
  corrupt,
  findOnly,
  readOnly,
  readPlans,
  readSections,
  type Section,
  wordsOf,
} from './container.ts';
import { sectionKind } from './layout.ts';
import type { Manifest } from './package.ts';
import { readValue, valueStarts } from './stored-value.ts';
import { WordReader } from './word-reader.ts';

/** A value that goes into or comes out of a package. */
export interface PackagePort {
  readonly name: string;
  readonly type: TensorType;
}

/** What a session tells about a package, without its nodes and constants. */
export interface PackageHead {
  readonly manifest: Manifest;
  readonly inputs: readonly PackagePort[];
  readonly outputs: readonly PackagePort[];
  readonly nodeNames: readonly string[];
  /** The words of its plans, as the engine takes them. */
  readonly plans: readonly Int32Array[];
}

interface ManifestSection {
  readonly manifest: Manifest;
  readonly names: {
    readonly values: readonly string[];
    readonly nodes: readonly string[];
    readonly origins: readonly (readonly string[])[];
  };
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
/** Left out, or lists of strings by name. */
const isNamedTexts = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.values(value).every(isTexts));
const isState = (value: unknown): boolean => {
  const { input, output, initial } = (value ?? {}) as Record<string, unknown>;
  return isText(input) && isText(output) && typeof initial === 'number';
};

/** Whether what sessions read of it is of its kind. */
function isManifest({ manifest, names }: ManifestSection): boolean {
  const { name, states = [], labels, columns } = manifest;
  return (
    isText(name) &&
    Array.isArray(states) &&
    states.every(isState) &&
    isNamedTexts(labels) &&
    isNamedTexts(columns) &&
    isTexts(names.values) &&
    isTexts(names.nodes) &&
    Array.isArray(names.origins)
  );
}

/** Throws E_PACKAGE_CORRUPT. */
export function decodeManifest(bytes: Uint8Array): ManifestSection {
  try {
    const section = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as ManifestSection;
    if (isManifest(section)) return section;
  } catch {}
  throw corrupt('the manifest is not valid JSON');
}

function readPorts(
  source: ByteSource,
  { offset, size }: Section,
  names: readonly string[],
): Pick<PackageHead, 'inputs' | 'outputs'> {
  const words = (first: number, end: number, room?: Uint8Array): Int32Array =>
    wordsOf(source.read(offset + 4 * first, 4 * (end - first), room));
  const starts = valueStarts(words, size / 4);
  const end = starts.length - 1;
  const r = new WordReader(words(starts[end], size / 4), 'graph');
  const port = (): PackagePort => {
    const id = r.next();
    if (!(id >= 0 && id < end)) throw r.fail(`value ${id} does not exist`);
    const value = new WordReader(words(starts[id], starts[id + 1]), 'graph');
    return { name: names[id] ?? `${id}`, type: readValue(value).type };
  };
  return { inputs: r.list(1, port), outputs: r.list(1, port) };
}

/** Reads what a session needs to know beside the engine. Throws E_PACKAGE_CORRUPT or E_PACKAGE_VERSION. */
export function readHead(source: ByteSource): PackageHead {
  const sections = readSections(source);
  const { manifest, names } = decodeManifest(readOnly(source, sections, sectionKind.manifest));
  return {
    manifest,
    ...readPorts(source, findOnly(sections, sectionKind.graph), names.values),
    nodeNames: names.nodes,
    plans: readPlans(source, sections),
  };
}
