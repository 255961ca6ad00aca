import { EdgecError, opByName, type QuantParams, sameQuant } from '../../../core/index.ts';
import { consumers, type Graph, GraphBuilder, type Node, type ValueId, valueOf } from '../../graph/index.ts';

/** Ops that only move elements: they give the same result before and after a Dequantize. */
const moves = new Set([
  'Transpose',
  'Reshape',
  'Slice',
  'Split',
  'Expand',
  'Tile',
  'Gather',
  'DepthToSpace',
  'SpaceToDepth',
  'MaxPool2d',
]);

/** Ops whose result may pass to the Quantize behind them without leaving the integers. */
const passesTarget = new Set([...moves, 'Clip']);

const paramsOf = (node: Node): QuantParams => {
  const scale = node.attrs.scale as readonly number[];
  const zeroPoint = node.attrs.zeroPoint as readonly number[];
  const axis = node.attrs.axis as number;
  return axis < 0 ? { scale, zeroPoint } : { scale, zeroPoint, axis };
};

/** For every value that all of its readers quantise alike, in the end: those parameters. */
function quantizeTargets(graph: Graph): Map<ValueId, QuantParams> {
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs);
  const targets = new Map<ValueId, QuantParams>();
  const targetThrough = (node: Node, id: ValueId): QuantParams | undefined => {
    if (node.op === 'Quantize') return node.attrs.axis === -1 ? paramsOf(node) : undefined;
    return passesTarget.has(node.op) && node.inputs[0] === id ? targets.get(node.outputs[0]) : undefined;
  };
  for (const node of [...graph.nodes].reverse()) {
    for (const id of node.outputs) {
      const found = (readers.get(id) ?? []).map((reader) => targetThrough(reader, id));
      const [first] = found;
      if (first && !outputs.has(id) && found.every((q) => sameQuant(q, first))) targets.set(id, first);
    }
  }
  return targets;
}

/**
 * Turns islands of Dequantize, op, Quantize into ops on values with quantised types. What has no integer
 * form keeps its Dequantize and Quantize. A graph without such nodes comes back as it is.
 * Throws E_TENSOR_DTYPE for a quantised value that is no real number.
 */
export function foldQdq(graph: Graph): Graph {
  if (!graph.nodes.some((n) => n.op === 'Quantize')) return graph;
  return new Folder(graph).run();
}

