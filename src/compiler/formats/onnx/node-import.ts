import {
  type Attrs,
  EdgecError,
  type ErrorCode,
  numbers,
  type Tensor,
  type TensorType,
  tensor,
} from '../../../core/index.ts';
import type { ValueId } from '../../graph/index.ts';
import { NodeAttributes } from './attributes.ts';
import type { ImportContext } from './import-context.ts';
import type { NodeProto } from './proto/onnx.ts';

export const nhwc = [0, 2, 3, 1] as const;
export const nchw = [0, 3, 1, 2] as const;

/** One node on its way into the graph: its operands, its attributes, and what importers emit. */
export class NodeImport {
  readonly attrs: NodeAttributes;
  readonly context: ImportContext;
  readonly proto: NodeProto;
  readonly name: string;
  readonly op: string;
  readonly opset: number;
  #parts = 0;

  constructor(context: ImportContext, proto: NodeProto, opset: number, name: string) {
    this.context = context;
    this.proto = proto;
    this.attrs = new NodeAttributes(proto);
    this.op = proto.opType ?? '';
    this.opset = opset;
    this.name = name;
  }

  get inputCount(): number {
    return this.proto.input.length;
  }

  get outputCount(): number {
    return this.proto.output.length;
  }

  optional(i: number): ValueId | undefined {
    const name = this.proto.input[i];
    if (!name) return undefined;
    const id = this.context.values.get(name);
    if (id === undefined)
      throw new EdgecError('E_GRAPH_INVALID', `input '${name}' is made by no earlier node`, {
        where: this.name,
      });
    return id;
  }

  input(i: number): ValueId {
    const id = this.optional(i);
    if (id === undefined)
      throw new EdgecError('E_GRAPH_INVALID', `${this.op} lacks input ${i}`, { where: this.name });
    return id;
  }

  /** All inputs that are given. */
  inputs(): ValueId[] {
    return this.proto.input.map((_, i) => this.input(i));
  }

  type(id: ValueId): TensorType {
    return this.context.builder.type(id);
  }

  shape(id: ValueId): readonly number[] {
    return this.type(id).shape;
  }

  rank(id: ValueId): number {
    return this.shape(id).length;
  }

  constantOf(id: ValueId | undefined): Tensor | undefined {
    return this.context.builder.constantOf(id);
  }

  /** The elements of input `i`, which must be known now. */
  constant(i: number, what: string): Tensor {
    const t = this.constantOf(this.input(i));
    if (t) return t;
    throw this.unsupported(`${what} that is computed at run time`, 'a constant');
  }

  optionalNumbers(i: number, what: string): number[] | undefined {
    return this.optional(i) === undefined ? undefined : Array.from(numbers(this.constant(i, what)));
  }

  numbersOf(i: number, what: string): number[] {
    return Array.from(numbers(this.constant(i, what)));
  }

  /** The one element of an optional input. */
  optionalScalar(i: number, what: string): number | undefined {
    const values = this.optionalNumbers(i, what);
    if (values === undefined || values.length === 1) return values?.[0];
    throw new EdgecError('E_OP_SHAPE', `${what} of ${this.op} is not one number`, {
      found: `${values.length} elements`,
      where: this.name,
    });
  }

  unsupported(what: string, expected?: string): EdgecError {
    return new EdgecError('E_OP_UNSUPPORTED', `${this.op} with ${what} is not supported`, {
      expected,
      found: what,
      where: this.name,
    });
  }

  /** `axis` of a tensor of `rank`, counted from the front. Throws E_OP_ATTRIBUTE. */
  axis(axis: number, rank: number): number {
    return this.#fromFront(axis, rank, 'axis', 'E_OP_ATTRIBUTE');
  }

  /** `index` into `length` elements, counted from the front. Throws E_OP_SHAPE. */
  index(index: number, length: number): number {
    return this.#fromFront(index, length, 'index', 'E_OP_SHAPE');
  }

  #fromFront(value: number, count: number, what: string, code: ErrorCode): number {
    if (Number.isInteger(value) && value >= -count && value < count) return value < 0 ? value + count : value;
    throw new EdgecError(code, `${what} of ${this.op} is out of range`, {
      expected: `[-${count}, ${count})`,
      found: `${value}`,
      where: this.name,
    });
  }

  /** `axes` of a tensor of `rank`, counted from the front, in order. Throws E_OP_ATTRIBUTE, also for one that is there twice. */
  axes(axes: readonly number[], rank: number): number[] {
    const found = [...new Set(axes.map((a) => this.axis(a, rank)))].sort((a, b) => a - b);
    if (found.length === axes.length) return found;
    throw new EdgecError('E_OP_ATTRIBUTE', `${this.op} has an axis twice`, {
      expected: 'each axis once',
      found: `[${axes}]`,
      where: this.name,
    });
  }

  #options(): { name: string; origin: string[] } {
    const part = this.#parts++;
    return { name: part === 0 ? this.name : `${this.name}.${part}`, origin: [`${this.op}:${this.name}`] };
  }

  emitAll(op: string, inputs: readonly (ValueId | undefined)[], attrs: Attrs = {}): ValueId[] {
    return this.context.add(op, inputs, attrs, this.#options());
  }

  emit(op: string, inputs: readonly (ValueId | undefined)[], attrs: Attrs = {}): ValueId {
    return this.emitAll(op, inputs, attrs)[0];
  }

  addConstant(t: Tensor): ValueId {
    return this.context.builder.constant(`${this.name}.constant`, t);
  }

  scalar(value: number): ValueId {
    return this.addConstant(tensor('float32', [], [value]));
  }

  boolConstant(value: boolean): ValueId {
    return this.addConstant(tensor('bool', [], [Number(value)]));
  }

  intConstant(shape: readonly number[], values: readonly number[]): ValueId {
    return this.addConstant(tensor('int32', shape, values));
  }

  reshape(x: ValueId, shape: readonly number[]): ValueId {
    return this.context.reshape(x, shape, { ...this.#options(), name: `${this.name}.reshape${this.#parts}` });
  }

  transpose(x: ValueId, perm: readonly number[]): ValueId {
    return this.context.transpose(x, perm, {
      ...this.#options(),
      name: `${this.name}.transpose${this.#parts}`,
    });
  }

  /** `body` on the channels-last form of an image [N, C, H, W] or signal [N, C, L]; the result is back in the source's form. */
  channelsLast(x: ValueId, body: (x: ValueId) => ValueId): ValueId {
    const shape = this.shape(x);
    if (shape.length !== 3 && shape.length !== 4)
      throw this.unsupported(`an operand of rank ${shape.length}`, 'rank 3 or 4');
    const image = shape.length === 4 ? x : this.reshape(x, [shape[0], shape[1], 1, shape[2]]);
    const y = this.transpose(body(this.transpose(image, nhwc)), nchw);
    if (shape.length === 4) return y;
    const [n, c, , l] = this.shape(y);
    return this.reshape(y, [n, c, l]);
  }
}

/** Brings a node into the graph; returns its outputs, undefined for those that nothing here stands for. */
export type Importer = (node: NodeImport) => ValueId | readonly (ValueId | undefined)[];
export type Importers = Readonly<Record<string, Importer>>;
