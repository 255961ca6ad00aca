import {
  type AccumulateRule,
  type Attrs,
  EdgecError,
  opByName,
  type QuantizeRule,
  type QuantParams,
  type Tensor,
  tensor,
} from '../../core/index.ts';
import { type Graph, GraphBuilder, type Node, type ValueId, valueOf } from '../graph/index.ts';
import {
  activationParams,
  quantizeAccumulate,
  quantizeActivation,
  type Range,
  rangeOf,
} from './parameters.ts';
import { realTail } from './real-tail.ts';
import { assignParameters } from './scale-groups.ts';

export interface QuantizeOptions {
  /** Observed ranges of the float values, by value. */
  ranges: ReadonlyMap<ValueId, Range>;
  /** Nodes by name that stay in float on request. */
  keepFloat: ReadonlySet<string>;
  /** Graph inputs and outputs stay real, or become int8. */
  io: 'real' | 'int8';
}

export interface Quantized {
  graph: Graph;
  /** Names of the nodes that stay in float between integer ones. */
  floatIslands: string[];
}

/** A canonical float graph as a graph whose values carry int8 types. */
export function quantize(graph: Graph, options: QuantizeOptions): Quantized {
  return new Quantizer(graph, options).run();
}

class Quantizer {
  readonly #graph: Graph;
  readonly #options: QuantizeOptions;
  readonly #params: Map<ValueId, QuantParams>;
  readonly #builder = new GraphBuilder();
  /** Ids in the new graph of the integer and of the real form of an old value. */
  readonly #integer = new Map<ValueId, ValueId>();
  readonly #real = new Map<ValueId, ValueId>();
  readonly #tail: ReadonlySet<Node>;
  /** Values kept between runs stay real: what a run leaves and what the next one finds have one type. */
  readonly #kept: ReadonlySet<ValueId>;
  readonly #islands: string[] = [];

  constructor(graph: Graph, options: QuantizeOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#kept = new Set(graph.states?.flatMap((s) => [graph.inputs[s.input], graph.outputs[s.output]]));
    this.#tail = options.io === 'real' ? realTail(graph) : new Set();
    this.#params = assignParameters(graph, options.ranges, this.#tail);
  }

