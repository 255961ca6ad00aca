import type { QuantParams, TensorType } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import { finish, flag, input, type Read, typeOf } from '../import-context.ts';
import { optionTables } from '../schema.ts';
import { cannotWrite, type Emitter, type TensorIndex, type Write } from '../write/emitter.ts';
import { byte, float, type Options, options } from '../write/model-writer.ts';

const single =
  (name: string, attrs: Record<string, number | string> = {}): Read =>
  (op) =>
    finish(op, name, [input(op, 0)], attrs);

const lastAxis =
  (name: string): Read =>
  (op) =>
    finish(op, name, [input(op, 0)], { axis: typeOf(op, 0).shape.length - 1 });

const readSoftmax: Read = (op) =>
  finish(op, 'Softmax', [input(op, 0)], {
    axis: typeOf(op, 0).shape.length - 1,
    beta: op.options?.float(0) ?? 1,
  });

const readLeakyRelu: Read = (op) =>
  finish(op, 'LeakyRelu', [input(op, 0)], { alpha: op.options?.float(0) ?? 0, tableRounding: 'tflite8' });

export const reads = {
  RELU: single('Clip', { min: 0 }),
  RELU6: single('Clip', { min: 0, max: 6 }),
  RELU_N1_TO_1: single('Clip', { min: -1, max: 1 }),
  RELU_0_TO_1: single('Clip', { min: 0, max: 1 }),
  LEAKY_RELU: readLeakyRelu,
  PRELU: ((op) => finish(op, 'PRelu', [input(op, 0), input(op, 1)])) satisfies Read,
  HARD_SWISH: single('HardSwish', { tableRounding: 'tflite16' }),
  LOGISTIC: single('Sigmoid'),
  TANH: single('Tanh'),
  ELU: single('Elu', { alpha: 1 }),
  GELU: ((op) =>
    finish(op, 'Gelu', [input(op, 0)], { approximate: flag(op, 0) ? 'tanh' : 'none' })) satisfies Read,
  SOFTMAX: readSoftmax,
  LOG_SOFTMAX: lastAxis('LogSoftmax'),
};

const clips: Readonly<Record<string, string>> = {
  '0,Infinity': 'RELU',
  '0,6': 'RELU6',
  '-1,1': 'RELU_N1_TO_1',
};

const writeClip: Write = (out, node) => {
  const { min, max } = node.attrs as { min: number; max: number };
  const y = out.type(node.outputs[0]);
  const builtin = clips[`${min},${max}`];
  if (builtin) return [out.emit(builtin, [out.operand(node, 0)], y)];
  return [out.clamp(out.requantized(out.operand(node, 0), y.quant), min, max)];
};

/** Output parameters that int8 operators demand. */
const fixed = {
  LOGISTIC: { scale: [1 / 256], zeroPoint: [-128] },
  TANH: { scale: [1 / 128], zeroPoint: [0] },
  SOFTMAX: { scale: [1 / 256], zeroPoint: [-128] },
} as const satisfies Record<string, QuantParams>;

function withFixed(
  out: Emitter,
  builtin: keyof typeof fixed,
  x: TensorIndex,
  y: TensorType,
  opts?: Options,
): TensorIndex {
  if (y.dtype !== 'int8') return out.emit(builtin, [out.real(x)], y, opts);
  return out.requantized(out.emit(builtin, [x], { ...y, quant: fixed[builtin] }, opts), y.quant);
}

