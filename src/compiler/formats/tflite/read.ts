import { EdgecError, elementCount, type Limits, type TensorType, tensor } from '../../../core/index.ts';
import { type Graph, GraphBuilder, type SourceInfo, type ValueId } from '../../graph/index.ts';
import { Table } from './flatbuffer.ts';
import type { Operator, Read } from './import-context.ts';
import { reads } from './ops/index.ts';
import { movesInt16, onReals, reads16 } from './ops/int16.ts';
import { builtins, customOperator } from './schema.ts';
import { dequantized, type FileTensor, FileTensors } from './tensors.ts';
import { Variables } from './variables.ts';

export interface ReadOptions {
  /** Shapes of inputs by name, where the file leaves dimensions open. */
  shapes?: Record<string, number[]>;
  limits?: Limits;
}

const identifier = 'TFL3';
const schemaVersion = 3;

export const matches = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && new TextDecoder('latin1').decode(bytes.subarray(4, 8)) === identifier;

/** The graph of a TFLite file. Throws coded errors that name the operator or tensor. */
export function read(bytes: Uint8Array, options: ReadOptions = {}): Graph {
  const model = Table.root(bytes);
  const version = model.uint32(0);
  if (version !== schemaVersion) {
    throw new EdgecError('E_FORMAT_VERSION', 'TFLite of another schema version', {
      expected: `${schemaVersion}`,
      found: `${version}`,
      where: 'version',
    });
  }
  const [subgraph] = model.tables(2);
  if (!subgraph)
    throw new EdgecError('E_FORMAT_CORRUPT', 'the file holds no graph', {
      expected: 'one subgraph or more',
      found: 'none',
      where: 'subgraphs',
    });
  const tensorsOf = (graph: Table): FileTensors =>
    new FileTensors(graph.tables(0), model.tables(4), bytes.length, options.shapes);
  return new Reader(model, subgraph, tensorsOf, options).read();
}

class Reader {
  readonly #builder: GraphBuilder;
  readonly #model: Table;
  readonly #subgraph: Table;
  readonly #codes: readonly Table[];
  readonly #tensorsOf: (graph: Table) => FileTensors;
  readonly #tensors: FileTensors;
  readonly #options: ReadOptions;
  readonly #variables: Variables;
  readonly #ids = new Map<number, ValueId>();
  /** Constants of integers as reals, for the operators of dynamic-range models. */
  readonly #reals = new Map<number, ValueId>();
  readonly #borders = new Set<ValueId>();
  readonly #borderNames = new Set<string>();
  readonly #handles = new Map<number, string>();
  readonly #counts: Record<string, number> = {};
  readonly #notes: string[] = [];
  #quantised = false;

  constructor(model: Table, subgraph: Table, tensorsOf: (graph: Table) => FileTensors, options: ReadOptions) {
    this.#builder = new GraphBuilder(options.limits);
    this.#variables = new Variables(this.#builder);
    this.#model = model;
    this.#subgraph = subgraph;
    this.#codes = model.tables(1);
    this.#tensorsOf = tensorsOf;
    this.#tensors = tensorsOf(subgraph);
    this.#options = options;
  }

