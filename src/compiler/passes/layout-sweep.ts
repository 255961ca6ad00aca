import {
  type Attrs,
  EdgecError,
  elementCount,
  opByName,
  sameShape,
  transposeTensor,
} from '../../core/index.ts';
import { type Node, type Patch, PatchBuilder, type ValueId } from '../graph/index.ts';
import { type GraphView, intsAttr, numberAttr } from './graph-view.ts';
import {
  compose,
  identityOf,
  invert,
  isIdentity,
  keepsOrder,
  type Permutation,
  permuted,
  reshaped,
  toRank,
} from './permutation.ts';
import { reshapeThrough } from './reshape-through.ts';

/** An old value as the transpose of another one that the new graph has. */
interface Form {
  readonly base: ValueId;
  readonly perm: Permutation;
}

/** Ops whose integer form wants the axis that they work on last. */
const lastAxisOps = new Set(['Softmax', 'LogSoftmax', 'ArgMax', 'ArgMin']);

/** One walk over a graph in topological order that carries transposes along and puts them where they are needed. */
export class LayoutSweep {
  /** Nodes that a transpose was carried across. */
  pushed = 0;
  readonly #view: GraphView;
  readonly #patch: PatchBuilder;
  readonly #forms = new Map<ValueId, Form>();
  readonly #placed = new Set<ValueId>();
  readonly #inputs: ReadonlySet<ValueId>;

  constructor(view: GraphView) {
    this.#view = view;
    this.#patch = new PatchBuilder(view.graph, view.ids, `layout(${view.graph.name})`, []);
    this.#inputs = new Set(view.graph.inputs);
  }

