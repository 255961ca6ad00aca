import {
  type Attrs,
  checkOperands,
  completeAttrs,
  EdgecError,
  type Lowering,
  type OpDefinition,
  opByName,
  type PackageGraph,
  type PackageNode,
  type PackageState,
  type PackageValue,
  type QuantParams,
  type Ref,
  sameQuant,
  type Tensor,
  type TensorType,
} from '../../core/index.ts';
import {
  type Graph,
  type Node,
  operandConstants,
  operandTypes,
  type ValueId,
  valueOf,
} from '../graph/index.ts';
import { fuseSums } from './fuse-sums.ts';
import { rescaleTable } from './rescale-table.ts';

/** Builds the graph section of a package out of a graph with real or quantised types. */
class Lowerer {
  readonly values: PackageValue[] = [];
  readonly nodes: PackageNode[] = [];
  readonly #graph: Graph;
  readonly index = new Map<ValueId, number>();
  readonly #constants = new Map<string, number>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  #add(value: PackageValue): number {
    this.values.push(value);
    return this.values.length - 1;
  }

  indexOf(id: ValueId): number {
    const known = this.index.get(id);
    if (known !== undefined) return known;
    const { name, type, constant } = valueOf(this.#graph, id);
    const index = this.#add(constant ? { name, type, constant } : { name, type });
    this.index.set(id, index);
    return index;
  }

  lower(node: Node): void {
    const definition = opByName(node.op);
    const types = operandTypes(this.#graph, node);
    const outputTypes = node.outputs.map((id) => valueOf(this.#graph, id).type);
    const quantised =
      outputTypes.some((t) => t.quant) && (types.some((t) => t?.quant) || node.op === 'Requantize');
    const border = node.op === 'Quantize' || node.op === 'Dequantize' || node.op === 'Recode';
    if (!quantised || border || isInteger(definition)) return this.#copy(node);
    if (!definition.quantize) {
      throw new EdgecError('E_OP_UNSUPPORTED', `${node.op} has no integer form`, {
        where: node.name,
        remedy: 'keep this node in float',
      });
    }
    if (definition.quantize.lower) this.#lowerByRule(node, definition, types, outputTypes);
    else this.#copySameScale(node, types, outputTypes);
  }

  #copy(node: Node): void {
    this.nodes.push({
      name: node.name,
      op: node.op,
      inputs: node.inputs.map((id) => (id === undefined ? undefined : this.indexOf(id))),
      outputs: node.outputs.map((id) => this.indexOf(id)),
      attrs: node.attrs,
      origin: node.origin,
    });
  }

  /** Bytes move: the op itself on int8, every operand brought to the output's parameters first. */
  #copySameScale(
    node: Node,
    types: readonly (TensorType | undefined)[],
    outputTypes: readonly TensorType[],
  ): void {
    const quant = outputTypes[0].quant;
    const inputs = node.inputs.map((id, i) => {
      if (id === undefined) return undefined;
      const type = types[i];
      const index = this.indexOf(id);
      return type?.quant && quant ? this.#rescale(node, index, type, quant) : index;
    });
    this.nodes.push({
      name: node.name,
      op: node.op,
      inputs,
      outputs: node.outputs.map((id) => this.indexOf(id)),
      attrs: node.attrs,
      origin: node.origin,
    });
  }

  #rescale(node: Node, index: number, from: TensorType, to: QuantParams): number {
    if (!from.quant || sameQuant(from.quant, to)) return index;
    const table = this.#shared(`table_${node.name}`, rescaleTable(from.quant, to, node.op === 'Concat'));
    return this.#emit(node, 'Table', [index, table], {}, to);
  }

  /** Equal constants of derived parameters are stored once. */
  #shared(name: string, t: Tensor): number {
    const key = `${t.dtype}:${t.shape}:${Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength).toString('base64')}`;
    const known = t.data.byteLength <= 4096 ? this.#constants.get(key) : undefined;
    if (known !== undefined) return known;
    const { data: _, ...type } = t;
    const index = this.#add({ name, type, constant: t });
    this.#constants.set(key, index);
    return index;
  }

  #emit(
    node: Node,
    op: string,
    inputs: readonly (number | undefined)[],
    attrs: Attrs,
    quant?: QuantParams,
  ): number {
    const definition = opByName(op);
    const complete = completeAttrs(op, definition.attrs, attrs);
    const types = inputs.map((i) => (i === undefined ? undefined : this.values[i].type));
    const [inferred] = definition.infer(types, complete);
    const type: TensorType = quant ? { dtype: inferred.dtype, shape: inferred.shape, quant } : inferred;
    const output = this.#add({ name: `${node.name}.${this.nodes.length}`, type });
    this.nodes.push({ name: node.name, op, inputs, outputs: [output], attrs: complete, origin: node.origin });
    return output;
  }

  #lowerByRule(
    node: Node,
    definition: OpDefinition,
    types: readonly (TensorType | undefined)[],
    outputTypes: readonly TensorType[],
  ): void {
    const constants = operandConstants(this.#graph, node);
    const lowering: Lowering<never> = {
      attrs: node.attrs as never,
      inputs: node.inputs.map((id) => (id === undefined ? undefined : (this.indexOf(id) as Ref))),
      types,
      outputs: outputTypes,
      constant: (i) => constants[i],
      addConstant: (t) => this.#shared(`${node.name}.constant`, t) as Ref,
      emit: (op, inputs, attrs, quant) => this.#emit(node, op, inputs, attrs, quant) as Ref,
      rescale: (ref, from, quant) => this.#rescale(node, ref, from, quant) as Ref,
    };
    const refs = definition.quantize?.lower?.(lowering) ?? [];
    node.outputs.forEach((id, i) => {
      const value = valueOf(this.#graph, id);
      const { constant, type } = this.values[refs[i]];
      this.values[refs[i]] = {
        name: value.name,
        type: { ...type, quant: value.type.quant },
        ...(constant && { constant }),
      };
      this.index.set(id, refs[i]);
    });
  }
}

/** Whether an op has an integer form alone, so that it runs as it stands. */
const isInteger = ({ inputs, quantize }: OpDefinition): boolean =>
  !quantize && inputs.every(({ dtypes }) => !dtypes.includes('float32'));

/** Throws E_OP_SHAPE or E_TENSOR_DTYPE for a node that no executor can run. */
function checkNode({ name, op, inputs, attrs }: PackageNode, values: readonly PackageValue[]): void {
  const definition = opByName(op);
  const operands = inputs.map((i) => (i === undefined ? undefined : values[i]));
  const computed = definition.inputs.find((port, i) => port.constant && operands[i] && !operands[i].constant);
  if (computed) {
    throw new EdgecError('E_OP_UNSUPPORTED', `${op} with a computed ${computed.name} is not supported`, {
      expected: 'a constant',
      where: name,
    });
  }
  try {
    checkOperands(
      definition,
      operands.map((v) => v?.type),
      attrs,
    );
  } catch (error) {
    throw error instanceof EdgecError ? error.within(name) : error;
  }
}

export interface Lowered {
  readonly graph: PackageGraph;
  /** Values that are kept between runs. */
  readonly states: readonly PackageState[];
  /** Where the values of the graph that was lowered are in the package. */
  readonly indexOf: ReadonlyMap<ValueId, number>;
}

export interface LowerOptions {
  /** Whether every value of the graph that is lowered can be read in the network, which costs fusions. */
  everyValue?: boolean;
}

/** The target-free network that a package holds: every node an op that executors run as it stands. */
export function lower(graph: Graph, { everyValue = false }: LowerOptions = {}): Lowered {
  const lowerer = new Lowerer(graph);
  const inputs = graph.inputs.map((id) => lowerer.indexOf(id));
  for (const node of graph.nodes) {
    try {
      lowerer.lower(node);
    } catch (error) {
      throw error instanceof EdgecError ? error.within(node.name) : error;
    }
  }
  for (const node of lowerer.nodes) checkNode(node, lowerer.values);
  const outputs = graph.outputs.map((id) => lowerer.indexOf(id));
  const plain = { values: lowerer.values, nodes: lowerer.nodes, inputs, outputs };
  const lowered = dropUnused(everyValue ? plain : fuseSums(plain), lowerer.index);
  return { ...lowered, states: statesOf(graph, lowered.graph) };
}

const statesOf = ({ states = [] }: Graph, { values, inputs, outputs }: PackageGraph): PackageState[] =>
  states.map(({ input, output, initial }) => ({
    input: values[inputs[input]].name,
    output: values[outputs[output]].name,
    initial,
  }));

/** Constants that lowering replaced (float bias, unshared tables) and values inside fusions leave no trace. */
function dropUnused(graph: PackageGraph, index: ReadonlyMap<ValueId, number>): Omit<Lowered, 'states'> {
  const used = new Set<number>([...graph.inputs, ...graph.outputs]);
  for (const node of graph.nodes)
    for (const id of [...node.inputs, ...node.outputs]) if (id !== undefined) used.add(id);
  const kept = [...used].sort((a, b) => a - b);
  const renumbered = new Map(kept.map((old, i) => [old, i]));
  const at = (i: number): number => renumbered.get(i) as number;
  const nodes = graph.nodes.map((n) => ({
    ...n,
    inputs: n.inputs.map((i) => (i === undefined ? undefined : at(i))),
    outputs: n.outputs.map(at),
  }));
  return {
    graph: {
      values: kept.map((i) => graph.values[i]),
      nodes,
      inputs: graph.inputs.map(at),
      outputs: graph.outputs.map(at),
    },
    indexOf: new Map([...index].filter(([, i]) => renumbered.has(i)).map(([id, i]) => [id, at(i)])),
  };
}
