import {
  type Attrs,
  completeAttrs,
  EdgecError,
  opByName,
  type Tensor,
  type TensorType,
} from '../../core/index.ts';
import { type Graph, type Node, type Stage, type Value, type ValueId, valueOf } from './graph.ts';

/** One local change: nodes that join, values that give way to others, and what a report calls it. */
export interface Patch {
  readonly label: string;
  readonly values: readonly Value[];
  readonly nodes: readonly Node[];
  readonly replace: ReadonlyMap<ValueId, ValueId>;
}

/** Hands out ids that no graph of this compilation has used. */
export class ValueIds {
  #next: ValueId;

  constructor(graph: Graph) {
    this.#next = 0;
    for (const id of graph.values.keys()) if (id >= this.#next) this.#next = id + 1;
  }

  next(): ValueId {
    return this.#next++;
  }
}

/** Collects the parts of one patch. Types of outputs are inferred. */
export class PatchBuilder {
  readonly #graph: Graph;
  readonly #ids: ValueIds;
  readonly #label: string;
  readonly #origin: readonly string[];
  readonly #values = new Map<ValueId, Value>();
  readonly #nodes: Node[] = [];
  readonly #replace = new Map<ValueId, ValueId>();

  /** `origin` is what the new nodes come from. */
  constructor(graph: Graph, ids: ValueIds, label: string, origin: readonly string[]) {
    this.#graph = graph;
    this.#ids = ids;
    this.#label = label;
    this.#origin = origin;
  }

  type(id: ValueId): TensorType {
    return (this.#values.get(id) ?? valueOf(this.#graph, id)).type;
  }

  constant(name: string, t: Tensor): ValueId {
    const { data: _, ...type } = t;
    return this.#value({ name, type, constant: t });
  }

  #value(value: Omit<Value, 'id'>): ValueId {
    const id = this.#ids.next();
    this.#values.set(id, { id, ...value });
    return id;
  }

  /** Adds a node and returns its outputs. `quant` replaces what is inferred for every output. */
  add(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    attrs: Attrs,
    name: string,
    quant?: TensorType['quant'],
    origin: readonly string[] = this.#origin,
  ): ValueId[] {
    const definition = opByName(op);
    const complete = completeAttrs(op, definition.attrs, attrs);
    const types = inputs.map((id) => (id === undefined ? undefined : this.type(id)));
    const inferred = infer(definition, types, complete, name);
    const outputs = inferred.map((t, i) =>
      this.#value({
        name: i === 0 ? name : `${name}:${i}`,
        type: quant ? { dtype: t.dtype, shape: t.shape, quant } : t,
      }),
    );
    this.#nodes.push({ name, op, inputs: [...inputs], outputs, attrs: complete, origin });
    return outputs;
  }

  /** Every reader of `old` reads `by` from now on; `by` takes over the name where it is new. */
  replace(old: ValueId, by: ValueId): void {
    this.#replace.set(old, by);
    const fresh = this.#values.get(by);
    if (fresh) this.#values.set(by, { ...fresh, name: valueOf(this.#graph, old).name });
  }

  build(): Patch {
    return {
      label: this.#label,
      values: [...this.#values.values()],
      nodes: this.#nodes,
      replace: this.#replace,
    };
  }
}

function infer(
  definition: ReturnType<typeof opByName>,
  types: (TensorType | undefined)[],
  attrs: Attrs,
  name: string,
): TensorType[] {
  try {
    return definition.infer(types, attrs as never);
  } catch (error) {
    throw error instanceof EdgecError ? error.within(name) : error;
  }
}

/** Follows chains of replacements to their end. */
function resolver(patches: readonly Patch[]): (id: ValueId) => ValueId {
  const replace = new Map<ValueId, ValueId>();
  for (const patch of patches) for (const [old, by] of patch.replace) replace.set(old, by);
  return (id) => {
    let at = id;
    for (let next = replace.get(at); next !== undefined; next = replace.get(at)) at = next;
    return at;
  };
}

/** `graph` with all patches applied and all that nothing reads removed. */
export function applyPatches(graph: Graph, patches: readonly Patch[]): Graph {
  if (patches.length === 0) return graph;
  const resolve = resolver(patches);
  const values = new Map(graph.values);
  for (const patch of patches) for (const value of patch.values) values.set(value.id, value);
  const outputs = graph.outputs.map(resolve);
  keepOutputNames(graph, outputs, values);
  const nodes = [...graph.nodes, ...patches.flatMap((p) => p.nodes)].map((node) => ({
    ...node,
    inputs: node.inputs.map((id) => (id === undefined ? undefined : resolve(id))),
  }));
  return prune({ ...graph, values, nodes, outputs });
}

function keepOutputNames(graph: Graph, outputs: readonly ValueId[], values: Map<ValueId, Value>): void {
  graph.outputs.forEach((old, i) => {
    const value = values.get(outputs[i]);
    if (value && outputs[i] !== old) values.set(value.id, { ...value, name: valueOf(graph, old).name });
  });
}

/** The nodes that lead to an output in topological order, and the values that they touch. */
export function prune(graph: Graph): Graph {
  const makers = new Map<ValueId, Node>();
  for (const node of graph.nodes) for (const id of node.outputs) makers.set(id, node);
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const stack = [...graph.outputs].reverse().flatMap((id) => makers.get(id) ?? []);
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    if (state.get(node) === 'done') {
      stack.pop();
      continue;
    }
    state.set(node, 'open');
    const pending = node.inputs
      .flatMap((id) => (id === undefined ? [] : (makers.get(id) ?? [])))
      .filter((maker) => state.get(maker) !== 'done');
    if (pending.length === 0) {
      state.set(node, 'done');
      order.push(node);
      stack.pop();
    } else {
      if (pending.some((maker) => state.get(maker) === 'open')) {
        throw new EdgecError('E_GRAPH_INVALID', 'the graph has a cycle', { where: node.name });
      }
      stack.push(...pending.reverse());
    }
  }
  const used = new Set<ValueId>([...graph.inputs, ...graph.outputs]);
  for (const node of order)
    for (const id of [...node.inputs, ...node.outputs]) if (id !== undefined) used.add(id);
  return { ...graph, nodes: order, values: new Map([...graph.values].filter(([id]) => used.has(id))) };
}

export const atStage = (graph: Graph, stage: Stage): Graph => ({ ...graph, stage });