  read(): Graph {
    for (const index of this.#subgraph.int32s(1) ?? []) this.#input(index);
    this.#subgraph.tables(3).forEach((operator, i) => {
      this.#operator(operator, i);
    });
    const outputs = this.#subgraph.int32s(2) ?? [];
    if (outputs.length === 0) {
      throw new EdgecError('E_GRAPH_INVALID', 'the model has no output', {
        expected: 'one or more outputs',
        found: 'none',
        where: 'outputs',
      });
    }
    for (const index of outputs) this.#output(index);
    const states = this.#variables.finish(outputs.length);
    if (states.length > 0) this.#notes.push(`${states.length} values are kept between runs`);
    const stage = this.#quantised ? 'quantized' : 'imported';
    return this.#builder.build(this.#subgraph.string(4), stage, this.#source(), states);
  }

  #source(): SourceInfo {
    const producer = this.#model.string(3);
    const version = `${schemaVersion}`;
    return {
      format: 'tflite',
      ...(producer && { producer }),
      version,
      ops: this.#counts,
      notes: this.#notes,
    };
  }

  #tensor(index: number): FileTensor {
    const found = this.#tensors.at(index);
    if (!found.constant && found.type.quant && ['int8', 'int16'].includes(found.type.dtype))
      this.#quantised = true;
    return found;
  }

  #borderName(name: string): string {
    let found = name;
    for (let i = 1; this.#borderNames.has(found); i++) found = `${name}_${i}`;
    this.#borderNames.add(found);
    return found;
  }

  #checkFixed({ name, signature, type }: FileTensor): void {
    if (this.#options.shapes?.[name]) return;
    if (signature.some((d, i) => d === -1 && i > 0) || type.shape.includes(0)) {
      throw new EdgecError('E_SHAPE_DYNAMIC', 'the shape of an input is not fixed', {
        found: `[${signature}]`,
        where: name,
        remedy: `pass --shape ${name}:${type.shape.map((d) => d || 1).join('x')}`,
      });
    }
    if (signature[0] === -1)
      this.#notes.push(`the batch of input '${name}' is not fixed: ${type.shape[0]} is taken`);
  }

  #input(index: number): void {
    const t = this.#tensor(index);
    if (this.#ids.has(index))
      throw new EdgecError('E_GRAPH_INVALID', 'an input is listed twice', { where: t.name });
    if (t.constant) {
      throw new EdgecError('E_GRAPH_INVALID', 'an input is a constant', {
        expected: 'a tensor without data',
        found: `${t.constant.data.length} elements`,
        where: t.name,
      });
    }
    this.#checkFixed(t);
    const name = this.#borderName(t.name);
    const { shape, quant } = t.type;
    let type: TensorType = t.type;
    if (t.stored === 'int64') type = { dtype: 'int64', shape };
    if (t.stored === 'uint8' && quant) {
      type = { dtype: 'uint8', shape, quant: { ...quant, zeroPoint: quant.zeroPoint.map((z) => z + 128) } };
    }
    const id = this.#builder.input(name, type);
    this.#borders.add(id);
    this.#ids.set(index, type === t.type ? id : this.#recode(id, t.type));
  }

  /** Between the element type of the border and the one inside. */
  #recode(id: ValueId, { dtype, quant }: TensorType): ValueId {
    const name = `${this.#builder.value(id).name}.${dtype}`;
    return this.#builder.add1(quant ? 'Recode' : 'Cast', [id], { to: dtype }, { name });
  }

  #output(index: number): void {
    const t = this.#tensor(index);
    const id = this.#valueOf(index, 'output');
    const name = this.#borderName(t.name);
    const { shape, quant } = this.#builder.type(id);
    let out = id;
    if (t.stored === 'uint8' && quant) out = this.#recode(id, { dtype: 'uint8', shape, quant });
    else if (t.stored === 'int64') out = this.#recode(id, { dtype: 'int64', shape });
    else if (this.#borders.has(id))
      out = this.#builder.add1('Reshape', [id], { shape }, { outputQuant: [quant] });
    if (out !== id && !this.#borders.has(id)) this.#builder.rename(id, `${name}.inner`);
    this.#builder.rename(out, name);
    this.#borders.add(out);
    this.#builder.output(out);
  }

  #valueOf(index: number, where: string): ValueId {
    const known = this.#ids.get(index);
    if (known !== undefined) return known;
    const t = this.#tensor(index);
    if (t.variable) return this.#stateOf(index, t);
    const constant =
      t.constant ?? (elementCount(t.type.shape) === 0 ? tensor(t.type.dtype, t.type.shape) : undefined);
    if (!constant) throw notMade(t, where);
    const id = this.#builder.constant(t.name, constant);
    this.#ids.set(index, id);
    return id;
  }

  /** A tensor that operators change in place. Those run in real numbers, and so its state is real. */
  #stateOf(index: number, { name, type }: FileTensor): ValueId {
    return this.#variable(`${name}#${index}`, { dtype: 'float32', shape: type.shape });
  }

  #builtinOf(operator: Table): string {
    const index = operator.uint32(0);
    const code = this.#codes[index];
    if (!code) {
      throw new EdgecError('E_FORMAT_CORRUPT', 'an operator has no code', {
        expected: `below ${this.#codes.length}`,
        found: `${index}`,
        where: 'opcode_index',
      });
    }
    const id = Math.max(code.int8(0), code.int32(3));
    return builtins[id] === 'CUSTOM' ? customOperator(code.string(1)) : (builtins[id] ?? `builtin ${id}`);
  }

  #operator(operator: Table, position: number): void {
    const builtin = this.#builtinOf(operator);
    const outputs = operator.int32s(2) ?? [];
    const name = outputs.length > 0 ? this.#tensors.nameOf(outputs[0]) : `${builtin}_${position}`;
    this.#counts[builtin] = (this.#counts[builtin] ?? 0) + 1;
    if (stateful.has(builtin)) return this.#stateful(builtin, operator);
    const run = Object.hasOwn(reads, builtin) ? reads[builtin] : undefined;
    if (!run) {
      throw new EdgecError('E_OP_UNSUPPORTED', `operator ${builtin} is not supported`, {
        found: builtin,
        where: name,
        remedy: 'replace this operator in the model, or split the model before it',
      });
    }
    try {
      const context = this.#context(operator, builtin, name, outputs);
      this.#run(
        this.#isInt16(context) && !inReals.has(builtin) ? readInt16(context, run) : run,
        context,
        outputs,
      );
    } catch (error) {
      throw coded(error).within(`${builtin} '${name}'`);
    }
  }

  /** Operators on variables, which are no values of the graph. */
  #stateful(builtin: string, operator: Table): void {
    const [handle, value] = operator.int32s(1) ?? [];
    const [output] = operator.int32s(2) ?? [];
    if (builtin === 'CALL_ONCE') {
      this.#initialise(operator.table(4)?.int32(0) ?? -1);
    } else if (builtin === 'VAR_HANDLE') this.#handles.set(output, variableOf(operator));
    else if (builtin === 'READ_VARIABLE')
      this.#ids.set(output, this.#variable(this.#handleOf(handle), this.#tensor(output).type));
    else this.#variables.write(this.#handleOf(handle), this.#valueOf(value, builtin));
  }

  #handleOf(index: number): string {
    const found = this.#handles.get(index);
    if (found !== undefined) return found;
    throw new EdgecError('E_GRAPH_INVALID', 'a variable is used before its handle is made', {
      where: this.#tensors.nameOf(index),
    });
  }

  #variable(key: string, type: TensorType): ValueId {
    const id = this.#variables.read(key, () => this.#borderName(key), type);
    this.#borders.add(id);
    return id;
  }

  /** A subgraph that runs once may only fill variables with constants. */
  #initialise(index: number): void {
    const subgraphs = this.#model.tables(2);
    const subgraph = subgraphs[index];
    if (!subgraph) {
      throw new EdgecError('E_FORMAT_CORRUPT', 'CALL_ONCE calls no graph of the file', {
        expected: `0 to ${subgraphs.length - 1}`,
        found: `${index}`,
        where: 'CALL_ONCE',
      });
    }
    const tensors = this.#tensorsOf(subgraph);
    const handles = new Map<number, string>();
    for (const operator of subgraph.tables(3)) {
      const builtin = this.#builtinOf(operator);
      const [handle, value] = operator.int32s(1) ?? [];
      const key = handles.get(handle);
      const constant = builtin === 'ASSIGN_VARIABLE' ? tensors.at(value).constant : undefined;
      if (builtin === 'VAR_HANDLE') handles.set((operator.int32s(2) ?? [])[0], variableOf(operator));
      else if (key !== undefined && constant) this.#variables.initialise(key, constant);
      else
        throw new EdgecError('E_OP_UNSUPPORTED', `${builtin} in a graph that runs once is not supported`, {
          expected: 'variables that are filled with constants',
          found: builtin,
          where: `subgraph ${index}`,
        });
    }
  }

  #context(operator: Table, builtin: string, name: string, outputs: readonly number[]): Operator {
    const made = outputs.map((i) => this.#tensor(i));
    const types = made.map((t) => t.type);
    return {
      builtin,
      name,
      options: operator.table(4),
      customOptions: operator.bytes(5),
      inputs: (operator.int32s(1) ?? []).map((i) =>
        i === -1 ? undefined : this.#operand(i, builtin, types, name),
      ),
      outputTypes: types,
      keep: (i, value) => this.#keep((operator.int32s(1) ?? [])[i], value),
      outputNames: made.map((t) => t.name),
      storedInputs: (operator.int32s(1) ?? []).map((i) => (i === -1 ? undefined : this.#tensor(i).stored)),
      wasUint8: made.some((t) => t.stored === 'uint8'),
      builder: this.#builder,
    };
  }

  /** Leaves `value` in a tensor that is changed in place. */
  #keep(index: number, value: ValueId): void {
    this.#variables.write(`${this.#tensors.nameOf(index)}#${index}`, value);
  }

  #isInt16({ inputs, outputTypes }: Operator): boolean {
    const types = inputs.flatMap((id) => (id === undefined ? [] : [this.#builder.type(id)]));
    return [...types, ...outputTypes].some(({ dtype, quant }) => dtype === 'int16' && quant);
  }

  #run(run: Read, context: Operator, outputs: readonly number[]): void {
    const made = run(context);
    if (made.length !== outputs.length) {
      throw new EdgecError('E_GRAPH_INVALID', 'an operator has another number of outputs than it makes', {
        expected: `${made.length}`,
        found: `${outputs.length}`,
      });
    }
    outputs.forEach((index, i) => {
      if (this.#ids.has(index)) {
        throw new EdgecError('E_GRAPH_INVALID', 'a tensor is made twice', { where: context.outputNames[i] });
      }
      this.#ids.set(index, made[i]);
    });
  }

  /** Integer weights beside real activations stand for real weights. */
  #operand(index: number, builtin: string, outputs: readonly TensorType[], where: string): ValueId {
    const { constant, name } = this.#tensor(index);
    const integers = constant?.quant !== undefined && constant.dtype === 'int8';
    if (!integers || outputs[0]?.dtype !== 'float32' || builtin === 'DEQUANTIZE')
      return this.#valueOf(index, where);
    const id = this.#reals.get(index) ?? this.#builder.constant(name, dequantized(constant));
    this.#reals.set(index, id);
    return id;
  }
}

