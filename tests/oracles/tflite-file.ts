import { ByteBuffer } from 'flatbuffers';

/** A tensor that an operator of a TFLite file makes. */
export interface MadeTensor {
  index: number;
  name: string;
  dtype: string;
}

const dtypes: Readonly<Record<number, string>> = { 0: 'float32', 2: 'int32', 3: 'uint8', 9: 'int8' };
const softmaxCode = 25;
const activationCodes = new Set([14, softmaxCode, 50]);
/** Dequantize, Reshape and Squeeze: an activation before them still counts as the final one. */
const passingCodes = new Set([6, 22, 43]);

/** Byte offsets of the fields of the schema that are read here. */
const model = { codes: 6, subgraphs: 8 };
const code = { small: 4, large: 10 };
const subgraph = { tensors: 4, outputs: 8, operators: 10 };
const tensor = { type: 6, name: 10 };
const operator = { code: 4, inputs: 6, outputs: 8 };

/** The first subgraph of a TFLite file, to look at and to show other tensors as outputs. */
export class TfliteFile {
  readonly #buffer: ByteBuffer;
  readonly #subgraph: number;
  readonly #model: number;

  constructor(bytes: Uint8Array) {
    this.#buffer = new ByteBuffer(bytes);
    this.#model = this.#buffer.readInt32(0);
    this.#subgraph = this.#table(this.#vector(this.#model, model.subgraphs), 0);
  }

  #field(table: number, field: number): number | undefined {
    const offset = this.#buffer.__offset(table, field);
    return offset === 0 ? undefined : table + offset;
  }

  /** Start of the elements of a vector, their number in front. */
  #vector(table: number, field: number): number {
    const at = this.#field(table, field);
    return at === undefined ? 0 : this.#buffer.__indirect(at) + 4;
  }

  #length = (vector: number): number => (vector === 0 ? 0 : this.#buffer.readInt32(vector - 4));
  #table = (vector: number, i: number): number => this.#buffer.__indirect(vector + 4 * i);
  #ints = (vector: number): number[] =>
    Array.from({ length: this.#length(vector) }, (_, i) => this.#buffer.readInt32(vector + 4 * i));

  #operators(): { code: number; inputs: number[]; outputs: number[] }[] {
    const operators = this.#vector(this.#subgraph, subgraph.operators);
    const codes = this.#vector(this.#model, model.codes);
    return Array.from({ length: this.#length(operators) }, (_, i) => {
      const at = this.#table(operators, i);
      const index = this.#field(at, operator.code);
      const entry = this.#table(codes, index === undefined ? 0 : this.#buffer.readInt32(index));
      const [small, large] = [this.#field(entry, code.small), this.#field(entry, code.large)];
      return {
        code: Math.max(
          small === undefined ? 0 : this.#buffer.readInt8(small),
          large === undefined ? 0 : this.#buffer.readInt32(large),
        ),
        inputs: this.#ints(this.#vector(at, operator.inputs)),
        outputs: this.#ints(this.#vector(at, operator.outputs)),
      };
    });
  }

  #tensorAt(index: number): MadeTensor {
    const at = this.#table(this.#vector(this.#subgraph, subgraph.tensors), index);
    const type = this.#field(at, tensor.type);
    const name = this.#field(at, tensor.name);
    return {
      index,
      name: name === undefined ? '' : `${this.#buffer.__string(name)}`,
      dtype: dtypes[type === undefined ? 0 : this.#buffer.readInt8(type)] ?? 'other',
    };
  }

  /** What operators make, in their order. */
  made(): MadeTensor[] {
    return this.#operators().flatMap(({ outputs }) => outputs.map((index) => this.#tensorAt(index)));
  }

  /** The operand of the last Softmax. */
  beforeSoftmax(): MadeTensor | undefined {
    const last = this.#operators().findLast((o) => o.code === softmaxCode);
    return last && this.#tensorAt(last.inputs[0]);
  }

  /** The outputs; in place of what a final softmax or sigmoid makes, its operand. */
  outputsBeforeActivation(): number[] {
    const operators = this.#operators();
    const makers = new Map(operators.flatMap((o) => o.outputs.map((index) => [index, o] as const)));
    return this.#ints(this.#vector(this.#subgraph, subgraph.outputs)).map((output) => {
      let maker = makers.get(output);
      while (maker && passingCodes.has(maker.code)) maker = makers.get(maker.inputs[0]);
      return maker && activationCodes.has(maker.code) ? maker.inputs[0] : output;
    });
  }

  /** The file with the tensors at `indexes` as its outputs: their list is a new one at the end. */
  showing(indexes: readonly number[]): Uint8Array {
    const old = this.#buffer.bytes();
    const list = Int32Array.of(indexes.length, ...indexes);
    const start = Math.ceil(old.length / 4) * 4;
    const bytes = new Uint8Array(start + list.byteLength);
    bytes.set(old);
    bytes.set(new Uint8Array(list.buffer), start);
    const at = this.#field(this.#subgraph, subgraph.outputs) as number;
    new ByteBuffer(bytes).writeInt32(at, start - at);
    return bytes;
  }
}
