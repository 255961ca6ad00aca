import { type Tensor, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import {
  code,
  constant,
  finish,
  flag,
  input,
  type Operator,
  type Read,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { dequantized } from '../tensors.ts';

/** Recurrent operators run in real numbers: integers come in dequantised and go out quantised. */

export function realWeight(op: Operator, i: number): Tensor {
  const found = constant(op, i);
  return found.quant ? dequantized(found) : found;
}

export const realInput = (op: Operator, i = 0): ValueId => {
  const { quant } = typeOf(op, i);
  if (!quant) return input(op, i);
  return step(op, 'Dequantize', [input(op, i)], { scale: quant.scale, zeroPoint: quant.zeroPoint });
};

export function finishReal(op: Operator, y: ValueId, perm: readonly number[]): ValueId[] {
  const { quant } = op.outputTypes[0];
  if (!quant) return finish(op, 'Transpose', [y], { perm });
  const { scale, zeroPoint } = quant;
  return finish(op, 'Quantize', [step(op, 'Transpose', [y], { perm })], {
    scale,
    zeroPoint,
    reciprocal: true,
  });
}

/** One behind the other along the first axis. */
function stacked(op: Operator, parts: readonly Tensor[]): ValueId {
  const [rows, ...rest] = parts[0].shape;
  const data = Float32Array.from(parts.flatMap((t) => Array.from(t.data as Float32Array)));
  return op.builder.constant(`${op.name}.weights`, tensor('float32', [rows * parts.length, ...rest], data));
}

const cellActivations: Readonly<Record<number, string>> = { 1: 'relu', 4: 'tanh' };

function activationOf(op: Operator, activation: number): string {
  const found = cellActivations[activation];
  if (!found) throw unsupported(op, `activation ${activation} of a cell`);
  return found;
}

const batchFirst = [1, 0, 2];
const asIs = [0, 1, 2];

interface Cell {
  readonly attrs: Readonly<Record<string, string | number | boolean>>;
  readonly inputs: readonly (ValueId | undefined)[];
  /** Places of the operands that hold the hidden and the cell state. */
  readonly states: readonly number[];
}

/** The hidden values of all steps of `x`, [time, batch, hidden]. */
function stepsOf(op: Operator, x: ValueId, { attrs, inputs, states }: Cell): ValueId {
  const [y, ...last] = op.builder.add(
    'Recurrent',
    [x, ...inputs, ...states.map((i) => input(op, i))],
    attrs,
    {
      name: `${op.name}.steps`,
      origin: [`${op.builtin}:${op.name}`],
    },
  );
  states.forEach((i, k) => {
    op.keep(i, last[k]);
  });
  return y;
}

function run(op: Operator, cell: Cell, timeMajor: boolean): ValueId[] {
  const perm = timeMajor ? asIs : batchFirst;
  return finishReal(op, stepsOf(op, step(op, 'Transpose', [realInput(op)], { perm }), cell), perm);
}

/** One cell forwards and one backwards; their results side by side, or apart. */
function runBoth(
  op: Operator,
  forward: Cell,
  backward: Cell,
  timeMajor: boolean,
  merged: boolean,
): ValueId[] {
  const perm = timeMajor ? asIs : batchFirst;
  const x = step(op, 'Transpose', [realInput(op)], { perm });
  const both = [forward, { ...backward, attrs: { ...backward.attrs, reverse: true } }].map((cell) =>
    stepsOf(op, x, cell),
  );
  if (merged) return finishReal(op, step(op, 'Concat', both, { axis: 2 }), perm);
  if (op.outputTypes[0].quant) throw unsupported(op, 'two quantised outputs');
  return both.map((y) => step(op, 'Transpose', [y], { perm }));
}

/** Operands of the gates stand in the order input, forget, cell, output; here input, output, forget, cell. */
const gates = [0, 3, 1, 2];
const ofGates = (op: Operator, first: number): Tensor[] => gates.map((g) => realWeight(op, first + g));

/** The cell whose operands begin at `first`. */
function lstmCell(op: Operator, first: number, states: readonly number[]): Cell {
  if (op.inputs[first] === undefined) throw unsupported(op, 'coupled gates');
  if ([15, 16].some((i) => op.inputs[first + i] !== undefined)) throw unsupported(op, 'a projection');
  const bias = ofGates(op, first + 11);
  const none = bias.map((t) => tensor('float32', t.shape));
  const peephole =
    op.inputs[first + 8] === undefined
      ? undefined
      : stacked(
          op,
          [8, 10, 9].map((i) => realWeight(op, first + i)),
        );
  const cellClip = op.options?.float(1) ?? 0;
  const activation = activationOf(op, code(op, 0));
  return {
    attrs: { cell: 'lstm', g: activation, h: activation, ...(cellClip > 0 && { cellClip }) },
    inputs: [
      stacked(op, ofGates(op, first)),
      stacked(op, ofGates(op, first + 4)),
      stacked(op, [...bias, ...none]),
      peephole,
    ],
    states,
  };
}

const readLstm: Read = (op) => {
  if ([20, 21, 22, 23].some((i) => op.inputs[i] !== undefined)) throw unsupported(op, 'normalised gates');
  return run(op, lstmCell(op, 1, [18, 19]), flag(op, 3));
};

const readLstmOfBoth: Read = (op) => {
  if (op.inputs.slice(39).some((id) => id !== undefined)) throw unsupported(op, 'a second input');
  return runBoth(op, lstmCell(op, 1, [35, 36]), lstmCell(op, 18, [37, 38]), flag(op, 4), flag(op, 3));
};

function rnnCell(op: Operator, first: number, activation: number): Cell {
  const bias = realWeight(op, first + 2);
  return {
    attrs: { cell: 'rnn', f: activationOf(op, activation) },
    inputs: [
      stacked(op, [realWeight(op, first)]),
      stacked(op, [realWeight(op, first + 1)]),
      stacked(op, [bias, tensor('float32', bias.shape)]),
      undefined,
    ],
    states: [first + 3],
  };
}

const readRnn: Read = (op) => run(op, rnnCell(op, 1, code(op, 1)), flag(op, 0));

const readRnnOfBoth: Read = (op) => {
  if (op.inputs.slice(9).some((id) => id !== undefined)) throw unsupported(op, 'a second input');
  const [forward, backward] = [1, 5].map((first) => rnnCell(op, first, code(op, 1)));
  return runBoth(op, forward, backward, flag(op, 0), flag(op, 2));
};

/** A sequence of one step. */
const readRnnStep: Read = (op) => {
  const x = realInput(op);
  const sequence = step(op, 'Reshape', [x], { shape: [1, ...op.builder.type(x).shape] });
  const y = stepsOf(op, sequence, rnnCell(op, 1, code(op, 0)));
  return finishReal(op, step(op, 'Reshape', [y], { shape: op.builder.type(y).shape.slice(1) }), [0, 1]);
};

export const reads = {
  BIDIRECTIONAL_SEQUENCE_LSTM: readLstmOfBoth,
  BIDIRECTIONAL_SEQUENCE_RNN: readRnnOfBoth,
  RNN: readRnnStep,
  UNIDIRECTIONAL_SEQUENCE_LSTM: readLstm,
  UNIDIRECTIONAL_SEQUENCE_RNN: readRnn,
};
