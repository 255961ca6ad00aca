import { optionTables } from '../../src/compiler/formats/tflite/schema.ts';
import {
  byte,
  int,
  ModelWriter,
  type Options,
  options,
} from '../../src/compiler/formats/tflite/write/model-writer.ts';
import { type DType, type QuantParams, type TensorType, tensor } from '../../src/core/index.ts';

export const real = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });

export function int8(
  shape: readonly number[],
  scale: readonly number[],
  zeroPoint = scale.map(() => 0),
  axis?: number,
): TensorType {
  const quant: QuantParams = { scale, zeroPoint, ...(axis !== undefined && { axis }) };
  return { dtype: 'int8', shape, quant };
}

/** An operand: a constant where there is data, else made before. −1 for none. */
export type Operand = TensorType | { readonly type: TensorType; readonly data: ArrayLike<number> } | -1;

export const held = (type: TensorType, data?: ArrayLike<number>): Operand => ({
  type,
  data: data ?? new Float32Array(type.shape.reduce((n, d) => n * d, 1)).fill(1),
});
export const ints = (...values: number[]): Operand =>
  held({ dtype: 'int32', shape: [values.length] }, values);
export const scalar = (value: number, dtype: DType = 'int32'): Operand => held({ dtype, shape: [] }, [value]);

type Add = (model: ModelWriter, read: readonly number[], outputs: readonly number[]) => void;

/** A file of one operator, which `add` adds. Its operands are inputs unless they are constants. */
function fileOf(
  operands: readonly Operand[],
  made: TensorType | readonly TensorType[],
  add: Add,
): Uint8Array {
  const model = new ModelWriter(false);
  const inputs: number[] = [];
  const read = operands.map((operand, i) => {
    if (operand === -1) return -1;
    if ('type' in operand) {
      const { dtype, shape, quant } = operand.type;
      const stored = tensor(dtype, [operand.data.length], operand.data);
      return model.tensor(`c${i}`, operand.type, { ...stored, shape, ...(quant && { quant }) });
    }
    const index = model.tensor(`x${i}`, operand);
    inputs.push(index);
    return index;
  });
  const outputs = [made].flat().map((type, i) => model.tensor(`y${i}`, type as TensorType));
  add(model, read, outputs);
  return model.finish('the graph', inputs, outputs);
}

export const operator = (
  builtin: string,
  operands: readonly Operand[],
  made: TensorType | readonly TensorType[],
  options?: Options,
): Uint8Array =>
  fileOf(operands, made, (model, read, outputs) => model.operator(builtin, 1, read, outputs, options));

/** A file of one operator that the format does not define. */
export const custom = (
  name: string,
  operands: readonly Operand[],
  made: readonly TensorType[],
  options: Uint8Array,
): Uint8Array => fileOf(operands, made, (model, read, outputs) => model.custom(name, read, outputs, options));

/** A sound file: y0 is dense in x0 with weights c1 and bias c2, and z0 is y0 turned to the shape c4. */
export function sound(options: Options): Uint8Array {
  const model = new ModelWriter(false);
  const constant = (name: string, shape: number[], dtype: DType = 'float32'): number =>
    model.tensor(
      name,
      { dtype, shape },
      tensor(dtype, shape, new Float32Array(shape.reduce((n, d) => n * d, 1)).fill(1)),
    );
  const x = model.tensor('x0', real(1, 4));
  const [w, b] = [constant('c1', [3, 4]), constant('c2', [3])];
  const y = model.tensor('y0', real(1, 3));
  const shape = model.tensor('c4', { dtype: 'int32', shape: [2] }, tensor('int32', [2], [3, 1]));
  const z = model.tensor('z0', real(3, 1));
  model.operator('FULLY_CONNECTED', 1, [x, w, b], [y], options);
  model.operator('RESHAPE', 1, [y, shape], [z]);
  return model.finish('the graph', [x], [z]);
}

/** A file whose operators read and make tensors by their number; all are float32 [4]. */
export function wired(
  tensors: number,
  operators: readonly (readonly [read: number[], made: number[]])[],
  inputs: readonly number[],
  outputs: readonly number[],
): Uint8Array {
  const model = new ModelWriter(false);
  for (let i = 0; i < tensors; i++) model.tensor(`t${i}`, real(4));
  for (const [read, made] of operators) model.operator('RELU', 1, read, made);
  return model.finish('the graph', inputs, outputs);
}

/** Slots of the tables of the schema. */
export const slot = {
  model: { version: 0, codes: 1, subgraphs: 2, description: 3, buffers: 4 },
  subgraph: { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 },
  tensor: { shape: 0, type: 1, buffer: 2, name: 3, quantization: 4 },
  quantization: { scale: 2, zeroPoint: 3, axis: 6 },
  code: { small: 0, large: 3 },
  operator: { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 },
} as const;

/** Finds places in the bytes of a sound FlatBuffers file. */
export class Places {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readonly root = (): number => this.follow(0);
  readonly follow = (at: number): number => at + this.#view.getUint32(at, true);
  readonly vtable = (table: number): number => table - this.#view.getInt32(table, true);

  /** Where the field of a slot lies. */
  field(table: number, index: number): number {
    const offset = this.#view.getUint16(this.vtable(table) + 4 + 2 * index, true);
    if (offset === 0) throw new RangeError(`the table at ${table} lacks slot ${index}`);
    return table + offset;
  }

  /** Where the length of a vector lies. */
  readonly vector = (table: number, index: number): number => this.follow(this.field(table, index));
  readonly element = (vector: number, i: number): number => vector + 4 + 4 * i;

  /** The table at `i` of a vector of tables. */
  readonly item = (table: number, index: number, i = 0): number =>
    this.follow(this.element(this.vector(table, index), i));

  readonly subgraph = (): number => this.item(this.root(), slot.model.subgraphs);
  readonly tensor = (i: number): number => this.item(this.subgraph(), slot.subgraph.tensors, i);
  readonly operator = (i = 0): number => this.item(this.subgraph(), slot.subgraph.operators, i);
}

export const row = real(1, 4);
export const image = real(1, 5, 5, 2);

/** Options of CONV_2D. */
export const window = (strides: number, dilations = 1, padding = 1) =>
  options(optionTables.conv2d, byte(padding), int(strides), int(1), byte(0), int(dilations), int(1));
