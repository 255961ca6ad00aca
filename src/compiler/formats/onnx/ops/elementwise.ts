import { counting, EdgecError, numbers, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import { type Importer, type Importers, type NodeImport, nchw, nhwc } from '../node-import.ts';
import { asUint8, fromUint8 } from './constants.ts';

const unary =
  (op: string): Importer =>
  (node) =>
    node.emit(op, [node.input(0)]);

/** Both operands. Before opset 7, the dimensions of the second stand at those of the first from `axis` on. */
function operands(node: NodeImport): [ValueId, ValueId] {
  const [a, b] = [node.input(0), node.input(1)];
  if (node.opset >= 7 || !node.attrs.has('axis')) return [a, b];
  const after = node.rank(a) - node.axis(node.attrs.int('axis'), node.rank(a)) - node.rank(b);
  if (after < 0) throw node.unsupported('an axis beyond its operand');
  return [a, node.reshape(b, [...node.shape(b), ...new Array<number>(after).fill(1)])];
}

const binary =
  (op: string): Importer =>
  (node) =>
    node.emit(op, operands(node));

/** uint8 operands are computed as integers, and the result wraps. */
function bytewise(node: NodeImport, a: ValueId, b: ValueId, f: (a: ValueId, b: ValueId) => ValueId): ValueId {
  const made = f(fromUint8(node, a), fromUint8(node, b));
  return asUint8(node, node.emit('FloorMod', [made, node.intConstant([], [256])]));
}

const arithmetic =
  (opOf: (node: NodeImport) => string): Importer =>
  (node) => {
    const [a, b] = operands(node);
    const op = opOf(node);
    const unsigned = node.context.isUnsigned(a) && node.context.isUnsigned(b);
    return unsigned ? bytewise(node, a, b, (x, y) => node.emit(op, [x, y])) : node.emit(op, [a, b]);
  };

/** A shift of bytes is a product with, or a quotient by, a power of 2. */
function bitShift(node: NodeImport): ValueId {
  const [a, b] = operands(node);
  const direction = node.attrs.string('direction');
  if (direction !== 'LEFT' && direction !== 'RIGHT') throw node.unsupported(`direction '${direction}'`);
  if (![a, b].every((id) => node.context.isUnsigned(id)))
    throw node.unsupported('other types than uint8', 'uint8');
  return bytewise(node, a, b, (x, bits) => {
    const shift = node.emit('Min', [bits, node.intConstant([], [8])]);
    const power = node.emit('Pow', [node.intConstant([], [2]), shift]);
    return node.emit(direction === 'LEFT' ? 'Mul' : 'Div', [x, power]);
  });
}

function variadic(node: NodeImport, op: string): ValueId {
  const [first, ...rest] = node.inputs();
  if (first === undefined)
    throw new EdgecError('E_GRAPH_INVALID', `${node.op} has no input`, { where: node.name });
  return rest.reduce((acc, x) => node.emit(op, [acc, x]), first);
}

function mean(node: NodeImport): ValueId {
  return node.emit('Mul', [variadic(node, 'Add'), node.scalar(1 / node.inputCount)]);
}

/** Clip of reals is one op, of integers a Min and a Max. */
export function clip(node: NodeImport, x: ValueId, min?: number, max?: number): ValueId {
  const { dtype } = node.type(x);
  if (dtype === 'float32') {
    const bounds = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
    return node.emit('Clip', [x], bounds);
  }
  if (node.context.isUnsigned(x)) throw node.unsupported('uint8 operands');
  const bound = (op: string, v: ValueId, limit: number | undefined): ValueId =>
    limit === undefined ? v : node.emit(op, [v, node.addConstant(tensor(dtype, [], [limit]))]);
  return bound('Min', bound('Max', x, min), max);
}

function importClip(node: NodeImport): ValueId {
  if (node.opset >= 11)
    return clip(node, node.input(0), node.optionalScalar(1, 'min'), node.optionalScalar(2, 'max'));
  const limit = (name: string): number | undefined =>
    node.attrs.has(name) ? node.attrs.float(name) : undefined;
  return clip(node, node.input(0), limit('min'), limit('max'));
}

/** Before opset 7, a slope has one dimension, the channels. */
function slopeOf(node: NodeImport): ValueId {
  const slope = node.input(1);
  if (node.opset >= 7 || node.rank(slope) !== 1) return slope;
  return node.reshape(slope, [...node.shape(slope), ...node.shape(node.input(0)).slice(2).fill(1)]);
}

/** A slope for each channel is the last axis of images; any other broadcasts as it is. */
function prelu(node: NodeImport): ValueId {
  const x = node.input(0);
  const slope = slopeOf(node);
  const shape = node.shape(x);
  if (shape.length !== 4) return node.emit('PRelu', [x, slope]);
  const padded = [...new Array<number>(Math.max(0, 4 - node.rank(slope))).fill(1), ...node.shape(slope)];
  const last = node.transpose(node.reshape(slope, padded), nhwc);
  const perChannel = node
    .shape(last)
    .slice(0, 3)
    .every((d) => d === 1);
  const operand = perChannel ? node.reshape(last, [node.shape(last)[3]]) : last;
  return node.transpose(node.emit('PRelu', [node.transpose(x, nhwc), operand]), nchw);
}

/** Before opset 13, softmax and its kin run over all axes from `axis` on as if they were one. */
function alongRows(node: NodeImport, body: (x: ValueId, axis: number) => ValueId): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const axis = node.axis(node.attrs.int('axis', node.opset < 13 ? 1 : -1), shape.length);
  const flattens = node.opset < 13 && shape.slice(axis + 1).some((d) => d !== 1);
  if (!flattens) return body(x, axis);
  const rows = shape.slice(0, axis).reduce((n, d) => n * d, 1);
  const columns = shape.slice(axis).reduce((n, d) => n * d, 1);
  return node.reshape(body(node.reshape(x, [rows, columns]), 1), shape);
}