  run(): Patch {
    for (const node of this.#view.graph.nodes) this.#visit(node);
    for (const id of this.#view.graph.outputs) this.#place(id);
    return this.#patch.build();
  }

  #visit(node: Node): void {
    const [x] = node.inputs;
    if (node.op === 'Transpose') return this.#transpose(node, x as ValueId);
    if (!node.inputs.some((id) => id !== undefined && this.#forms.has(id))) return;
    if (node.op === 'Reshape' && this.#reshape(node, x as ValueId)) return;
    if (node.op === 'FullyConnected' && this.#rows(node, x as ValueId)) return;
    if (node.op !== 'Reshape' && this.#push(node)) return;
    for (const id of node.inputs) if (id !== undefined) this.#place(id, node.origin);
  }

  #formOf(id: ValueId): Form {
    return this.#forms.get(id) ?? { base: id, perm: identityOf(this.#view.shape(id).length) };
  }

  #transpose(node: Node, x: ValueId): void {
    if (this.#view.constant(x)) return;
    const { base, perm } = this.#formOf(x);
    this.#forms.set(node.outputs[0], { base, perm: compose(perm, intsAttr(node.attrs, 'perm')) });
  }

  /** Makes the value `id` itself exist in the new graph. */
  #place(id: ValueId, origin: readonly string[] = this.#view.producer(id)?.origin ?? []): void {
    const form = this.#forms.get(id);
    if (!form || this.#placed.has(id)) return;
    this.#placed.add(id);
    const maker = this.#view.producer(id);
    const unmoved = maker?.op === 'Transpose' && maker.inputs[0] === form.base;
    const merged = isIdentity(form.perm);
    if (merged && this.#view.isOutput(id) && (this.#inputs.has(form.base) || this.#view.isOutput(form.base)))
      return;
    if (merged) return this.#patch.replace(id, form.base);
    if (unmoved && !this.#keepsOrder(form)) return;
    const name = maker?.op === 'Transpose' ? maker.name : `${maker?.name ?? 'value'}.transpose`;
    this.#patch.replace(id, this.#move(form.base, form.perm, name, origin));
  }

  #keepsOrder({ base, perm }: Form): boolean {
    return keepsOrder(this.#patch.type(base).shape, perm);
  }

  /** The transpose of `base`, as a reshape where the elements keep their order. */
  #move(base: ValueId, perm: Permutation, name: string, origin: readonly string[]): ValueId {
    const { shape, quant } = this.#patch.type(base);
    if (isIdentity(perm)) return base;
    return keepsOrder(shape, perm)
      ? this.#patch.add('Reshape', [base], { shape: permuted(shape, perm) }, name, quant, origin)[0]
      : this.#patch.add('Transpose', [base], { perm }, name, quant, origin)[0];
  }

  /** Carries the transposes of the operands of `node` past it, where that costs less than placing them. */
  #push(node: Node): boolean {
    if (!opByName(node.op).permute) return false;
    const rank = Math.max(...node.inputs.map((id) => (id === undefined ? 0 : this.#view.shape(id).length)));
    const perm = this.#choose(node, rank);
    if (!perm) return false;
    const inverse = invert(perm);
    const attrs = permutedAttrs(node, inverse);
    const wasLast = node.attrs.axis === rank - 1;
    if (lastAxisOps.has(node.op) && wasLast && attrs.axis !== rank - 1) return false;
    const inputs = node.inputs.map((id) =>
      id === undefined ? undefined : this.#inLayout(id, inverse, rank, node),
    );
    this.#emit(node, inputs, attrs, outputPermutation(node, this.#view.shape(node.outputs[0]).length, perm));
    return true;
  }

  #emit(node: Node, inputs: (ValueId | undefined)[], attrs: Attrs, perm: Permutation): void {
    const { quant } = this.#view.type(node.outputs[0]);
    const outputs = this.#patch.add(node.op, inputs, attrs, node.name, quant, node.origin);
    outputs.forEach((base, i) => {
      const expected = this.#view.shape(node.outputs[i]);
      const found = permuted(this.#patch.type(base).shape, perm);
      if (!sameShape(expected, found)) {
        throw new EdgecError('E_GRAPH_INVALID', `${node.op} does not permute`, {
          where: node.name,
          expected: `[${expected}]`,
          found: `[${found}]`,
        });
      }
      this.#forms.set(node.outputs[i], { base, perm });
    });
    this.pushed++;
  }

  /** The permutation among those of the operands that all can have at the least cost, if that beats none. */
  #choose(node: Node, rank: number): Permutation | undefined {
    const moving = node.inputs.filter((id): id is ValueId => id !== undefined && !this.#view.constant(id));
    const candidates = moving
      .flatMap((id) => this.#forms.get(id) ?? [])
      .flatMap(({ perm }) => (perm.length === rank && !isIdentity(perm) ? [perm] : []));
    const total = (perm: Permutation): number =>
      moving.reduce((sum, id) => sum + this.#cost(id, perm, rank), 0);
    const none = total(identityOf(rank));
    let best: { perm: Permutation; cost: number } | undefined;
    for (const perm of new Map(candidates.map((p) => [p.join(), p])).values()) {
      const cost = total(perm);
      if ((cost < none || cost === 0) && (!best || cost < best.cost)) best = { perm, cost };
    }
    return best?.perm;
  }

  /** Elements to move so that `id` is the `perm` transpose of something. */
  #cost(id: ValueId, perm: Permutation, rank: number): number {
    const { shape, moves } = this.#relayout(id, invert(perm), rank);
    return keepsOrder(shape, moves) ? 0 : elementCount(shape);
  }

  #relayout(
    id: ValueId,
    inverse: Permutation,
    rank: number,
  ): { base: ValueId; shape: number[]; moves: number[] } {
    const form = this.#formOf(id);
    const missing = rank - form.perm.length;
    const full = [...identityOf(missing), ...form.perm.map((axis) => axis + missing)];
    return {
      base: form.base,
      shape: toRank(this.#patch.type(form.base).shape, rank),
      moves: compose(full, inverse),
    };
  }

  #inLayout(id: ValueId, inverse: Permutation, rank: number, node: Node): ValueId {
    const constant = this.#view.constant(id);
    if (constant) {
      if (elementCount(constant.shape) === 1 && constant.shape.length < rank) return id;
      const full = reshaped(constant, toRank(constant.shape, rank), shiftedQuant(constant, rank));
      return this.#patch.constant(`${this.#view.graph.values.get(id)?.name}`, transposeTensor(full, inverse));
    }
    const { base, shape, moves } = this.#relayout(id, inverse, rank);
    const type = this.#patch.type(base);
    if (elementCount(shape) === 1 && type.shape.length < rank) return base;
    if (isIdentity(moves) && type.shape.length === rank) return base;
    if (keepsOrder(shape, moves)) {
      return this.#patch.add(
        'Reshape',
        [base],
        { shape: permuted(shape, moves) },
        `${node.name}.reshape`,
        type.quant,
        node.origin,
      )[0];
    }
    const wide =
      type.shape.length === rank
        ? base
        : this.#patch.add('Reshape', [base], { shape }, `${node.name}.reshape`, type.quant, node.origin)[0];
    return this.#move(wide, moves, `${node.name}.transpose`, node.origin);
  }

  /** FullyConnected works on rows: the axes before the last may stand in any order. */
  #rows(node: Node, x: ValueId): boolean {
    const form = this.#forms.get(x);
    const last = this.#view.shape(x).length - 1;
    if (!form || last < 1 || form.perm[last] !== last || isIdentity(form.perm)) return false;
    this.#emit(node, [form.base, ...node.inputs.slice(1)], node.attrs, form.perm);
    return true;
  }

  #reshape(node: Node, x: ValueId): boolean {
    const form = this.#forms.get(x);
    if (!form || isIdentity(form.perm)) return false;
    const way = reshapeThrough(this.#view.shape(x), this.#view.shape(node.outputs[0]), form.perm);
    if (!way) return false;
    const first = way.before
      ? this.#move(form.base, way.before, `${node.name}.transpose`, node.origin)
      : form.base;
    const { shape, quant } = this.#patch.type(first);
    const base = sameShape(shape, way.shape)
      ? first
      : this.#patch.add('Reshape', [first], { shape: way.shape }, node.name, quant, node.origin)[0];
    this.#forms.set(node.outputs[0], { base, perm: way.perm });
    this.pushed++;
    return true;
  }
}

function shiftedQuant(
  t: {
    quant?: { axis?: number; scale: readonly number[]; zeroPoint: readonly number[] };
    shape: readonly number[];
  },
  rank: number,
) {
  return t.quant?.axis === undefined ? t.quant : { ...t.quant, axis: t.quant.axis + rank - t.shape.length };
}

/** Attributes of `node` on permuted operands; ops that drop axes permute them as if they kept them. */
function permutedAttrs(node: Node, perm: Permutation): Attrs {
  const permute = opByName(node.op).permute as (attrs: Attrs, perm: Permutation) => Attrs;
  if (node.attrs.keepDims !== false) return permute(node.attrs, perm);
  return { ...permute({ ...node.attrs, keepDims: true }, perm), keepDims: false };
}

/** What a permutation of the operand does to an output, which may have lost the axes that were reduced. */
function outputPermutation(node: Node, rank: number, perm: Permutation): Permutation {
  if (rank === perm.length) return perm;
  const reduced = new Set(
    'axes' in node.attrs ? intsAttr(node.attrs, 'axes') : [numberAttr(node.attrs, 'axis')],
  );
  const kept = perm.filter((_, i) => !reduced.has(i));
  const order = [...kept].sort((a, b) => a - b);
  return kept.map((axis) => order.indexOf(axis));
}
