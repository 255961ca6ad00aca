import {
  type Attrs,
  checkLimit,
  checkShape,
  completeAttrs,
  defaultLimits,
  EdgecError,
  elementCount,
  type Limits,
  opByName,
  type Tensor,
  type TensorType,
  tensor,
  tensorBytes,
} from '../../core/index.ts';
import type { Graph, GraphState, Node, SourceInfo, Stage, Value, ValueId } from './graph.ts';

/** Results of integer and boolean ops on constants are computed at once up to this many elements. */
const eagerElements = 4096;
const neverEager = new Set(['Quantize', 'Dequantize', 'Requantize']);

export interface AddOptions {
  name?: string;
  outputNames?: readonly string[];
  origin?: readonly string[];
  /** Replaces what `infer` says of the outputs' quantisation. */
  outputQuant?: readonly (TensorType['quant'] | undefined)[];
}

/**
 * Builds a graph node by node, with every type known at once. Shape arithmetic disappears here: an op whose
 * operands are small constants is evaluated instead of added.
 */
export class GraphBuilder {
  readonly limits: Limits;
  readonly #values = new Map<ValueId, Value>();
  readonly #nodes: Node[] = [];
  readonly #inputs: ValueId[] = [];
  #outputs: ValueId[] = [];
  #next = 0;
  #constantBytes = 0;

  /** What is built throws E_LIMIT_EXCEEDED beyond `limits`. */
  constructor(limits: Limits = defaultLimits) {
    this.limits = limits;
  }

  get inputs(): readonly ValueId[] {
    return this.#inputs;
  }

  value(id: ValueId): Value {
    const value = this.#values.get(id);
    if (!value) throw new RangeError(`value ${id} is not in this builder`);
    return value;
  }

  type(id: ValueId): TensorType {
    return this.value(id).type;
  }

  constantOf(id: ValueId | undefined): Tensor | undefined {
    return id === undefined ? undefined : this.value(id).constant;
  }

  input(name: string, type: TensorType): ValueId {
    const id = this.#value(name, type);
    this.#inputs.push(id);
    return id;
  }

  constant(name: string, t: Tensor): ValueId {
    const { data: _, ...type } = t;
    return this.#value(name, type, t);
  }

  /** Adds a node, or folds it. Throws the op's own errors with `where` set to the node's name. */
  add(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    attrs: Attrs = {},
    options: AddOptions = {},
  ): ValueId[] {
    const name = options.name ?? `${op.toLowerCase()}_${this.#nodes.length}`;
    try {
      return this.#add(op, inputs, attrs, name, options);
    } catch (error) {
      throw error instanceof EdgecError ? error.within(name) : error;
    }
  }

  /** `add` for an op with one output. */
  add1(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    attrs: Attrs = {},
    options: AddOptions = {},
  ): ValueId {
    return this.add(op, inputs, attrs, options)[0];
  }

  #add(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    given: Attrs,
    name: string,
    options: AddOptions,
  ): ValueId[] {
    const definition = opByName(op);
    const attrs = completeAttrs(op, definition.attrs, given);
    const types = inputs.map((id) => (id === undefined ? undefined : this.type(id)));
    const inferred = definition.infer(types, attrs);
    const outputTypes = options.outputQuant
      ? inferred.map((t, i) => ({ dtype: t.dtype, shape: t.shape, quant: options.outputQuant?.[i] }))
      : inferred;
    const constants = inputs.map((id) => this.constantOf(id));
    const known = inputs.every((id, i) => id === undefined || constants[i] !== undefined);
    const names = outputTypes.map((_, i) => options.outputNames?.[i] ?? (i === 0 ? name : `${name}:${i}`));
    if (known && this.#eager(op, outputTypes)) {
      const outputs = outputTypes.map((t) => tensor(t.dtype, t.shape, undefined, t.quant));
      definition.evaluate(constants, attrs, outputs);
      return outputs.map((t, i) => this.constant(names[i], t));
    }
    const outputs = outputTypes.map((t, i) => this.#value(names[i], t));
    checkLimit(this.limits, 'nodes', this.#nodes.length + 1);
    this.#nodes.push({ name, op, inputs: [...inputs], outputs, attrs, origin: options.origin ?? [] });
    return outputs;
  }

  #eager(op: string, outputs: readonly TensorType[]): boolean {
    return !neverEager.has(op) && outputs.every((t) => elementCount(t.shape) <= eagerElements);
  }

  output(id: ValueId): void {
    this.#outputs.push(id);
  }

  /** Gives value `id` another name: graph outputs carry the source's names. */
  rename(id: ValueId, name: string): void {
    this.#values.set(id, { ...this.value(id), name });
  }

  #value(name: string, type: TensorType, constant?: Tensor): ValueId {
    checkShape(type.shape, name);
    const bytes = tensorBytes(type);
    if (constant) this.#constantBytes += bytes;
    checkLimit(this.limits, 'memoryBytes', constant ? this.#constantBytes : bytes, name);
    const id = this.#next++;
    this.#values.set(id, constant ? { id, name, type, constant } : { id, name, type });
    return id;
  }

  build(name: string, stage: Stage, source: SourceInfo, states: readonly GraphState[] = []): Graph {
    return {
      name,
      stage,
      source,
      values: this.#values,
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: this.#outputs,
      ...(states.length > 0 && { states }),
    };
  }
}
