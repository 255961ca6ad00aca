import { EdgecError, type TensorType } from '../../../core/index.ts';
import { type Graph, GraphBuilder, type ValueId } from '../../graph/index.ts';
import { Table } from './flatbuffer.ts';
import type { Operator } from './import-context.ts';
import { reads } from './ops/index.ts';
import { builtins } from './schema.ts';
import { dequantized, type FileTensor, readTensors } from './tensors.ts';

export interface ReadOptions {
  shapes?: Record<string, number[]>;
}

const identifier = 'TFL3';

export const matches = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && new TextDecoder('latin1').decode(bytes.subarray(4, 8)) === identifier;

/** The graph of a TFLite file. Throws coded errors that name the operator or tensor. */
export function read(bytes: Uint8Array, options: ReadOptions = {}): Graph {
  const model = Table.root(bytes);
  const version = model.uint32(0);
  if (version !== 3)
    throw new EdgecError('E_FORMAT_VERSION', 'TFLite of another schema version', {
      expected: '3',
      found: `${version}`,
    });
  const [subgraph] = model.tables(2);
  if (!subgraph) throw new EdgecError('E_FORMAT_CORRUPT', 'the file holds no graph');
  return new Reader(model, subgraph, options).read();
}

class Reader {
  readonly #builder = new GraphBuilder();
  readonly #subgraph: Table;
  readonly #codes: readonly Table[];
  readonly #tensors: readonly FileTensor[];
  readonly #ids = new Map<number, ValueId>();
  readonly #counts: Record<string, number> = {};
  readonly #notes: string[] = [];

  constructor(model: Table, subgraph: Table, options: ReadOptions) {
    this.#subgraph = subgraph;
    this.#codes = model.tables(1);
    this.#tensors = readTensors(subgraph.tables(0), model.tables(4), options.shapes);
  }

  read(): Graph {
    for (const index of this.#subgraph.int32s(1) ?? []) this.#input(this.#tensor(index), index);
    this.#subgraph.tables(3).forEach((operator, i) => {
      this.#operator(operator, i);
    });
    for (const index of this.#subgraph.int32s(2) ?? []) this.#output(this.#tensor(index), index);
    const quantised = this.#tensors.some((t) => !t.constant && t.type.quant && t.type.dtype === 'int8');
    const source = { format: 'tflite', ops: this.#counts, notes: this.#notes };
    return this.#builder.build(this.#subgraph.string(4), quantised ? 'quantized' : 'imported', source);
  }

  #tensor(index: number): FileTensor {
    const found = this.#tensors[index];
    if (!found)
      throw new EdgecError('E_FORMAT_CORRUPT', 'a tensor index is out of range', {
        expected: `below ${this.#tensors.length}`,
        found: `${index}`,
      });
    return found;
  }

  #input(t: FileTensor, index: number): void {
    if (t.dynamicBatch) this.#notes.push(`the batch of input '${t.name}' is not fixed: 1 is taken`);
    if (t.stored === 'uint8' && t.type.quant) {
      const quant = { ...t.type.quant, zeroPoint: t.type.quant.zeroPoint.map((z) => z + 128) };
      const raw = this.#builder.input(t.name, { dtype: 'uint8', shape: t.type.shape, quant });
      this.#ids.set(index, this.#builder.add1('Recode', [raw], { to: 'int8' }, { name: `${t.name}.int8` }));
    } else this.#ids.set(index, this.#builder.input(t.name, t.type));
  }

  #output(t: FileTensor, index: number): void {
    const id = this.#valueOf(index, 'output');
    let out = id;
    if (t.stored === 'uint8' && t.type.quant)
      out = this.#builder.add1('Recode', [id], { to: 'uint8' }, { name: `${t.name}.uint8` });
    if (t.stored === 'int64')
      out = this.#builder.add1('Cast', [id], { to: 'int64' }, { name: `${t.name}.int64` });
    if (out !== id) {
      this.#builder.rename(id, `${t.name}.inner`);
      this.#builder.rename(out, t.name);
    }
    this.#builder.output(out);
  }

  #valueOf(index: number, where: string): ValueId {
    const known = this.#ids.get(index);
    if (known !== undefined) return known;
    const t = this.#tensor(index);
    if (!t.constant)
      throw new EdgecError('E_GRAPH_INVALID', `tensor '${t.name}' is read before it is made`, { where });
    const id = this.#builder.constant(t.name, t.constant);
    this.#ids.set(index, id);
    return id;
  }

  #builtinOf(operator: Table): string {
    const code = this.#codes[operator.uint32(0)];
    if (!code)
      throw new EdgecError('E_FORMAT_CORRUPT', 'an operator has no code', { found: `${operator.uint32(0)}` });
    const id = Math.max(code.int8(0), code.int32(3));
    const name = builtins[id] ?? `builtin ${id}`;
    return name === 'CUSTOM' ? `custom op '${code.string(1)}'` : name;
  }

  #operator(operator: Table, position: number): void {
    const builtin = this.#builtinOf(operator);
    const outputs = operator.int32s(2) ?? [];
    const name = outputs.length > 0 ? this.#tensor(outputs[0]).name : `${builtin}_${position}`;
    this.#counts[builtin] = (this.#counts[builtin] ?? 0) + 1;
    const run = reads[builtin];
    if (!run) {
      throw new EdgecError('E_OP_UNSUPPORTED', `operator ${builtin} is not supported`, {
        found: builtin,
        where: name,
        remedy: 'replace this operator in the model, or split the model before it',
      });
    }
    const types = outputs.map((i) => this.#tensor(i).type);
    const inputs = (operator.int32s(1) ?? []).map((i) =>
      i < 0 ? undefined : this.#operand(i, builtin, types, name),
    );
    const context: Operator = {
      builtin,
      name,
      options: operator.table(4),
      inputs,
      outputTypes: types,
      outputNames: outputs.map((i) => this.#tensor(i).name),
      wasUint8: outputs.some((i) => this.#tensor(i).stored === 'uint8'),
      builder: this.#builder,
    };
    this.#run(run, context, outputs);
  }

  #run(run: (op: Operator) => ValueId[], context: Operator, outputs: readonly number[]): void {
    let made: ValueId[];
    try {
      made = run(context);
    } catch (error) {
      throw error instanceof EdgecError ? error.within(`${context.builtin} '${context.name}'`) : error;
    }
    outputs.forEach((index, i) => {
      if (this.#ids.has(index))
        throw new EdgecError('E_GRAPH_INVALID', 'a tensor is made twice', { where: context.name });
      this.#ids.set(index, made[i]);
    });
  }

  /** Integer weights beside real activations stand for real weights. */
  #operand(index: number, builtin: string, outputTypes: readonly TensorType[], where: string): ValueId {
    const t = this.#tensor(index);
    const dynamicRange =
      t.constant?.quant &&
      t.type.dtype === 'int8' &&
      outputTypes[0]?.dtype === 'float32' &&
      builtin !== 'DEQUANTIZE';
    if (!dynamicRange || !t.constant) return this.#valueOf(index, where);
    const known = this.#ids.get(index);
    if (known !== undefined && this.#builder.type(known).dtype === 'float32') return known;
    const id = this.#builder.constant(t.name, dequantized(t.constant));
    this.#ids.set(index, id);
    return id;
  }
}
