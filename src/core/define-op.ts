import type { Accuracy } from './accuracy.ts';
import type { Random } from './random.ts';
import type { DType, QuantParams, Tensor, TensorType } from './tensor.ts';

/** Kinds of attribute. Lists of unknown length are stored with their length in front. */
export type AttrSpec =
  | { kind: 'int'; default?: number }
  | { kind: 'float'; default?: number }
  | { kind: 'bool'; default?: boolean }
  | { kind: 'ints'; length?: number; default?: readonly number[] }
  | { kind: 'floats'; length?: number; default?: readonly number[] }
  | { kind: 'enum'; values: readonly string[]; default?: string };

export type AttrSchema = Readonly<Record<string, AttrSpec>>;

export type AttrValue = number | boolean | string | readonly number[];
export type Attrs = Readonly<Record<string, AttrValue>>;

type ValueOf<S extends AttrSpec> = S extends { kind: 'int' | 'float' }
  ? number
  : S extends { kind: 'bool' }
    ? boolean
    : S extends { kind: 'enum'; values: readonly (infer V)[] }
      ? V
      : readonly number[];

export type AttrsOf<S extends AttrSchema> = { readonly [K in keyof S]: ValueOf<S[K]> };

/** An operand. `constant` ports are known when the model is compiled, and finite unless `unbounded`. */
export interface Port {
  name: string;
  dtypes: readonly DType[];
  optional?: boolean;
  variadic?: boolean;
  constant?: boolean;
  unbounded?: boolean;
}

export type Operands = readonly (Tensor | undefined)[];
export type OperandTypes = readonly (TensorType | undefined)[];

/** What one run of a node costs. `macs` counts multiply-accumulates. */
export interface Cost {
  macs: number;
}

/** A value while a quantised node is lowered; opaque to ops. */
export type Ref = number & { readonly __ref: unique symbol };

/** The surroundings of one quantised node that is being lowered to integer ops. */
export interface Lowering<A> {
  readonly attrs: A;
  readonly inputs: readonly (Ref | undefined)[];
  readonly types: OperandTypes;
  readonly outputs: readonly TensorType[];
  /** The elements of input `i` where it is constant. */
  constant(i: number): Tensor | undefined;
  addConstant(t: Tensor): Ref;
  /** Emits a node whose one output is returned. `quant` is what its integer output means. */
  emit(op: string, inputs: readonly (Ref | undefined)[], attrs: Attrs, quant?: QuantParams): Ref;
  /** `ref`, passed through a table where its parameters differ from `quant`. */
  rescale(ref: Ref, from: TensorType, quant: QuantParams): Ref;
}

interface LoweredRule<A> {
  /** The output parameters where the op's range is known (Softmax, Sigmoid, Tanh). */
  fixed?: QuantParams;
  /**
   * Turns the node with quantised types into integer ops and returns its outputs; for `same-scale` the default is the
   * same op on int8.
   */
  lower?(node: Lowering<A>): Ref[];
}

/** Constant weights are quantised symmetrically along `weightAxis`, the bias to int32 at sx·sw; the output gets its own range. */
export interface AccumulateRule<A> extends LoweredRule<A> {
  kind: 'accumulate';
  weightAxis: number;
}

/**
 * `same-scale`: bytes move, and every quantised input and output shares one scale. `rescale`: every operand keeps its own
 * range, the output gets its own.
 */
export interface OperandRule<A> extends LoweredRule<A> {
  kind: 'same-scale' | 'rescale';
  /** The scale of the integers that are requantised to the output, by the scales of the inputs. Absent: none are. */
  accumulatorScale?(scales: readonly number[], types: OperandTypes, output: TensorType): number;
}

/** How an op lives in an int8 model. Absent: the op stays in float and the quantiser says so. */
export type QuantizeRule<A> = AccumulateRule<A> | OperandRule<A>;

/** A legal use of an op; attributes left out take their defaults. */
export interface OpSample {
  inputs: Operands;
  attrs: Readonly<Record<string, AttrValue | undefined>>;
}

/**
 * Weights [columns, …]: groups of columns, each for its own rows, and runs of adjacent elements that a column multiplies, less
 * the zero point.
 */
export interface Matrix {
  readonly groups: number;
  readonly runs: number;
  readonly zeroPoint: number;
}

/** One op: everything that the toolchain knows about it. */
export interface OpDefinition<S extends AttrSchema = AttrSchema> {
  readonly name: string;
  readonly summary: string;
  /** Normative reference with its version. */
  readonly source: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly attrs: S;
  /** Types of the outputs. Throws E_OP_SHAPE or E_OP_ATTRIBUTE naming the port. */
  infer(inputs: OperandTypes, attrs: AttrsOf<S>): TensorType[];
  /** Naive semantics: fills `outputs`, which have the inferred types. Integer ops are exact to the bit. */
  evaluate(inputs: Operands, attrs: AttrsOf<S>, outputs: readonly Tensor[]): void;
  readonly quantize?: QuantizeRule<AttrsOf<S>>;
  cost?(inputs: OperandTypes, outputs: readonly TensorType[], attrs: AttrsOf<S>): Cost;
  /**
   * The attributes of the same op on operands transposed by `perm` (out axis i = in axis perm[i]).
   * Absent: a transpose cannot move across this op. All operands of lower rank broadcast.
   */
  permute?(attrs: AttrsOf<S>, perm: readonly number[]): AttrsOf<S>;
  /** Executors run it on reals alone: what it does to integers with scales is another op. Absent: so it is for `accumulate` and `rescale`. */
  realsOnly?(attrs: AttrsOf<S>): boolean;
  /**
   * How executors may store int8 operands and results: each as a plan says ('any'), all in one way ('same'), or
   * only as they are (absent). Constants are always as they are.
   */
  readonly storage?: 'any' | 'same';
  /** How operand 1 is the weights of matrix products. */
  matrix?(inputs: OperandTypes, attrs: AttrsOf<S>): Matrix;
  /** The integer semantics of docs/numerics.md that the op follows, where it is another than that of int8. */
  readonly numerics?: string;
  readonly accuracy: Accuracy;
  samples(random: Random): OpSample[];
}

/** Declares an op; the schema gives the type of its attributes. */
export function defineOp<const S extends AttrSchema>(definition: OpDefinition<S>): OpDefinition<S> {
  return definition;
}

export const f32 = Math.fround;

/** Rounds to the nearest integer, ties to even. */
export function rne(x: number): number {
  const r = Math.round(x);
  return r - x === 0.5 && r % 2 !== 0 ? r - 1 : r;
}
