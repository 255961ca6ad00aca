import type { Attrs, Tensor, TensorType } from '../../core/index.ts';

export type ValueId = number;

/** An SSA value: a graph input, the output of one node, or a constant. */
export interface Value {
  readonly id: ValueId;
  readonly name: string;
  readonly type: TensorType;
  readonly constant?: Tensor;
}

/** An application of an op. `origin` names the nodes of the source model that it comes from, as `Op:name`. */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly outputs: readonly ValueId[];
  readonly attrs: Attrs;
  readonly origin: readonly string[];
}

export type Stage = 'imported' | 'canonical' | 'quantized' | 'lowered';

/** What the source model says about itself. `notes` are told to the user: assumptions made on the way in. */
export interface SourceInfo {
  readonly format: string;
  readonly producer?: string;
  readonly version?: string;
  /** Ops of the source file with their counts, before any pass. */
  readonly ops: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  /** By input or output: the strings that its integers are indices into. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** By output: what the columns of its last axis are called. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
}

/** A value kept between runs: places among the inputs and outputs, and the stored element that fills it at first. */
export interface GraphState {
  readonly input: number;
  readonly output: number;
  readonly initial: number;
}

/** An immutable graph with its nodes in topological order. Passes make new graphs out of patches. */
export interface Graph {
  readonly name: string;
  readonly stage: Stage;
  readonly source: SourceInfo;
  readonly values: ReadonlyMap<ValueId, Value>;
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Inputs that the runtime feeds from outputs of the run before. */
  readonly states?: readonly GraphState[];
}

/** Inputs that the user gives: all but those that are kept between runs. */
export const givenInputs = (graph: Graph): ValueId[] =>
  graph.inputs.filter((_, i) => !graph.states?.some(({ input }) => input === i));

export function valueOf(graph: Graph, id: ValueId): Value {
  const value = graph.values.get(id);
  if (!value) throw new RangeError(`value ${id} is not in graph '${graph.name}'`);
  return value;
}

export const operandTypes = (graph: Graph, node: Node): (TensorType | undefined)[] =>
  node.inputs.map((id) => (id === undefined ? undefined : valueOf(graph, id).type));

export const operandConstants = (graph: Graph, node: Node): (Tensor | undefined)[] =>
  node.inputs.map((id) => (id === undefined ? undefined : valueOf(graph, id).constant));

/** For every value, the node that makes it. */
export function producers(graph: Graph): Map<ValueId, Node> {
  const map = new Map<ValueId, Node>();
  for (const node of graph.nodes) for (const id of node.outputs) map.set(id, node);
  return map;
}

/** For every value, the nodes that read it. */
export function consumers(graph: Graph): Map<ValueId, Node[]> {
  const map = new Map<ValueId, Node[]>();
  for (const node of graph.nodes) {
    for (const id of node.inputs) {
      if (id === undefined) continue;
      const readers = map.get(id);
      if (!readers) map.set(id, [node]);
      else if (readers.at(-1) !== node) readers.push(node);
    }
  }
  return map;
}
