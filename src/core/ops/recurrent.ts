import { type AttrsOf, defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { Random } from '../random.ts';
import { sameShape, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const cells = ['lstm', 'gru', 'rnn'] as const;
type Cell = (typeof cells)[number];

/** Gates of a cell, in ONNX's order: input, output, forget, cell; update, reset, hidden; the one of a plain cell. */
const gateCount: Record<Cell, number> = { lstm: 4, gru: 3, rnn: 1 };

const functions = {
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  relu: (x: number) => Math.max(0, x),
  hardSigmoid: (x: number) => Math.max(0, Math.min(1, 0.2 * x + 0.5)),
  softsign: (x: number) => x / (1 + Math.abs(x)),
} as const;
const activation = { kind: 'enum', values: Object.keys(functions) as (keyof typeof functions)[] } as const;

const attrs = {
  cell: { kind: 'enum', values: cells },
  /** Of the gates. */
  f: { ...activation, default: 'sigmoid' },
  /** Of the new content: cell or hidden gate. */
  g: { ...activation, default: 'tanh' },
  /** Of the cell on its way out. */
  h: { ...activation, default: 'tanh' },
  reverse: { kind: 'bool', default: false },
  /** Bound of what goes into the activations. */
  clip: { kind: 'float', default: Number.POSITIVE_INFINITY },
  /** Bound of the cell. */
  cellClip: { kind: 'float', default: Number.POSITIVE_INFINITY },
  /** GRU: the reset gate acts behind the recurrent product. */
  linearBeforeReset: { kind: 'bool', default: false },
} as const;
type Attrs = AttrsOf<typeof attrs>;

interface Sizes {
  time: number;
  batch: number;
  inputs: number;
  hidden: number;
}

function sizesOf(types: readonly (TensorType | undefined)[], cell: Cell): Sizes {
  const [x, w] = [operand(types[0], 'x', 3), operand(types[1], 'w', 2)];
  const [time, batch, inputs] = x.shape;
  const gates = gateCount[cell];
  const hidden = w.shape[0] / gates;
  const expected: Record<string, number[]> = {
    w: [gates * hidden, inputs],
    r: [gates * hidden, hidden],
    bias: [2 * gates * hidden],
    peephole: [3 * hidden],
    initialHidden: [batch, hidden],
    initialCell: [batch, hidden],
  };
  Object.entries(expected).forEach(([port, shape], i) => {
    const type = types[i + 1];
    if (type && (!Number.isInteger(hidden) || !sameShape(type.shape, shape)))
      throw new EdgecError('E_OP_SHAPE', `${port} does not fit`, {
        expected: `[${shape}]`,
        found: `[${type.shape}]`,
        where: port,
      });
  });
  return { time, batch, inputs, hidden };
}

/** Rows of `matrix` times `vector`, from `first` on. */
function product(
  matrix: Float32Array,
  row: number,
  vector: ArrayLike<number>,
  first: number,
  length: number,
): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += matrix[row * length + i] * vector[first + i];
  return sum;
}

interface Weights {
  w: Float32Array;
  r: Float32Array;
  bias?: Float32Array;
  peephole?: Float32Array;
}

/** One sample at one step: hidden and cell values are replaced. */
function advance(
  a: Attrs,
  { hidden, inputs }: Sizes,
  { w, r, bias, peephole }: Weights,
  x: Float32Array,
  at: number,
  state: Float64Array,
  cellState: Float64Array,
): void {
  const gates = gateCount[a.cell as Cell];
  const clip = (v: number): number => Math.max(-a.clip, Math.min(a.clip, v));
  const [f, g, h] = [a.f, a.g, a.h].map((name) => functions[name as keyof typeof functions]);
  const fromInput = (gate: number, k: number): number =>
    product(w, gate * hidden + k, x, at, inputs) + (bias?.[gate * hidden + k] ?? 0);
  const fromHidden = (gate: number, k: number, values: ArrayLike<number> = state): number =>
    product(r, gate * hidden + k, values, 0, hidden) + (bias?.[(gates + gate) * hidden + k] ?? 0);
  const both = (gate: number, k: number): number => fromInput(gate, k) + fromHidden(gate, k);
  const all = (value: (k: number) => number): Float64Array =>
    Float64Array.from({ length: hidden }, (_, k) => value(k));
  if (a.cell === 'rnn') {
    state.set(all((k) => f(clip(both(0, k)))));
  } else if (a.cell === 'gru') {
    const update = all((k) => f(clip(both(0, k))));
    const reset = all((k) => f(clip(both(1, k))));
    const masked = state.map((v, k) => v * reset[k]);
    const content = all((k) =>
      a.linearBeforeReset
        ? g(clip(fromInput(2, k) + reset[k] * fromHidden(2, k)))
        : g(clip(fromInput(2, k) + fromHidden(2, k, masked))),
    );
    state.set(state.map((v, k) => (1 - update[k]) * content[k] + update[k] * v));
  } else {
    const peep = (part: number, k: number, c: number): number => (peephole?.[part * hidden + k] ?? 0) * c;
    const input = all((k) => f(clip(both(0, k) + peep(0, k, cellState[k]))));
    const forget = all((k) => f(clip(both(2, k) + peep(2, k, cellState[k]))));
    const content = all((k) => g(clip(both(3, k))));
    const bound = (v: number): number => Math.max(-a.cellClip, Math.min(a.cellClip, v));
    const next = all((k) => bound(forget[k] * cellState[k] + input[k] * content[k]));
    const output = all((k) => f(clip(both(1, k) + peep(1, k, next[k]))));
    cellState.set(next);
    state.set(all((k) => output[k] * h(next[k])));
  }
}

const float = ['float32'] as const;

function sample(random: Random, cell: Cell, hidden: number, more: Partial<Attrs>, optional: boolean) {
  const [time, batch, inputs] = [5, 2, 3];
  const gates = gateCount[cell];
  const small = (shape: number[]): Tensor =>
    tensor(
      'float32',
      shape,
      (randomFloat(random, shape).data as Float32Array).map((v) => v / 2),
    );
  return {
    inputs: [
      randomFloat(random, [time, batch, inputs]),
      small([gates * hidden, inputs]),
      small([gates * hidden, hidden]),
      ...(optional
        ? [
            small([2 * gates * hidden]),
            cell === 'lstm' ? small([3 * hidden]) : undefined,
            small([batch, hidden]),
            small([batch, hidden]),
          ]
        : []),
    ],
    attrs: { cell, ...more },
  };
}

export const recurrent = defineOp({
  name: 'Recurrent',
  summary: 'LSTM, GRU or plain recurrent cell over the steps of [time, batch, inputs] in one direction.',
  source: 'ONNX LSTM-14, GRU-14, RNN-14, without batch-first layout',
  inputs: [
    { name: 'x', dtypes: float },
    { name: 'w', dtypes: float },
    { name: 'r', dtypes: float },
    { name: 'bias', dtypes: float, optional: true },
    { name: 'peephole', dtypes: float, optional: true },
    { name: 'initialHidden', dtypes: float, optional: true },
    { name: 'initialCell', dtypes: float, optional: true },
  ],
  outputs: [
    { name: 'y', dtypes: float },
    { name: 'lastHidden', dtypes: float },
    { name: 'lastCell', dtypes: float },
  ],
  attrs,
  infer(types, a) {
    const { time, batch, hidden } = sizesOf(types, a.cell as Cell);
    return [
      { dtype: 'float32', shape: [time, batch, hidden] },
      { dtype: 'float32', shape: [batch, hidden] },
      { dtype: 'float32', shape: [batch, hidden] },
    ];
  },
  evaluate(operands, a, outputs) {
    const sizes = sizesOf(operands, a.cell as Cell);
    const { time, batch, hidden, inputs } = sizes;
    const [x, w, r, bias, peephole, h0, c0] = operands.map((t) => t?.data as Float32Array);
    const [y, lastHidden, lastCell] = outputs.map((t) => t.data as Float32Array);
    for (let b = 0; b < batch; b++) {
      const start = (of: Float32Array | undefined): Float64Array =>
        of ? Float64Array.from(of.subarray(b * hidden, (b + 1) * hidden)) : new Float64Array(hidden);
      const [state, cellState] = [start(h0), start(c0)];
      for (let step = 0; step < time; step++) {
        const t = a.reverse ? time - 1 - step : step;
        advance(a, sizes, { w, r, bias, peephole }, x, (t * batch + b) * inputs, state, cellState);
        y.set(state, (t * batch + b) * hidden);
      }
      lastHidden.set(state, b * hidden);
      lastCell.set(cellState, b * hidden);
    }
  },
  cost([x, w, r]) {
    const [time, batch] = operand(x, 'x').shape;
    const size = (type: TensorType | undefined): number =>
      operand(type, 'w').shape.reduce((n, d) => n * d, 1);
    return { macs: time * batch * (size(w) + size(r)) };
  },
  accuracy: { kind: 'relative', tolerance: 1e-4 },
  samples: (random) => [
    sample(random, 'lstm', 4, {}, true),
    sample(
      random,
      'lstm',
      3,
      { reverse: true, cellClip: 0.5, clip: 0.75, f: 'hardSigmoid', h: 'softsign' },
      false,
    ),
    sample(random, 'gru', 4, {}, true),
    sample(random, 'gru', 5, { linearBeforeReset: true, reverse: true }, true),
    sample(random, 'gru', 2, { g: 'relu' }, false),
    sample(random, 'rnn', 4, { f: 'tanh' }, true),
    sample(random, 'rnn', 1, { f: 'relu' }, false),
  ],
});