const softmax =
  (op: string): Importer =>
  (node) =>
    alongRows(node, (x, axis) => node.emit(op, [x], { axis }));

function softsign(node: NodeImport): ValueId {
  const x = node.input(0);
  return node.emit('Div', [x, node.emit('Add', [node.emit('Abs', [x]), node.scalar(1)])]);
}

function mish(node: NodeImport): ValueId {
  const x = node.input(0);
  return node.emit('Mul', [x, node.emit('Tanh', [node.emit('Softplus', [x])])]);
}

/** x where it is above the threshold, else 0. */
function thresholdedRelu(node: NodeImport): ValueId {
  const x = node.input(0);
  const above = node.emit('Greater', [x, node.scalar(node.attrs.float('alpha', 1))]);
  return node.emit('Where', [above, x, node.scalar(0)]);
}

const selu = (node: NodeImport): ValueId => {
  const alpha = node.attrs.float('alpha', 1.67326319217681884765625);
  const gamma = node.attrs.float('gamma', 1.05070102214813232421875);
  return node.emit('Mul', [node.emit('Elu', [node.input(0)], { alpha }), node.scalar(gamma)]);
};

/** alpha · (e^(x / alpha) − 1) below zero, which is an Elu of x / alpha. */
function celu(node: NodeImport): ValueId {
  const alpha = node.attrs.float('alpha', 1);
  const ratio = node.emit('Mul', [node.input(0), node.scalar(1 / alpha)]);
  return node.emit('Mul', [node.emit('Elu', [ratio], { alpha: 1 }), node.scalar(alpha)]);
}

function shrink(node: NodeImport): ValueId {
  const x = node.input(0);
  const limit = node.attrs.float('lambd', 0.5);
  const bias = node.attrs.float('bias', 0);
  const above = node.emit('Greater', [x, node.scalar(limit)]);
  const below = node.emit('Less', [x, node.scalar(-limit)]);
  const lifted = node.emit('Where', [below, node.emit('Add', [x, node.scalar(bias)]), node.scalar(0)]);
  return node.emit('Where', [above, node.emit('Sub', [x, node.scalar(bias)]), lifted]);
}

const largestFloat = 3.4028234663852886e38;

function isInfinite(node: NodeImport): ValueId {
  const x = node.input(0);
  const above = node.emit('Greater', [x, node.scalar(largestFloat)]);
  const below = node.emit('Less', [x, node.scalar(-largestFloat)]);
  if (!node.attrs.flag('detect_negative', true)) return above;
  return node.attrs.flag('detect_positive', true) ? node.emit('Or', [above, below]) : below;
}

