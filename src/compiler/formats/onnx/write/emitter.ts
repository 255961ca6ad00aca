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
  transposeTensor,
} from '../../../../core/index.ts';
import { type Graph, type Node, type ValueId, valueOf } from '../../../graph/index.ts';
import type { AttributeProto, NodeProto, TensorProto } from '../proto/onnx.ts';
import { type AttributeInput, attributeProto, type elementTypes, tensorProto } from './protos.ts';

/** `plain`: axes as in the graph. `first`: a channels-last value of rank 4 with its channels in front. */
export type Layout = 'plain' | 'first';
export type Stored = 'u8' | 's8';

const toFirst = [0, 3, 1, 2] as const;
const toPlain = [0, 2, 3, 1] as const;

/** Axis of the `first` form that is axis `axis` of the graph. */
export const firstAxis = (axis: number): number => toFirst.indexOf(axis as 0);

/** Writes ONNX nodes and keeps, for every value of the graph, the names of its forms. */
export class Emitter {
  readonly graph: Graph;
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #default: Stored;
  readonly #raw = new Map<ValueId, Partial<Record<Layout, string>>>();
  readonly #real = new Map<string, string>();
  readonly #stored = new Map<ValueId, Stored>();
  readonly #names = new Set<string>(['']);

  constructor(graph: Graph, stored: Stored) {
    this.graph = graph;
    this.#default = stored;
    for (const id of [...graph.inputs, ...graph.outputs]) this.#names.add(valueOf(graph, id).name);
    for (const id of [...graph.inputs, ...graph.outputs])
      if (this.type(id).dtype === 'int8') this.#stored.set(id, 's8');
    for (const id of graph.inputs) this.#raw.set(id, { plain: valueOf(graph, id).name });
  }

  type(id: ValueId): TensorType {
    return valueOf(this.graph, id).type;
  }

  shape(id: ValueId): readonly number[] {
    return this.type(id).shape;
  }

  unique(name: string): string {
    let found = name;
    for (let i = 1; this.#names.has(found); i++) found = `${name}_${i}`;
    this.#names.add(found);
    return found;
  }

  node(
    opType: string,
    input: string[],
    output: string[],
    attrs: Readonly<Record<string, AttributeInput>> = {},
  ): void {
    const attribute: AttributeProto[] = Object.entries(attrs).map(([name, value]) =>
      attributeProto(name, value),
    );
    this.nodes.push({ opType, input, output, name: this.unique(`${opType}_${output[0]}`), attribute });
  }

  /** A node with one output, which is named after `name`. */
  emit(
    opType: string,
    input: string[],
    attrs: Readonly<Record<string, AttributeInput>>,
    name: string,
  ): string {
    const output = this.unique(name);
    this.node(opType, input, [output], attrs);
    return output;
  }

  initializer(name: string, t: Tensor, type: keyof typeof elementTypes = t.dtype): string {
    const unique = this.unique(name);
    this.initializers.push(tensorProto(unique, t, type));
    return unique;
  }

  int64s(name: string, values: readonly number[]): string {
    return this.initializer(name, tensor('int64', [values.length], values));
  }

  float(name: string, value: number): string {
    return this.initializer(name, tensor('float32', [], [value]));
  }

  storedAs(id: ValueId): Stored {
    return this.#stored.get(id) ?? this.#default;
  }

  setStored(id: ValueId, stored: Stored): void {
    this.#stored.set(id, stored);
  }

  isQuantised(id: ValueId): boolean {
    const { dtype, quant } = this.type(id);
    return dtype === 'int8' && quant !== undefined;
  }

  /** Says that `name` holds value `id` as it is stored. */
  define(id: ValueId, layout: Layout, name: string): void {
    this.#raw.set(id, { ...this.#raw.get(id), [layout]: name });
  }

  has(id: ValueId | undefined, layout: Layout): boolean {
    return id !== undefined && this.#raw.get(id)?.[layout] !== undefined;
  }

  /** The value as it is stored, in a layout. */
  raw(id: ValueId, layout: Layout = 'plain'): string {
    const known = this.#raw.get(id)?.[layout];
    if (known !== undefined) return known;
    const { constant, name } = valueOf(this.graph, id);
    const made = constant ? this.#constant(id, constant, name, layout) : this.#transposed(id, name, layout);
    this.define(id, layout, made);
    return made;
  }

  #transposed(id: ValueId, name: string, layout: Layout): string {
    const other = this.#raw.get(id)?.[layout === 'plain' ? 'first' : 'plain'];
    if (other === undefined)
      throw new EdgecError('E_GRAPH_INVALID', `value '${name}' is read before it is made`);
    const perm = layout === 'plain' ? toPlain : toFirst;
    return this.emit('Transpose', [other], { perm }, `${name}_${layout}`);
  }