  run(): Quantized {
    for (const id of this.#graph.inputs) this.#addInput(id);
    for (const node of this.#graph.nodes) this.#addNode(node);
    for (const id of this.#graph.outputs) this.#addOutput(id);
    const { name, source, states } = this.#graph;
    return { graph: this.#builder.build(name, 'quantized', source, states), floatIslands: this.#islands };
  }

  /** Whether an input or output is int8 in the package. */
  #isInteger(id: ValueId): boolean {
    return this.#options.io === 'int8' && this.#isFloat(id) && !this.#kept.has(id);
  }

  #addInput(id: ValueId): void {
    const { name, type } = valueOf(this.#graph, id);
    const quant = this.#params.get(id);
    if (this.#isInteger(id) && quant) {
      this.#integer.set(id, this.#builder.input(name, { dtype: 'int8', shape: type.shape, quant }));
    } else this.#real.set(id, this.#builder.input(name, type));
  }

  #addOutput(id: ValueId): void {
    const { name } = valueOf(this.#graph, id);
    const output = this.#isInteger(id) && this.#params.has(id) ? this.#integerForm(id) : this.#realForm(id);
    if (this.#builder.value(output).name !== name) this.#builder.rename(output, name);
    this.#builder.output(output);
  }

  #paramsOf(id: ValueId): QuantParams {
    const { constant, name } = valueOf(this.#graph, id);
    const known = this.#params.get(id) ?? (constant && activationParams(rangeOf(constant)));
    if (!known) throw new EdgecError('E_NUMERICS_SCALE', 'a value was never observed', { where: name });
    return known;
  }

  #integerForm(id: ValueId, quant = this.#paramsOf(id)): ValueId {
    const { name, type, constant } = valueOf(this.#graph, id);
    if (constant) {
      const data = quantizeActivation(constant.data as Float32Array, quant);
      return this.#builder.constant(name, tensor('int8', type.shape, data, quant));
    }
    const known = this.#integer.get(id);
    if (known !== undefined) return known;
    const attrs = { scale: quant.scale, zeroPoint: quant.zeroPoint };
    const made = this.#builder.add1('Quantize', [this.#realForm(id)], attrs, { name: `${name}.int8` });
    this.#integer.set(id, made);
    return made;
  }

  #realForm(id: ValueId): ValueId {
    const known = this.#real.get(id);
    if (known !== undefined) return known;
    const { name, constant } = valueOf(this.#graph, id);
    const integer = this.#integer.get(id);
    let made: ValueId;
    if (constant) made = this.#builder.constant(name, constant);
    else if (integer !== undefined) {
      const { scale, zeroPoint } = this.#paramsOf(id);
      made = this.#builder.add1('Dequantize', [integer], { scale, zeroPoint }, { name: `${name}.real` });
    } else throw new EdgecError('E_GRAPH_INVALID', 'a value is read before it is made', { where: name });
    this.#real.set(id, made);
    return made;
  }

  #addNode(node: Node): void {
    const rule = opByName(node.op).quantize;
    const touchesFloat = [...node.inputs, ...node.outputs].some(
      (id) => id !== undefined && this.#isFloat(id),
    );
    if (!touchesFloat || this.#tail.has(node)) this.#copy(node, false);
    else if (!rule || this.#options.keepFloat.has(node.name) || !this.#fits(node, rule))
      this.#copy(node, true);
    else if (rule.kind === 'accumulate') this.#accumulate(node, rule);
    else this.#elementwise(node, rule);
  }

  #isFloat = (id: ValueId): boolean => valueOf(this.#graph, id).type.dtype === 'float32';

  /** Whether the integer form covers this use of the op. */
  #fits(node: Node, rule: QuantizeRule<never>): boolean {
    const outputsFit = node.outputs.every((id) => !this.#isFloat(id) || this.#params.has(id));
    if (rule.kind !== 'accumulate') return outputsFit;
    const [, weight, bias] = node.inputs.map((id) =>
      id === undefined ? undefined : valueOf(this.#graph, id),
    );
    return (
      outputsFit && weight?.constant !== undefined && (bias === undefined || bias.constant !== undefined)
    );
  }

  #copy(node: Node, island: boolean): void {
    if (island) this.#islands.push(node.name);
    const inputs = node.inputs.map((id) => (id === undefined ? undefined : this.#realForm(id)));
    this.#add(node, inputs, node.attrs, this.#real);
  }

  #accumulate(node: Node, rule: AccumulateRule<never>): void {
    const [x, w, b] = node.inputs as [ValueId, ValueId, ValueId | undefined];
    const weight = valueOf(this.#graph, w);
    const bias = b === undefined ? undefined : valueOf(this.#graph, b);
    const [inputScale] = this.#paramsOf(x).scale;
    const q = quantizeAccumulate(weight.constant as Tensor, bias?.constant, inputScale, rule.weightAxis);
    const inputs = [this.#integerForm(x), this.#builder.constant(weight.name, q.weight)];
    if (bias && q.bias) inputs.push(this.#builder.constant(bias.name, q.bias));
    this.#add(node, inputs, node.attrs, this.#integer);
  }

  #elementwise(node: Node, rule: QuantizeRule<never>): void {
    const shared = rule.kind === 'same-scale' ? this.#params.get(node.outputs[0]) : undefined;
    const inputs = node.inputs.map((id) => {
      if (id === undefined) return undefined;
      if (!this.#isFloat(id)) return this.#realForm(id);
      return valueOf(this.#graph, id).constant && shared
        ? this.#integerForm(id, shared)
        : this.#integerForm(id);
    });
    this.#add(node, inputs, node.attrs, this.#integer);
  }

  #add(node: Node, inputs: (ValueId | undefined)[], attrs: Attrs, into: Map<ValueId, ValueId>): void {
    const values = node.outputs.map((id) => valueOf(this.#graph, id));
    const outputs = this.#builder.add(node.op, inputs, attrs, {
      name: node.name,
      origin: node.origin,
      outputNames: values.map((v) => v.name),
      outputQuant: into === this.#integer ? node.outputs.map((id) => this.#params.get(id)) : undefined,
    });
    outputs.forEach((id, i) => {
      const integer = this.#builder.type(id).dtype === 'int8';
      (integer ? into : this.#real).set(node.outputs[i], id);
    });
  }
}
