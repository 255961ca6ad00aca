import type { Attrs, Tensor, TensorType } from '../../core/index.ts';
import {
  consumers,
  type Graph,
  type Node,
  PatchBuilder,
  producers,
  type ValueId,
  type ValueIds,
  valueOf,
} from '../graph/index.ts';

/** A graph with its makers and readers looked up once, for the rules of one batch. */
export class GraphView {
  readonly graph: Graph;
  readonly ids: ValueIds;
  readonly #producers: Map<ValueId, Node>;
  readonly #consumers: Map<ValueId, Node[]>;
  readonly #outputs: Set<ValueId>;

  constructor(graph: Graph, ids: ValueIds) {
    this.graph = graph;
    this.ids = ids;
    this.#producers = producers(graph);
    this.#consumers = consumers(graph);
    this.#outputs = new Set(graph.outputs);
  }

  producer(id: ValueId | undefined): Node | undefined {
    return id === undefined ? undefined : this.#producers.get(id);
  }

  /** The maker of `id` where it is one of `ops`. */
  maker(id: ValueId | undefined, ...ops: string[]): Node | undefined {
    const node = this.producer(id);
    return node && ops.includes(node.op) ? node : undefined;
  }

  type(id: ValueId): TensorType {
    return valueOf(this.graph, id).type;
  }

  shape(id: ValueId): readonly number[] {
    return this.type(id).shape;
  }

  constant(id: ValueId | undefined): Tensor | undefined {
    return id === undefined ? undefined : valueOf(this.graph, id).constant;
  }

  /** Whether one node alone reads `id`, and the graph does not hand it out. */
  hasOneReader(id: ValueId): boolean {
    return !this.#outputs.has(id) && this.#consumers.get(id)?.length === 1;
  }

  isOutput(id: ValueId): boolean {
    return this.#outputs.has(id);
  }

  /** A patch named after the pass and `nodes`, which are what its new nodes come from. */
  patch(pass: string, ...nodes: Node[]): PatchBuilder {
    const origin = [...new Set(nodes.flatMap((n) => n.origin))];
    return new PatchBuilder(this.graph, this.ids, `${pass}(${nodes.map((n) => n.name).join(', ')})`, origin);
  }
}

/** Attributes of a node by the kinds that the schema of its op promises. */
export const intsAttr = (attrs: Attrs, name: string): readonly number[] => attrs[name] as readonly number[];
export const numberAttr = (attrs: Attrs, name: string): number => attrs[name] as number;

/** The bounds of a node that can clamp its result, to be given to another one. */
export const clampOf = (attrs: Attrs): Attrs =>
  'clampMin' in attrs ? { clampMin: attrs.clampMin, clampMax: attrs.clampMax } : {};

export const hasClamp = (attrs: Attrs): boolean =>
  'clampMin' in attrs &&
  (attrs.clampMin !== Number.NEGATIVE_INFINITY || attrs.clampMax !== Number.POSITIVE_INFINITY);
