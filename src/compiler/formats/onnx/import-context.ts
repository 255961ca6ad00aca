import {
  type Attrs,
  elementCount,
  type Limits,
  type Tensor,
  tensor,
  transposeTensor,
} from '../../../core/index.ts';
import { type AddOptions, GraphBuilder, type ValueId } from '../../graph/index.ts';

/** Parameters that a Dequantize node applies to a constant. */
export interface ConstantDequantize {
  readonly constant: Tensor;
  readonly attrs: Attrs;
}

/** What importers of one model share: the graph under construction and what its values came from. */
export class ImportContext {
  readonly builder: GraphBuilder;
  readonly values = new Map<string, ValueId>();
  readonly inputs = new Set<ValueId>();
  /** Outputs of the source's nodes that nothing here stands for: masks and indices. */
  readonly omitted = new Set<string>();
  readonly notes = new Set<string>();
  /** Inputs of which an unknown leading dimension is taken as 1. */
  readonly assumedBatch = new Set<string>();
  readonly opsets: ReadonlyMap<string, number>;
  readonly directory: string | undefined;
  /** How many subgraphs lie around the one that is brought in. */
  depth = 0;
  /** How many subgraphs were brought in. */
  inlined = 0;
  /** Brings a subgraph in (bytes of its message), its inputs bound to values; returns its outputs. */
  readonly inline: (subgraph: Uint8Array, inputs: readonly ValueId[]) => ValueId[];
  readonly #unsigned = new Set<ValueId>();
  readonly #labels = new Map<ValueId, readonly string[]>();
  readonly #columns = new Map<ValueId, readonly string[]>();
  readonly #dequantized = new Map<ValueId, ConstantDequantize>();

  constructor(
    opsets: ReadonlyMap<string, number>,
    directory: string | undefined,
    inline: (context: ImportContext, subgraph: Uint8Array, inputs: readonly ValueId[]) => ValueId[],
    limits?: Limits,
  ) {
    this.builder = new GraphBuilder(limits);
    this.inline = (subgraph, inputs) => inline(this, subgraph, inputs);
    this.opsets = opsets;
    this.directory = directory;
  }

  /** Whether the int8 value stands for a uint8 one, 128 higher. */
  isUnsigned(id: ValueId): boolean {
    return this.#unsigned.has(id);
  }

  markUnsigned(id: ValueId): ValueId {
    this.#unsigned.add(id);
    return id;
  }

  /** Notes the strings that the integers of a value are indices into. */
  label(id: ValueId, labels: readonly string[]): ValueId {
    this.#labels.set(id, labels);
    return id;
  }

  /** The strings that a value's integers stand for, if they do. */
  labelsOf(id: ValueId): readonly string[] | undefined {
    return this.#labels.get(id);
  }

  /** Notes what the columns of a value are called. */
  nameColumns(id: ValueId, names: readonly string[]): ValueId {
    this.#columns.set(id, names);
    return id;
  }

  columnsOf(id: ValueId): readonly string[] | undefined {
    return this.#columns.get(id);
  }

  /** The integers behind a value that is a constant with parameters. */
  dequantized(id: ValueId): ConstantDequantize | undefined {
    return this.#dequantized.get(id);
  }

  add(op: string, inputs: readonly (ValueId | undefined)[], attrs: Attrs, options: AddOptions): ValueId[] {
    const outputs = this.builder.add(op, inputs, attrs, options);
    const source = inputs[0] === undefined ? undefined : this.builder.constantOf(inputs[0]);
    if (op === 'Dequantize' && source) this.#dequantized.set(outputs[0], { constant: source, attrs });
    return outputs;
  }

  transpose(x: ValueId, perm: readonly number[], options: AddOptions): ValueId {
    if (perm.every((p, i) => p === i)) return x;
    return (
      this.#move(
        x,
        options,
        (t) => transposeTensor(t, perm),
        (axis) => perm.indexOf(axis),
      ) ?? this.add('Transpose', [x], { perm }, options)[0]
    );
  }

  reshape(x: ValueId, shape: readonly number[], options: AddOptions): ValueId {
    const from = this.builder.type(x).shape;
    if (from.join() === shape.join()) return x;
    const axisAfter = (axis: number): number | undefined => {
      const before = elementCount(from.slice(0, axis));
      const found = shape.findIndex((d, i) => d === from[axis] && elementCount(shape.slice(0, i)) === before);
      return found < 0 ? undefined : found;
    };
    return (
      this.#move(x, options, (t) => tensor(t.dtype, shape, t.data, t.quant), axisAfter) ??
      this.add('Reshape', [x], { shape }, options)[0]
    );
  }

  /** Moves the elements of a constant, or of a dequantised one below its parameters. */
  #move(
    x: ValueId,
    options: AddOptions,
    move: (t: Tensor) => Tensor,
    axisAfter: (axis: number) => number | undefined,
  ): ValueId | undefined {
    const constant = this.builder.constantOf(x);
    const name = options.name ?? this.builder.value(x).name;
    if (constant) {
      const moved = this.builder.constant(name, move(constant));
      return this.isUnsigned(x) ? this.markUnsigned(moved) : moved;
    }
    const source = this.dequantized(x);
    if (!source) return undefined;
    const axis = source.attrs.axis as number | undefined;
    const newAxis = axis === undefined || axis < 0 ? -1 : axisAfter(axis);
    if (newAxis === undefined) return undefined;
    const moved = this.builder.constant(`${name}.stored`, move(source.constant));
    return this.add('Dequantize', [moved], { ...source.attrs, axis: newAxis }, options)[0];
  }
}
