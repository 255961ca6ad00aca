import { EdgecError, type QuantParams, type Tensor, type TensorType } from '../../../core/index.ts';
import type { GraphBuilder, ValueId } from '../../graph/index.ts';
import type { Table } from './flatbuffer.ts';

/** One operator on its way into the graph. */
export interface Operator {
  readonly builtin: string;
  readonly name: string;
  /** Its options table; field ids are those of the schema. */
  readonly options: Table | undefined;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly outputTypes: readonly TensorType[];
  readonly outputNames: readonly string[];
  /** The outputs were uint8 in the file. */
  readonly wasUint8: boolean;
  readonly builder: GraphBuilder;
}

/** Adds the last node of an operator: its outputs get the file's names and quantisation. */
export function finish(op: Operator, name: string, inputs: readonly (ValueId | undefined)[], attrs: Record<string, never> | object): ValueId[] {
  return op.builder.add(name, inputs, attrs as never, {
    name: op.name,
    origin: [`${op.builtin}:${op.name}`],
    outputNames: op.outputNames,
    outputQuant: op.outputTypes.map((t) => t.quant),
  });
}

/** Adds a node whose output is of no interest to the file. */
export const step = (op: Operator, name: string, inputs: readonly (ValueId | undefined)[], attrs: object, quant?: QuantParams): ValueId =>
  op.builder.add1(name, inputs, attrs as never, { origin: [`${op.builtin}:${op.name}`], outputQuant: [quant] });

export function input(op: Operator, i: number): ValueId {
  const id = op.inputs[i];
  if (id === undefined) throw new EdgecError('E_GRAPH_INVALID', `${op.builtin} lacks operand ${i}`, { where: op.name });
  return id;
}

export const typeOf = (op: Operator, i: number): TensorType => op.builder.type(input(op, i));

/** The constant operand `i`. Throws E_OP_UNSUPPORTED where it is computed. */
export function constant(op: Operator, i: number): Tensor {
  const found = op.builder.constantOf(input(op, i));
  if (!found) {
    throw new EdgecError('E_OP_UNSUPPORTED', `operand ${i} of ${op.builtin} has to be constant`, { where: op.name, remedy: 'export the model with fixed shapes' });
  }
  return found;
}

export const integers = (op: Operator, i: number): number[] => Array.from(constant(op, i).data as Int32Array, Number);

/** Axes counted from the end become axes counted from the start. */
export const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const activations: readonly (readonly [number, number])[] = [
  [-Infinity, Infinity],
  [0, Infinity],
  [-1, 1],
  [0, 6],
];

export function clampOf(op: Operator, code: number): { clampMin: number; clampMax: number } {
  const bounds = activations[code];
  if (!bounds) throw unsupported(op, `fused activation ${code}`);
  return { clampMin: bounds[0], clampMax: bounds[1] };
}

export const unsupported = (op: Operator, what: string): EdgecError =>
  new EdgecError('E_OP_UNSUPPORTED', `${op.builtin} with ${what} is not supported`, { where: op.name, found: what });