/** How an operator of int16 values is read: on its own, as any other where it only moves them, or on their reals. */
function readInt16(context: Operator, general: Read): Read {
  const { builtin } = context;
  if (Object.hasOwn(reads16, builtin)) return reads16[builtin];
  return movesInt16(context) ? general : onReals(general);
}

/** Builtins that run in real numbers whatever their weights are. */
const inReals = new Set(['SVDF']);

/** Builtins on values that live on between runs. */
export const stateful = new Set(['CALL_ONCE', 'VAR_HANDLE', 'READ_VARIABLE', 'ASSIGN_VARIABLE']);

/** The name that all handles of one variable share. */
function variableOf(operator: Table): string {
  const options = operator.table(4);
  return [options?.string(0), options?.string(1)].filter(Boolean).join('/') || 'variable';
}

function notMade(t: FileTensor, where: string): EdgecError {
  return new EdgecError('E_GRAPH_INVALID', `tensor '${t.name}' is read before it is made`, {
    found: t.name,
    where,
  });
}

/** What a malformed operator made the reader stumble over, as an error of the file. */
function coded(error: unknown): EdgecError {
  if (error instanceof EdgecError) return error;
  if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  return new EdgecError(
    'E_GRAPH_INVALID',
    'an operator is malformed',
    { found: error.message },
    { cause: error },
  );
}
