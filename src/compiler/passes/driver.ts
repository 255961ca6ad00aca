import { EdgecError } from '../../core/index.ts';
import { applyPatches, consumers, type Graph, type Node, type Patch, PatchBuilder, producers, ValueIds, verify, type ValueId } from '../graph/index.ts';

/** What a pass sees while it looks at one node. */
export interface PassContext {
  readonly graph: Graph;
  /** The node that makes a value. */
  maker(id: ValueId | undefined): Node | undefined;
  /** The nodes that read a value. */
  readers(id: ValueId): readonly Node[];
  isOutput(id: ValueId): boolean;
  /** True where `node` alone reads `id`, so that its maker can be rewritten with it. */
  onlyReader(id: ValueId): boolean;
  patch(rule: string, ...nodes: Node[]): PatchBuilder;
}

/** A rewrite of the graph around one node; undefined leaves it alone. */
export interface Pass {
  readonly name: string;
  rewrite(node: Node, context: PassContext): Patch | undefined;
}

const maxRounds = 500;

/** Runs the passes in turn until none changes anything. Every pass's result is verified. */
export function runPasses(start: Graph, passes: readonly Pass[]): Graph {
  const ids = new ValueIds(start);
  let graph = start;
  for (let round = 0; round < maxRounds; round++) {
    const before = graph;
    for (const pass of passes) graph = exhaust(graph, pass, ids);
    if (graph === before) return graph;
  }
  throw new EdgecError('E_GRAPH_INVALID', 'the passes do not come to an end', { where: start.name });
}

function exhaust(start: Graph, pass: Pass, ids: ValueIds): Graph {
  let graph = start;
  for (let round = 0; round < maxRounds; round++) {
    const patches = collect(graph, pass, ids);
    if (patches.length === 0) break;
    graph = applyPatches(graph, patches);
  }
  if (graph !== start) verify(graph);
  return graph;
}

/** The patches of one sweep. A patch that touches what an earlier one changes waits for the next sweep. */
function collect(graph: Graph, pass: Pass, ids: ValueIds): Patch[] {
  const makers = producers(graph);
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs);
  const touched = new Set<ValueId>();
  const context: PassContext = {
    graph,
    maker: (id) => (id === undefined ? undefined : makers.get(id)),
    readers: (id) => readers.get(id) ?? [],
    isOutput: (id) => outputs.has(id),
    onlyReader: (id) => (readers.get(id)?.length ?? 0) === 1 && !outputs.has(id),
    patch: (rule, ...nodes) =>
      new PatchBuilder(graph, ids, `${rule}(${nodes.map((n) => n.name).join(',')})`, [...new Set(nodes.flatMap((n) => n.origin))]),
  };
  const patches: Patch[] = [];
  for (const node of graph.nodes) {
    const patch = pass.rewrite(node, context);
    if (!patch) continue;
    const reads = patch.nodes.flatMap((n) => n.inputs.filter((id) => id !== undefined));
    const involved = [...patch.replace.keys(), ...patch.replace.values(), ...reads, ...node.outputs];
    if (involved.some((id) => touched.has(id))) continue;
    for (const id of [...patch.replace.keys(), ...node.outputs]) touched.add(id);
    patches.push(patch);
  }
  return patches;
}