/** 1 where the greatest value of the axis stands first, else 0. Before opset 13, all axes from `axis` on are one. */
function hardmax(node: NodeImport): ValueId {
  return alongRows(node, (rows, axis) => {
    const length = node.shape(rows)[axis];
    const best = node.emit('ArgMax', [rows], { axis, keepDims: true });
    const shape = node.shape(rows).map((d, i) => (i === axis ? d : 1));
    const places = node.intConstant(shape, counting(length));
    return node.emit('Cast', [node.emit('Equal', [best, places])], { to: 'float32' });
  });
}

/** The three functions that have no integer form, out of sums and comparisons. */
function ofIntegers(op: string, node: NodeImport, x: ValueId): ValueId {
  const zero = node.intConstant([], [0]);
  const negative = node.emit('Sub', [zero, x]);
  if (op === 'Neg') return negative;
  if (op === 'Abs') return node.emit('Max', [x, negative]);
  return node.emit('Max', [node.emit('Min', [x, node.intConstant([], [1])]), node.intConstant([], [-1])]);
}

const signed =
  (op: string): Importer =>
  (node) => {
    const x = node.input(0);
    return node.type(x).dtype === 'int32' ? ofIntegers(op, node, x) : node.emit(op, [x]);
  };

const comparison =
  (op: string, swap: boolean, negate: boolean): Importer =>
  (node) => {
    const [a, b] = operands(node);
    const result = node.emit(op, swap ? [b, a] : [a, b]);
    return negate ? node.emit('Not', [result]) : result;
  };

/** Pow by a constant 2 or 0.5 is a product or a root. */
function pow(node: NodeImport): ValueId {
  const [x, power] = operands(node);
  const exponent = node.constantOf(power);
  const value = exponent && exponent.data.length === 1 ? numbers(exponent)[0] : undefined;
  if (value === 2) return node.emit('Mul', [x, x]);
  if (value === 0.5) return node.emit('Sqrt', [x]);
  if (value === 1) return x;
  return node.emit('Pow', [x, power]);
}

const sameName =
  'Sqrt Reciprocal Exp Log Floor Ceil Round Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Sigmoid Tanh HardSwish Softplus Not'.split(
    ' ',
  );
const sameNameBinary = 'Equal Greater Less And Or'.split(' ');

export const elementwiseImporters: Importers = {
  ...Object.fromEntries(sameName.map((op) => [op, unary(op)])),
  ...Object.fromEntries(sameNameBinary.map((op) => [op, binary(op)])),
  ...Object.fromEntries(['Add', 'Sub', 'Mul', 'Div'].map((op) => [op, arithmetic(() => op)])),
  BitShift: bitShift,
  Pow: pow,
  Min: (node) => variadic(node, 'Min'),
  Max: (node) => variadic(node, 'Max'),
  Sum: (node) => variadic(node, 'Add'),
  Mean: mean,
  Relu: (node) => clip(node, node.input(0), 0),
  Clip: importClip,
  PRelu: prelu,
  Softsign: softsign,
  Mish: mish,
  LeakyRelu: (node) => node.emit('LeakyRelu', [node.input(0)], { alpha: node.attrs.float('alpha', 0.01) }),
  Elu: (node) => node.emit('Elu', [node.input(0)], { alpha: node.attrs.float('alpha', 1) }),
  Gelu: (node) =>
    node.emit('Gelu', [node.input(0)], { approximate: node.attrs.string('approximate', 'none') }),
  HardSigmoid: (node) =>
    node.emit('HardSigmoid', [node.input(0)], {
      alpha: node.attrs.float('alpha', 0.2),
      beta: node.attrs.float('beta', 0.5),
    }),
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
  Hardmax: hardmax,
  Neg: signed('Neg'),
  Abs: signed('Abs'),
  Sign: signed('Sign'),
  Mod: arithmetic((node) => (node.attrs.flag('fmod', false) ? 'TruncateMod' : 'FloorMod')),
  Xor: (node) => node.emit('Not', [node.emit('Equal', operands(node))]),
  IsNaN: (node) => node.emit('Not', [node.emit('Equal', [node.input(0), node.input(0)])]),
  IsInf: isInfinite,
  ThresholdedRelu: thresholdedRelu,
  Selu: selu,
  Celu: celu,
  Shrink: shrink,
  GreaterOrEqual: comparison('Less', false, true),
  LessOrEqual: comparison('Greater', false, true),
  Where: (node) => node.emit('Where', [node.input(0), node.input(1), node.input(2)]),
};
