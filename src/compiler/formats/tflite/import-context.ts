import {
  type Attrs,
  type AttrValue,
  EdgecError,
  type QuantParams,
  type Tensor,
  type TensorType,
} from '../../../core/index.ts';
import type { GraphBuilder, ValueId } from '../../graph/index.ts';
import type { Table } from './flatbuffer.ts';
import { activationBounds } from './schema.ts';

/** One operator on its way into the graph. */
export interface Operator {
  readonly builtin: string;
  readonly name: string;
  /** Its options table; field ids are those of the schema. */
  readonly options: Table | undefined;
  /** The options of a custom operator, in a form of its own. */
  readonly customOptions: Uint8Array;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly outputTypes: readonly TensorType[];
  readonly outputNames: readonly string[];
  /** Element types of the inputs as the file stores them. */
  readonly storedInputs: readonly (string | undefined)[];
  /** The outputs were uint8 in the file. */
  readonly wasUint8: boolean;
  readonly builder: GraphBuilder;
  /** What operand `i`, a tensor that lives on between runs, holds after this one. */
  keep(i: number, value: ValueId): void;
}

/** Reads one builtin: adds nodes and returns the values of its outputs. */
export type Read = (op: Operator) => ValueId[];
export type Reads = Readonly<Record<string, Read>>;

type GivenAttrs = Readonly<Record<string, AttrValue>>;

/** Adds the last node of an operator: its outputs get the file's names and quantisation. */
export function finish(
  op: Operator,
  name: string,
  inputs: readonly (ValueId | undefined)[],
  attrs: GivenAttrs = {},
): ValueId[] {
  return op.builder.add(name, inputs, attrs as Attrs, {
    name: op.name,
    origin: [`${op.builtin}:${op.name}`],
    outputNames: op.outputNames,
    outputQuant: op.outputTypes.map((t) => t.quant),
  });
}

/** Adds a node whose output is of no interest to the file. */
export const step = (
  op: Operator,
  name: string,
  inputs: readonly (ValueId | undefined)[],
  attrs: GivenAttrs = {},
  quant?: QuantParams,
): ValueId =>
  op.builder.add1(name, inputs, attrs as Attrs, {
    origin: [`${op.builtin}:${op.name}`],
    outputQuant: [quant],
  });

export function input(op: Operator, i: number): ValueId {
  const id = op.inputs[i];
  if (id === undefined) {
    throw new EdgecError('E_GRAPH_INVALID', `${op.builtin} lacks operand ${i}`, { where: op.name });
  }
  return id;
}

export const typeOf = (op: Operator, i: number): TensorType => op.builder.type(input(op, i));

/** The constant operand `i`. Throws E_OP_UNSUPPORTED where it is computed. */
export function constant(op: Operator, i: number): Tensor {
  const found = op.builder.constantOf(input(op, i));
  if (!found) {
    throw new EdgecError('E_OP_UNSUPPORTED', `operand ${i} of ${op.builtin} has to be constant`, {
      where: op.name,
      remedy: 'export the model with fixed shapes and weights',
    });
  }
  return found;
}

/** The one number of the constant operand `i`. */
export function scalar(op: Operator, i: number): number {
  const { data } = constant(op, i);
  if (data.length !== 1) throw unsupported(op, `an operand ${i} that is no scalar`);
  return Number(data[0]);
}

/** The constant integers of operand `i`; `count` of them where it is given. */
export function integers(op: Operator, i: number, count?: number): number[] {
  const { data, dtype } = constant(op, i);
  const wrong = count !== undefined && data.length !== count;
  if (wrong || (dtype !== 'int32' && dtype !== 'bool')) {
    throw new EdgecError('E_GRAPH_INVALID', `operand ${i} of ${op.builtin} is not valid`, {
      expected: `${count ?? 'any number of'} integers`,
      found: `${data.length} of ${dtype}`,
      where: op.name,
    });
  }
  return Array.from(data, Number);
}

export const int = (op: Operator, slot: number, fallback = 0): number =>
  op.options?.int32(slot, fallback) ?? fallback;
export const code = (op: Operator, slot: number): number => op.options?.int8(slot) ?? 0;
export const flag = (op: Operator, slot: number): boolean => op.options?.bool(slot) ?? false;

/** An axis counted from the end becomes one counted from the start. Throws E_OP_ATTRIBUTE. */
export function axisOf(op: Operator, axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!(found >= 0 && found < rank)) {
    throw new EdgecError('E_OP_ATTRIBUTE', `${op.builtin} works along no axis of its operand`, {
      expected: `-${rank} to ${rank - 1}`,
      found: `${axis}`,
      where: op.name,
    });
  }
  return found;
}

export function clampOf(op: Operator, activation: number): { clampMin: number; clampMax: number } {
  const bounds = activationBounds[activation];
  if (!bounds) throw unsupported(op, `fused activation ${activation}`);
  return { clampMin: bounds[0], clampMax: bounds[1] };
}

/** Finishes with an op that takes no clamp, and the operator's fused activation behind it. */
export function finishClamped(
  op: Operator,
  name: string,
  inputs: readonly (ValueId | undefined)[],
  attrs: GivenAttrs,
  activation: number,
): ValueId[] {
  if (activation === 0) return finish(op, name, inputs, attrs);
  const { clampMin: min, clampMax: max } = clampOf(op, activation);
  const made = step(op, name, inputs, attrs, op.outputTypes[0].quant);
  return finish(op, 'Clip', [made], { min, max });
}

export const unsupported = (op: Operator, what: string): EdgecError =>
  new EdgecError('E_OP_UNSUPPORTED', `${op.builtin} with ${what} is not supported`, {
    where: op.name,
    found: what,
    remedy: 'replace this operator in the model, or split the model before it',
  });
