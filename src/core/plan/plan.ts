import type { BufferPlan, PackageGraph, Plan, Storage } from '../package/package.ts';
import { tensorBytes } from '../tensor.ts';
import { plus128Values } from './storage.ts';

const alignment = 64;
const alignUp = (n: number): number => Math.ceil(n / alignment) * alignment;

interface Lifetime {
  value: number;
  bytes: number;
  first: number;
  last: number;
}

/** When each value that is no constant is alive, in indices of nodes. Inputs and outputs live throughout. */
function lifetimes(graph: PackageGraph): Lifetime[] {
  const end = graph.nodes.length;
  const spans = new Map<number, Lifetime>();
  const open = (value: number, first: number): void => {
    spans.set(value, {
      value,
      bytes: alignUp(Math.max(1, tensorBytes(graph.values[value].type))),
      first,
      last: first,
    });
  };
  for (const id of graph.inputs) open(id, -1);
  graph.nodes.forEach((node, i) => {
    for (const id of node.inputs) {
      const span = id === undefined ? undefined : spans.get(id);
      if (span) span.last = i;
    }
    for (const id of node.outputs) open(id, i);
  });
  for (const id of [...graph.inputs, ...graph.outputs]) {
    const span = spans.get(id);
    if (span) span.last = end;
  }
  return [...spans.values()];
}

/** The lowest offset where `span` fits between the placed spans that are alive with it. */
function lowestOffset(span: Lifetime, placed: readonly (Lifetime & { offset: number })[]): number {
  const rivals = placed
    .filter((p) => p.first <= span.last && span.first <= p.last)
    .sort((a, b) => a.offset - b.offset);
  let offset = 0;
  for (const p of rivals) {
    if (offset + span.bytes <= p.offset) break;
    offset = Math.max(offset, p.offset + p.bytes);
  }
  return offset;
}

export interface PlanOptions {
  /** Nothing is reused and all is stored as it is, so that every value can be read after a run. */
  keepAll?: boolean;
  threads?: number;
  /** How int8 values are stored where they can be. */
  storage?: Storage;
}

/** Places every value in one arena, largest first at the lowest free offset (greedy by size, Pisarchyk and Lee 2020). */
export function planMemory(graph: PackageGraph, options: PlanOptions = {}): Plan {
  const { keepAll = false, threads = 1 } = options;
  const spans = lifetimes(graph);
  const placed: (Lifetime & { offset: number })[] = [];
  let arenaBytes = 0;
  for (const span of spans.sort((a, b) => b.bytes - a.bytes || a.first - b.first)) {
    const offset = keepAll ? arenaBytes : lowestOffset(span, placed);
    placed.push({ ...span, offset });
    arenaBytes = Math.max(arenaBytes, offset + span.bytes);
  }
  const plus128 = options.storage === 'plus128' && !keepAll ? plus128Values(graph) : new Set<number>();
  const buffers = placed
    .map(
      ({ value, bytes, offset }): BufferPlan => ({
        value,
        offset,
        bytes,
        storage: plus128.has(value) ? 'plus128' : 'asIs',
        halo: [0, 0, 0, 0],
        fill: 0,
      }),
    )
    .sort((a, b) => a.value - b.value);
  return { isa: plus128.size > 0 ? 'x86_avx2' : 'any', threads, keepAll, arenaBytes, buffers };
}

/** The plans that a package brings: for any instruction set, and for x86, which multiplies u8 by s8 and so reads int8 plus 128. */
export function planAll(graph: PackageGraph): Plan[] {
  const [any, x86] = (['asIs', 'plus128'] as const).map((storage) => planMemory(graph, { storage }));
  return x86.isa === 'any' ? [any] : [any, x86];
}
