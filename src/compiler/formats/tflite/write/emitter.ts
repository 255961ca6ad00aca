import {
  EdgecError,
  f32,
  numbers,
  type QuantParams,
  rne,
  sameQuant,
  type Tensor,
  type TensorType,
  tensor,
} from '../../../../core/index.ts';
import { type Graph, type Node, type ValueId, valueOf } from '../../../graph/index.ts';
import { activationBounds, optionTables } from '../schema.ts';
import { ModelWriter, type Options, options } from './model-writer.ts';

/** Index of a tensor in the file. */
export type TensorIndex = number;

/** Writes one node: adds operators and returns the tensors of its outputs. */
export type Write = (out: Emitter, node: Node) => TensorIndex[];
export type Writes = Readonly<Record<string, Write>>;

const int8Version = 2;

/** Adds operators and keeps, for every value of the graph, the tensor that holds it. */
export class Emitter {
  readonly graph: Graph;
  /** int8 values are stored as uint8: weights with a zero point have no other operator. */
  readonly unsigned: boolean;
  readonly #model: ModelWriter;
  readonly #held = new Map<ValueId, TensorIndex>();
  readonly #bound = new Set<TensorIndex>();
  /** Tensors whose name is final. */
  readonly #named = new Set<TensorIndex>();
  readonly #names = new Set<string>();

  constructor(graph: Graph, unsigned = false) {
    this.graph = graph;
    this.unsigned = unsigned;
    this.#model = new ModelWriter(unsigned);
    for (const id of [...graph.inputs, ...graph.outputs]) this.#names.add(valueOf(graph, id).name);
    for (const id of graph.inputs) {
      const { name, type } = valueOf(graph, id);
      const index = this.#model.tensor(name, unsigned ? recoded(type) : type);
      this.#held.set(id, index);
      this.#bound.add(index);
      this.#named.add(index);
    }
  }

  #unique(name: string): string {
    let found = name;
    for (let i = 1; this.#names.has(found); i++) found = `${name}_${i}`;
    this.#names.add(found);
    return found;
  }

  /** Type of a value of the graph. */
  type(id: ValueId | undefined): TensorType {
    return valueOf(this.graph, id as ValueId).type;
  }

  typeOf(index: TensorIndex): TensorType {
    return this.#model.typeOf(index);
  }

  constantOf(id: ValueId | undefined): Tensor | undefined {
    return id === undefined ? undefined : valueOf(this.graph, id).constant;
  }

  /** The tensor that holds operand `i` of a node. */
  operand(node: Node, i: number): TensorIndex {
    return this.tensorOf(node.inputs[i] as ValueId);
  }

  tensorOf(id: ValueId): TensorIndex {
    const known = this.#held.get(id);
    if (known !== undefined) return known;
    const { name, constant } = valueOf(this.graph, id);
    if (!constant) throw new EdgecError('E_GRAPH_INVALID', `value '${name}' is read before it is made`);
    const index = this.constant(name, constant);
    this.#held.set(id, index);
    this.#bound.add(index);
    return index;
  }

  constant(name: string, t: Tensor): TensorIndex {
    const { data: _, ...type } = t;
    return this.#model.tensor(this.#unique(name), type, t);
  }

  ints(name: string, values: readonly number[]): TensorIndex {
    return this.constant(name, tensor('int32', [values.length], values));
  }

  /** A real number as a tensor that fits `type`: stored in its scale where it has one. */
  scalar(name: string, value: number, { dtype, quant }: TensorType): TensorIndex {
    const stored = dtype === 'int8' && quant ? quantized(value, quant) : value;
    return this.constant(name, tensor(dtype, [], [stored], quant));
  }

  /** Adds an operator with one output of `type`. Versions default to the first that takes int8. */
  emit(
    builtin: string,
    inputs: readonly (TensorIndex | undefined)[],
    type: TensorType,
    opts?: Options,
    version?: number,
  ): TensorIndex {
    return this.emitAll(builtin, inputs, [type], opts, version)[0];
  }

  emitAll(
    builtin: string,
    inputs: readonly (TensorIndex | undefined)[],
    types: readonly TensorType[],
    opts?: Options,
    version?: number,
  ): TensorIndex[] {
    const outputs = types.map((type) => this.#model.tensor('', type));
    const dtypes = [...types, ...inputs.flatMap((i) => (i === undefined ? [] : [this.typeOf(i)]))];
    const needed = version ?? (dtypes.some((t) => t.dtype === 'int8') ? int8Version : 1);
    this.#model.operator(
      builtin,
      needed,
      inputs.map((i) => i ?? -1),
      outputs,
      opts,
    );
    for (const index of outputs) this.#model.rename(index, this.#unique(`${builtin.toLowerCase()}_${index}`));
    return outputs;
  }