/** Operators that work along the last axis: any other is moved there and back. */
const alongLast =
  (make: (out: Emitter, node: Node, x: TensorIndex, y: TensorType) => TensorIndex): Write =>
  (out, node) => {
    const y = out.type(node.outputs[0]);
    const rank = y.shape.length;
    const axis = node.attrs.axis as number;
    const x = out.operand(node, 0);
    if (axis === rank - 1) return [make(out, node, x, y)];
    const perm = y.shape.map((_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
    const swap = (t: TensorIndex): TensorIndex => {
      const type = out.typeOf(t);
      const inputs = [t, out.ints('perm', perm)];
      return out.emit(
        'TRANSPOSE',
        inputs,
        { ...type, shape: perm.map((p) => type.shape[p]) },
        options(optionTables.transpose),
      );
    };
    const moved = swap(x);
    return [swap(make(out, node, moved, { ...y, shape: out.typeOf(moved).shape }))];
  };

const writeSoftmax = alongLast((out, node, x, y) =>
  withFixed(out, 'SOFTMAX', x, y, options(optionTables.softmax, float(node.attrs.beta as number))),
);

const writeLogSoftmax = alongLast((out, node, x, y) => {
  const real = { dtype: 'float32', shape: y.shape } as const;
  const beta = (node.attrs.beta ?? 1) as number;
  const input = out.real(x);
  const scaled =
    beta === 1
      ? input
      : out.emit('MUL', [input, out.scalar('beta', beta, real)], real, options(optionTables.mul, byte(0)));
  return out.like(out.emit('LOG_SOFTMAX', [scaled], real, options(optionTables.logSoftmax)), y);
});

const writeLeakyRelu: Write = (out, node) => {
  const opts = options(optionTables.leakyRelu, float(node.attrs.alpha as number));
  return [out.emit('LEAKY_RELU', [out.operand(node, 0)], out.type(node.outputs[0]), opts)];
};

/** The slope broadcasts from the last axis and lacks the batch axis in the file. */
const writePRelu: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  const given = out.typeOf(out.operand(node, 1)).shape;
  const rank = Math.max(1, y.shape.length - 1);
  const slope =
    given.length === rank + 1 && given[0] === 1
      ? out.reshape(out.operand(node, 1), given.slice(1))
      : out.operand(node, 1);
  return [out.emit('PRELU', [out.operand(node, 0), slope], y)];
};

const onReals =
  (builtin: string, optionsOf: (node: Node) => Options | undefined): Write =>
  (out, node) => {
    const y = out.type(node.outputs[0]);
    const real = { dtype: 'float32', shape: y.shape } as const;
    return [out.like(out.emit(builtin, [out.real(out.operand(node, 0))], real, optionsOf(node)), y)];
  };

const hardSwishOnReals = onReals('HARD_SWISH', () => options(optionTables.hardSwish));

/** The operator on integers means its own rounding only. */
const writeHardSwish: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  if (y.dtype !== 'int8' || node.attrs.tableRounding !== 'tflite16') return hardSwishOnReals(out, node);
  return [out.emit('HARD_SWISH', [out.operand(node, 0)], y, options(optionTables.hardSwish), 1)];
};

const writeElu: Write = (out, node) => {
  if (node.attrs.alpha !== 1) throw cannotWrite(node, `alpha ${node.attrs.alpha}`);
  return onReals('ELU', () => undefined)(out, node);
};

/** clip(alpha · x + beta, 0, 1) */
const writeHardSigmoid: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  const real = { dtype: 'float32', shape: y.shape } as const;
  const { alpha, beta } = node.attrs as { alpha: number; beta: number };
  const x = out.real(out.operand(node, 0));
  const scaled = out.emit(
    'MUL',
    [x, out.scalar('alpha', alpha, real)],
    real,
    options(optionTables.mul, byte(0)),
  );
  const moved = out.emit(
    'ADD',
    [scaled, out.scalar('beta', beta, real)],
    real,
    options(optionTables.add, byte(0)),
  );
  return [out.like(out.clamp(moved, 0, 1), y)];
};

/** log(1 + exp x) */
const writeSoftplus: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  const real = { dtype: 'float32', shape: y.shape } as const;
  const grown = out.emit('EXP', [out.real(out.operand(node, 0))], real, options(optionTables.exp));
  const moved = out.emit(
    'ADD',
    [grown, out.scalar('one', 1, real)],
    real,
    options(optionTables.add, byte(0)),
  );
  return [out.like(out.emit('LOG', [moved], real), y)];
};

export const writes = {
  Clip: writeClip,
  LeakyRelu: writeLeakyRelu,
  PRelu: writePRelu,
  HardSwish: writeHardSwish,
  HardSigmoid: writeHardSigmoid,
  Softplus: writeSoftplus,
  Sigmoid: ((out, node) => [
    withFixed(out, 'LOGISTIC', out.operand(node, 0), out.type(node.outputs[0])),
  ]) satisfies Write,
  Tanh: ((out, node) => [
    withFixed(out, 'TANH', out.operand(node, 0), out.type(node.outputs[0])),
  ]) satisfies Write,
  Elu: writeElu,
  Gelu: onReals('GELU', (node) => options(optionTables.gelu, byte(node.attrs.approximate === 'tanh'))),
  Softmax: writeSoftmax,
  LogSoftmax: writeLogSoftmax,
};
