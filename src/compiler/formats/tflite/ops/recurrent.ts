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

function realWeight(op: Operator, i: number): Tensor {
  const found = constant(op, i);
  return found.quant ? dequantized(found) : found;
}

const realInput = (op: Operator): ValueId => {
  const { quant } = typeOf(op, 0);
  if (!quant) return input(op, 0);
  return step(op, 'Dequantize', [input(op, 0)], { scale: quant.scale, zeroPoint: quant.zeroPoint });
};

function finishReal(op: Operator, y: ValueId, perm: readonly number[]): ValueId[] {
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
  readonly attrs: Readonly<Record<string, string | number>>;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly timeMajor: boolean;
  /** Places of the operands that hold the hidden and the cell state. */
  readonly states: readonly number[];
}

function run(op: Operator, { attrs, inputs, timeMajor, states }: Cell): ValueId[] {
  const perm = timeMajor ? asIs : batchFirst;
  const x = step(op, 'Transpose', [realInput(op)], { perm });
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
  return finishReal(op, y, perm);
}

/** Operands of the gates stand in the order input, forget, cell, output; here input, output, forget, cell. */
const gates = [0, 3, 1, 2];
const ofGates = (op: Operator, first: number): Tensor[] => gates.map((g) => realWeight(op, first + g));

const readLstm: Read = (op) => {
  if (op.inputs[1] === undefined) throw unsupported(op, 'coupled gates');
  if ([16, 20, 21, 22, 23].some((i) => op.inputs[i] !== undefined))
    throw unsupported(op, 'a projection or normalised gates');
  const bias = ofGates(op, 12);
  const none = bias.map((t) => tensor('float32', t.shape));
  const peephole =
    op.inputs[9] === undefined
      ? undefined
      : stacked(
          op,
          [9, 11, 10].map((i) => realWeight(op, i)),
        );
  const cellClip = op.options?.float(1) ?? 0;
  const activation = activationOf(op, code(op, 0));
  return run(op, {
    attrs: { cell: 'lstm', g: activation, h: activation, ...(cellClip > 0 && { cellClip }) },
    inputs: [
      stacked(op, ofGates(op, 1)),
      stacked(op, ofGates(op, 5)),
      stacked(op, [...bias, ...none]),
      peephole,
    ],
    timeMajor: flag(op, 3),
    states: [18, 19],
  });
};

const readRnn: Read = (op) => {
  const bias = realWeight(op, 3);
  return run(op, {
    attrs: { cell: 'rnn', f: activationOf(op, code(op, 1)) },
    inputs: [
      stacked(op, [realWeight(op, 1)]),
      stacked(op, [realWeight(op, 2)]),
      stacked(op, [bias, tensor('float32', bias.shape)]),
      undefined,
    ],
    timeMajor: flag(op, 0),
    states: [4],
  });
};

export const reads = {
  UNIDIRECTIONAL_SEQUENCE_LSTM: readLstm,
  UNIDIRECTIONAL_SEQUENCE_RNN: readRnn,
};