class Folder {
  readonly #graph: Graph;
  readonly #builder = new GraphBuilder();
  readonly #targets: Map<ValueId, QuantParams>;
  /** New values that hold the integers, and the reals, of an old value. */
  readonly #integer = new Map<ValueId, ValueId>();
  readonly #real = new Map<ValueId, ValueId>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#targets = quantizeTargets(graph);
  }

  run(): Graph {
    for (const id of this.#graph.inputs) {
      const { name, type } = valueOf(this.#graph, id);
      this.#real.set(id, this.#builder.input(name, type));
    }
    for (const node of this.#graph.nodes) this.#addNode(node);
    for (const id of this.#graph.outputs) this.#addOutput(id);
    const { name, source } = this.#graph;
    return this.#builder.build(name, 'quantized', source);
  }

  #addOutput(id: ValueId): void {
    const output = this.#realForm(id);
    const { name } = valueOf(this.#graph, id);
    if (this.#builder.value(output).name !== name) this.#builder.rename(output, name);
    this.#builder.output(output);
  }

  /** The value in its own element type. */
  #realForm(id: ValueId): ValueId {
    const known = this.#real.get(id);
    if (known !== undefined) return known;
    const { name, constant, type } = valueOf(this.#graph, id);
    const integer = this.#integer.get(id);
    let made: ValueId;
    if (constant) made = this.#builder.constant(name, constant);
    else if (integer !== undefined && type.dtype === 'float32')
      made = this.#dequantized(integer, `${name}.real`);
    else {
      throw new EdgecError('E_TENSOR_DTYPE', 'a quantised value is no real number', {
        expected: 'float32',
        found: type.dtype,
        where: name,
      });
    }
    this.#real.set(id, made);
    return made;
  }

  #dequantized(integer: ValueId, name: string): ValueId {
    const { scale, zeroPoint, axis = -1 } = this.#builder.type(integer).quant as QuantParams;
    return this.#builder.add1('Dequantize', [integer], { scale, zeroPoint, axis }, { name });
  }

  #addNode(node: Node): void {
    if (node.op === 'Dequantize' && this.#foldDequantize(node)) return;
    if (node.op === 'Quantize' && this.#foldQuantize(node)) return;
    if (this.#foldMovement(node) || this.#foldClip(node) || this.#foldOp(node)) return;
    this.#copy(node);
  }

  /** Constants and activations of known parameters are real values by their type alone. */
  #foldDequantize(node: Node): boolean {
    const [x] = node.inputs as [ValueId];
    const [y] = node.outputs;
    const quant = paramsOf(node);
    const { constant, name } = valueOf(this.#graph, x);
    if (constant) {
      this.#integer.set(y, this.#builder.constant(name, { ...constant, quant }));
      return true;
    }
    if (quant.axis !== undefined || valueOf(this.#graph, x).type.dtype !== 'int8') return false;
    const source = this.#realForm(x);
    const { quant: own, shape } = this.#builder.type(source);
    if (own && !sameQuant(own, quant)) return false;
    const typed = own
      ? source
      : this.#builder.add1(
          'Reshape',
          [source],
          { shape },
          { name: node.name, origin: node.origin, outputQuant: [quant] },
        );
    this.#integer.set(y, typed);
    return true;
  }

  #foldQuantize(node: Node): boolean {
    const integer = this.#integer.get(node.inputs[0] as ValueId);
    if (integer === undefined || node.attrs.axis !== -1) return false;
    const { dtype, quant } = this.#builder.type(integer);
    if (dtype !== 'int8' || quant?.axis !== undefined || this.#builder.constantOf(integer)) return false;
    const to = paramsOf(node);
    const attrs = { scale: to.scale[0], zeroPoint: to.zeroPoint[0] };
    const options = { name: node.name, origin: node.origin };
    const result = sameQuant(quant, to)
      ? integer
      : this.#builder.add1('Requantize', [integer], attrs, options);
    this.#real.set(node.outputs[0], result);
    return true;
  }

  #activation(id: ValueId | undefined): ValueId | undefined {
    const integer = id === undefined ? undefined : this.#integer.get(id);
    const type = integer === undefined ? undefined : this.#builder.type(integer);
    return type?.dtype === 'int8' && type.quant?.scale.length === 1 ? integer : undefined;
  }

  #foldMovement(node: Node): boolean {
    const x = this.#activation(node.inputs[0]);
    if (!moves.has(node.op) || x === undefined) return false;
    const rest = node.inputs.slice(1).map((id) => (id === undefined ? undefined : this.#realForm(id)));
    const quant = this.#builder.type(x).quant;
    this.#emit(
      node,
      [x, ...rest],
      node.outputs.map(() => quant),
    );
    return true;
  }

  /** A bound at or beyond the range of the integers does nothing: their own limits clamp. */
  #foldClip(node: Node): boolean {
    const [input] = node.inputs;
    const x = this.#activation(input);
    const target = this.#targets.get(node.outputs[0]);
    if (node.op !== 'Clip' || x === undefined || !target) return false;
    const { quant } = this.#builder.type(x);
    if (!sameQuant(quant, target)) return false;
    const [low, high] = [-128, 127].map((q) => target.scale[0] * (q - target.zeroPoint[0]));
    if ((node.attrs.min as number) <= low && (node.attrs.max as number) >= high)
      this.#integer.set(node.outputs[0], x);
    else this.#emit(node, [x], [target]);
    return true;
  }

  #foldOp(node: Node): boolean {
    const rule = opByName(node.op).quantize;
    const target = node.outputs.length === 1 ? this.#targets.get(node.outputs[0]) : undefined;
    if (!rule || !target || node.op === 'Requantize') return false;
    if (node.op === 'Softmax' && rule.fixed && !sameQuant(rule.fixed, target)) return false;
    const inputs = rule.kind === 'accumulate' ? this.#accumulateInputs(node) : this.#plainInputs(node);
    if (!inputs) return false;
    this.#emit(node, inputs, [target]);
    return true;
  }

  #accumulateInputs(node: Node): (ValueId | undefined)[] | undefined {
    const x = this.#activation(node.inputs[0]);
    const [, weight, bias] = node.inputs.map((id) => (id === undefined ? undefined : this.#integer.get(id)));
    const isWeight = weight !== undefined && this.#builder.constantOf(weight)?.dtype === 'int8';
    const isBias = bias !== undefined && this.#builder.constantOf(bias)?.dtype === 'int32';
    if (x === undefined || !isWeight || (node.inputs[2] !== undefined && !isBias)) return undefined;
    return node.inputs.length > 2 ? [x, weight, bias] : [x, weight];
  }

  #plainInputs(node: Node): (ValueId | undefined)[] | undefined {
    const inputs = node.inputs.map((id) => {
      if (id === undefined) return undefined;
      return valueOf(this.#graph, id).type.dtype === 'float32' ? this.#activation(id) : this.#realForm(id);
    });
    return inputs.some((id, i) => id === undefined && node.inputs[i] !== undefined) ? undefined : inputs;
  }

  #emit(node: Node, inputs: (ValueId | undefined)[], quants: (QuantParams | undefined)[]): void {
    const outputs = this.#builder.add(node.op, inputs, node.attrs, {
      name: node.name,
      origin: node.origin,
      outputNames: node.outputs.map((id) => valueOf(this.#graph, id).name),
      outputQuant: quants,
    });
    outputs.forEach((id, i) => this.#integer.set(node.outputs[i], id));
  }

  #copy(node: Node): void {
    const inputs = node.inputs.map((id) => (id === undefined ? undefined : this.#realForm(id)));
    const outputs = this.#builder.add(node.op, inputs, node.attrs, {
      name: node.name,
      origin: node.origin,
      outputNames: node.outputs.map((id) => valueOf(this.#graph, id).name),
    });
    outputs.forEach((id, i) => this.#real.set(node.outputs[i], id));
  }
}