  /** `index` with the parameters `quant`: an operator is added where they differ. */
  requantized(index: TensorIndex, quant: QuantParams | undefined): TensorIndex {
    const type = this.typeOf(index);
    if (!quant || type.dtype !== 'int8' || sameQuant(type.quant, quant)) return index;
    return this.emit('QUANTIZE', [index], { ...type, quant }, options(optionTables.quantize));
  }

  /** `index` as real numbers. */
  real(index: TensorIndex): TensorIndex {
    const { dtype, quant, shape } = this.typeOf(index);
    if (dtype !== 'int8' || !quant) return index;
    return this.emit('DEQUANTIZE', [index], { dtype: 'float32', shape }, options(optionTables.dequantize));
  }

  /** `index` in the element type and parameters of `type`. */
  like(index: TensorIndex, type: TensorType): TensorIndex {
    if (type.dtype !== 'int8' || this.typeOf(index).dtype === 'int8')
      return this.requantized(index, type.quant);
    return this.emit('QUANTIZE', [index], type, options(optionTables.quantize), 1);
  }

  reshape(index: TensorIndex, shape: readonly number[]): TensorIndex {
    const type = { ...this.typeOf(index), shape };
    return this.emit('RESHAPE', [index, this.ints('shape', shape)], type, options(optionTables.reshape), 1);
  }

  /** Runs `make` with the fused activation of `node`, or clamps what it makes without one. */
  clamped(node: Node, make: (activation: number) => TensorIndex): TensorIndex {
    const min = node.attrs.clampMin as number;
    const max = node.attrs.clampMax as number;
    const code = activationBounds.findIndex(([low, high]) => low === min && high === max);
    return code >= 0 ? make(code) : this.clamp(make(0), min, max);
  }

  clamp(index: TensorIndex, min: number, max: number): TensorIndex {
    const type = this.typeOf(index);
    const bound = (builtin: string, x: TensorIndex, value: number): TensorIndex =>
      Number.isFinite(value)
        ? this.emit(
            builtin,
            [x, this.scalar('bound', value, type)],
            type,
            options(optionTables.maximumMinimum),
          )
        : x;
    return bound('MINIMUM', bound('MAXIMUM', index, min), max);
  }

  /** Says that tensor `index` holds value `id`. A graph output that is no tensor of its own is copied. */
  bind(id: ValueId, index: TensorIndex): void {
    const { name } = valueOf(this.graph, id);
    const isOutput = this.graph.outputs.includes(id);
    const taken = this.#named.has(index) || this.#model.isConstant(index);
    const held = taken && isOutput ? this.reshape(index, this.typeOf(index).shape) : index;
    if (isOutput) this.#named.add(held);
    if (isOutput) this.#model.rename(held, name);
    else if (!this.#bound.has(held)) this.#model.rename(held, this.#unique(name));
    this.#bound.add(held);
    this.#held.set(id, held);
  }

  finish(): Uint8Array {
    const { graph } = this;
    return this.#model.finish(
      graph.name || 'main',
      graph.inputs.map((id) => this.tensorOf(id)),
      graph.outputs.map((id) => this.tensorOf(id)),
    );
  }
}

/** The int8 form of a uint8 type. */
function recoded({ dtype, shape, quant }: TensorType): TensorType {
  if (dtype !== 'uint8' || !quant) return { dtype, shape, ...(quant && { quant }) };
  return { dtype: 'int8', shape, quant: { ...quant, zeroPoint: quant.zeroPoint.map((z) => z - 128) } };
}

/** A real number in the integers of `quant`. */
export const quantized = (value: number, { scale, zeroPoint }: QuantParams): number =>
  Math.max(-128, Math.min(127, rne(f32(f32(value / scale[0]) + zeroPoint[0]))));

/** Every element of an integer or real constant, as reals. */
export const elements = (t: Tensor): ArrayLike<number> => numbers(t);

export const cannotWrite = (node: Node, what: string, remedy?: string): EdgecError =>
  new EdgecError('E_OP_UNSUPPORTED', `${node.op} with ${what} cannot be written to TFLite`, {
    where: node.name,
    remedy: remedy ?? 'write ONNX or a package instead',
  });