  #constant(id: ValueId, constant: Tensor, name: string, layout: Layout): string {
    const { shape } = constant;
    const padded =
      layout === 'first' && shape.length < 4
        ? [...new Array<number>(4 - shape.length).fill(1), ...shape]
        : shape;
    const plain = tensor(constant.dtype, padded, constant.data);
    const moved = layout === 'first' ? transposeTensor(plain, toFirst) : plain;
    const unsigned = this.isQuantised(id) && this.storedAs(id) === 'u8';
    return this.initializer(name, unsigned ? shifted(moved) : moved, unsigned ? 'uint8' : moved.dtype);
  }

  /** The value as reals: dequantised where it has parameters. */
  real(id: ValueId, layout: Layout = 'plain'): string {
    if (!this.isQuantised(id)) return this.raw(id, layout);
    return this.dequantize(this.raw(id, layout), this.type(id).quant as QuantParams, this.storedAs(id));
  }

  dequantize(raw: string, quant: QuantParams, stored: Stored): string {
    const known = this.#real.get(raw);
    if (known !== undefined) return known;
    const name = this.emit('DequantizeLinear', [raw, ...this.#affine(raw, quant, stored)], {}, `${raw}_real`);
    this.#real.set(raw, name);
    return name;
  }

  quantize(real: string, quant: QuantParams, stored: Stored, name: string): string {
    return this.emit('QuantizeLinear', [real, ...this.#affine(name, quant, stored)], {}, name);
  }

  #affine(name: string, quant: QuantParams, stored: Stored): [string, string] {
    if (quant.axis !== undefined)
      throw new EdgecError('E_OP_UNSUPPORTED', 'an activation has more than one scale', { where: name });
    const scale = this.float(`${name}_scale`, quant.scale[0]);
    const zero = quant.zeroPoint[0] + (stored === 'u8' ? 128 : 0);
    const type = stored === 'u8' ? 'uint8' : 'int8';
    return [scale, this.initializer(`${name}_zero`, tensor(type, [], [zero]))];
  }

  /** Binds the real result of a node; a quantised output is quantised here. */
  result(id: ValueId, layout: Layout, real: string): void {
    const { quant } = this.type(id);
    if (!this.isQuantised(id) || !quant) return this.define(id, layout, real);
    this.define(
      id,
      layout,
      this.quantize(real, quant, this.storedAs(id), `${valueOf(this.graph, id).name}_stored`),
    );
  }

  /** Constant weights or bias with their axes permuted, dequantised where they are integers. */
  parameter(id: ValueId, perm: readonly number[], quant = this.type(id).quant): string {
    const { constant, name } = valueOf(this.graph, id);
    if (!constant)
      return perm.length === 4
        ? this.emit('Transpose', [this.raw(id)], { perm }, `${name}_weight`)
        : this.real(id);
    const { data, dtype, shape } = constant;
    const moved = transposeTensor(tensor(dtype, shape, data), perm);
    const stored = this.initializer(name, moved);
    if (!quant || dtype === 'float32') return stored;
    const perAxis = quant.axis !== undefined && quant.scale.length > 1;
    const dims = perAxis ? [quant.scale.length] : [];
    const count = perAxis ? quant.scale.length : 1;
    const scale = this.initializer(`${name}_scale`, tensor('float32', dims, quant.scale.slice(0, count)));
    const zero = this.initializer(`${name}_zero`, tensor(dtype, dims, quant.zeroPoint.slice(0, count)));
    const axis = perAxis ? perm.indexOf(quant.axis as number) : 0;
    return this.emit(
      'DequantizeLinear',
      [stored, scale, zero],
      (perAxis ? { axis: { i: axis } } : {}) as Record<string, AttributeInput>,
      `${name}_real`,
    );
  }

  /** The bounds of a node on its real result; none where the range of the integers clamps already. */
  clamped(node: Node, real: string): string {
    const { dtype, quant } = this.type(node.outputs[0]);
    let min = (node.attrs.clampMin ?? node.attrs.min ?? Number.NEGATIVE_INFINITY) as number;
    let max = (node.attrs.clampMax ?? node.attrs.max ?? Number.POSITIVE_INFINITY) as number;
    if (dtype === 'int8' && quant) {
      const [scale, zero] = [quant.scale[0], quant.zeroPoint[0]];
      if (rne(f32(f32(min / scale) + zero)) <= -128) min = Number.NEGATIVE_INFINITY;
      if (rne(f32(f32(max / scale) + zero)) >= 127) max = Number.POSITIVE_INFINITY;
    }
    const name = `${node.name}_clamped`;
    if (min === Number.NEGATIVE_INFINITY && max === Number.POSITIVE_INFINITY) return real;
    if (min === 0 && max === Number.POSITIVE_INFINITY) return this.emit('Relu', [real], {}, name);
    const low = min === Number.NEGATIVE_INFINITY ? '' : this.float(`${name}_min`, min);
    const high = max === Number.POSITIVE_INFINITY ? [] : [this.float(`${name}_max`, max)];
    return this.emit('Clip', [real, low, ...high], {}, name);
  }

  /** Whether the bytes of input 0 are those of the outputs. */
  keepsBytes(node: Node): boolean {
    const [x] = node.inputs as [ValueId];
    return node.outputs.every((y) => {
      if (!this.isQuantised(x)) return true;
      return sameQuant(this.type(x).quant, this.type(y).quant) && this.storedAs(x) === this.storedAs(y);
    });
  }
}

const shifted = (t: Tensor): Tensor =>
  tensor(
    'uint8',
    t.shape,
    Uint8Array.from(numbers(t), (v) => v + 128),
  );
