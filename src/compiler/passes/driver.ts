import { EdgecError } from '../../core/index.ts';
import {
  applyPatches,
  type Graph,
  type Node,
  type Patch,
  type ValueId,
  ValueIds,
  verify,
} from '../graph/index.ts';
import { GraphView } from './graph-view.ts';

/** One kind of rewrite. Every patch keeps the meaning of the values that it replaces. */
export interface Pass {
  readonly name: string;
  patches(graph: Graph, ids: ValueIds): Patch[];
}

export interface RunOptions {
  /** Stops after this many patches: bisection of a wrong result. */
  stopAfter?: number;
  onPatch?(pass: string, label: string): void;
}

/** Batches that one pass may take, and rounds over all passes, before the rewriting counts as endless. */
const maxBatches = 200;
const maxRounds = 12;

/** A pass that looks at one node at a time. */
export function localPass(name: string, rule: (node: Node, view: GraphView) => Patch | undefined): Pass {
  return {
    name,
    patches(graph, ids) {
      const view = new GraphView(graph, ids);
      return graph.nodes.flatMap((node) => rule(node, view) ?? []);
    },
  };
}

/**
 * Runs `passes` in turn until none changes the graph. Each pass applies its patches in batches until it finds none;
 * the graph is verified after it. Throws E_GRAPH_INVALID when the passes do not come to rest.
 */
export function runPasses(graph: Graph, passes: readonly Pass[], options: RunOptions = {}): Graph {
  const run = new Run(graph, options);
  for (let round = 0; round < maxRounds; round++) {
    const before = run.applied;
    for (const pass of passes) run.toRest(pass);
    if (run.applied === before || run.stopped) return run.graph;
  }
  throw new EdgecError('E_GRAPH_INVALID', 'the passes do not come to rest', {
    where: graph.name,
    found: run.lastLabel,
  });
}

class Run {
  graph: Graph;
  applied = 0;
  lastLabel = '';
  readonly #ids: ValueIds;
  readonly #options: RunOptions;

  constructor(graph: Graph, options: RunOptions) {
    this.graph = graph;
    this.#ids = new ValueIds(graph);
    this.#options = options;
  }

  get stopped(): boolean {
    return this.applied >= (this.#options.stopAfter ?? Number.POSITIVE_INFINITY);
  }

  toRest(pass: Pass): void {
    for (let batch = 0; !this.stopped; batch++) {
      if (batch === maxBatches) {
        throw new EdgecError('E_GRAPH_INVALID', `pass ${pass.name} does not come to rest`, {
          where: this.lastLabel,
        });
      }
      const room = (this.#options.stopAfter ?? Number.POSITIVE_INFINITY) - this.applied;
      const patches = independent(this.graph, pass.patches(this.graph, this.#ids)).slice(0, room);
      if (patches.length === 0) {
        if (batch > 0) this.#verify(pass);
        return;
      }
      this.graph = applyPatches(this.graph, patches);
      this.applied += patches.length;
      for (const patch of patches) this.#options.onPatch?.(pass.name, patch.label);
      this.lastLabel = patches[patches.length - 1].label;
    }
  }

  #verify(pass: Pass): void {
    try {
      verify(this.graph);
    } catch (error) {
      throw error instanceof EdgecError ? error.within(`after pass ${pass.name}`) : error;
    }
  }
}

/** The patches that can be applied together; the others are found again in the next batch. */
function independent(graph: Graph, patches: readonly Patch[]): Patch[] {
  const replaced = new Set<ValueId>();
  const outputs = new Set(graph.outputs);
  const held = new Set<ValueId>([...graph.inputs, ...graph.outputs]);
  const fresh = (patch: Patch): Set<ValueId> => new Set(patch.values.map((v) => v.id));
  const kept: Patch[] = [];
  for (const patch of patches) {
    const own = fresh(patch);
    const reads = patch.nodes.some((n) => n.inputs.some((id) => id !== undefined && replaced.has(id)));
    const clash = [...patch.replace].some(
      ([old, by]) =>
        replaced.has(old) ||
        held.has(old) !== outputs.has(old) ||
        (outputs.has(old) && !free(graph, by, own, held, replaced)),
    );
    if (reads || clash) continue;
    for (const [old, by] of patch.replace) {
      replaced.add(old);
      if (outputs.has(old)) held.add(by);
    }
    kept.push(patch);
  }
  return kept;
}

/** Whether `by` can take over as a graph output: it has a maker and no name of its own to keep. */
function free(
  graph: Graph,
  by: ValueId,
  own: Set<ValueId>,
  held: Set<ValueId>,
  replaced: Set<ValueId>,
): boolean {
  if (own.has(by)) return true;
  return !held.has(by) && !replaced.has(by) && graph.values.get(by)?.constant === undefined;
}
