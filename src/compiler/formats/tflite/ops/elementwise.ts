import { sameShape } from '../../../../core/index.ts';
import {
  clampOf,
  code,
  finish,
  finishClamped,
  input,
  type Read,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { optionTables } from '../schema.ts';
import type { Write } from '../write/emitter.ts';
import { byte, options } from '../write/model-writer.ts';

const pair =
  (name: string): Read =>
  (op) =>
    finish(op, name, [input(op, 0), input(op, 1)]);

const single =
  (name: string): Read =>
  (op) =>
    finish(op, name, [input(op, 0)]);

/** An op that takes the bounds of the fused activation. */
const clamped =
  (name: string): Read =>
  (op) =>
    finish(op, name, [input(op, 0), input(op, 1)], clampOf(op, code(op, 0)));

const negated =
  (name: string): Read =>
  (op) =>
    finish(op, 'Not', [step(op, name, [input(op, 0), input(op, 1)])]);

const select: Read = (op) => {
  const condition = typeOf(op, 0).shape;
  const data = typeOf(op, 1).shape;
  const byRow =
    op.builtin === 'SELECT' && condition.length === 1 && data.length > 1 && !sameShape(condition, data);
  if (!byRow) return finish(op, 'Where', [input(op, 0), input(op, 1), input(op, 2)]);
  const shape = [condition[0], ...data.slice(1).map(() => 1)];
  return finish(op, 'Where', [step(op, 'Reshape', [input(op, 0)], { shape }), input(op, 1), input(op, 2)]);
};

const squaredDifference: Read = (op) => {
  if (op.outputTypes[0].quant) throw unsupported(op, 'integers');
  const difference = step(op, 'Sub', [input(op, 0), input(op, 1)]);
  return finish(op, 'Mul', [difference, difference]);
};

const addAll: Read = (op) => {
  if (op.outputTypes[0].quant) throw unsupported(op, 'integers');
  const [first, ...others] = op.inputs.map((_, i) => input(op, i));
  const last = others.pop();
  if (last === undefined) return [first];
  const sum = others.reduce((a, b) => step(op, 'Add', [a, b]), first);
  return finish(op, 'Add', [sum, last]);
};

export const reads = {
  ADD: clamped('Add'),
  SUB: clamped('Sub'),
  MUL: clamped('Mul'),
  DIV: (op: Parameters<Read>[0]) => finishClamped(op, 'Div', [input(op, 0), input(op, 1)], {}, code(op, 0)),
  ADD_N: addAll,
  MINIMUM: pair('Min'),
  MAXIMUM: pair('Max'),
  POW: pair('Pow'),
  EQUAL: pair('Equal'),
  GREATER: pair('Greater'),
  LESS: pair('Less'),
  NOT_EQUAL: negated('Equal'),
  GREATER_EQUAL: negated('Less'),
  LESS_EQUAL: negated('Greater'),
  LOGICAL_AND: pair('And'),
  LOGICAL_OR: pair('Or'),
  LOGICAL_NOT: single('Not'),
  SELECT: select,
  SELECT_V2: select,
  NEG: single('Neg'),
  ABS: single('Abs'),
  SQRT: single('Sqrt'),
  RSQRT: single('Rsqrt'),
  EXP: single('Exp'),
  LOG: single('Log'),
  FLOOR: single('Floor'),
  CEIL: single('Ceil'),
  ROUND: single('Round'),
  SIN: single('Sin'),
  COS: single('Cos'),
  SQUARE: ((op) => finish(op, 'Mul', [input(op, 0), input(op, 0)])) satisfies Read,
  SQUARED_DIFFERENCE: squaredDifference,
};

const both =
  (builtin: string, table: number): Write =>
  (out, node) => {
    const inputs = [out.operand(node, 0), out.operand(node, 1)];
    const y = out.type(node.outputs[0]);
    return [
      out.clamped(node, (activation) => out.emit(builtin, inputs, y, options(table, byte(activation)))),
    ];
  };

/** An operator on reals: integer operands are dequantised, an integer result is quantised again. */
const onReals =
  (builtin: string, table = 0): Write =>
  (out, node) => {
    const y = out.type(node.outputs[0]);
    const inputs = node.inputs.map((_, i) => out.real(out.operand(node, i)));
    const real = y.dtype === 'int8' ? ({ dtype: 'float32', shape: y.shape } as const) : y;
    return [out.like(out.emit(builtin, inputs, real, table ? options(table) : undefined), y)];
  };

/** MINIMUM and MAXIMUM compare integers: all of them in the scale of the result. */
const extreme =
  (builtin: string): Write =>
  (out, node) => {
    const y = out.type(node.outputs[0]);
    const inputs = [0, 1].map((i) => out.requantized(out.operand(node, i), y.quant));
    return [out.emit(builtin, inputs, y, options(optionTables.maximumMinimum))];
  };

const where: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  const [a, b] = [1, 2].map((i) => out.requantized(out.operand(node, i), y.quant));
  return [out.emit('SELECT_V2', [out.operand(node, 0), a, b], y, options(optionTables.selectV2), 1)];
};

const reciprocal: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  const real = { dtype: 'float32', shape: y.shape } as const;
  const one = out.scalar('one', 1, real);
  const made = out.emit(
    'DIV',
    [one, out.real(out.operand(node, 0))],
    real,
    options(optionTables.div, byte(0)),
  );
  return [out.like(made, y)];
};

export const writes = {
  Add: both('ADD', optionTables.add),
  Sub: both('SUB', optionTables.sub),
  Mul: both('MUL', optionTables.mul),
  Div: onReals('DIV', optionTables.div),
  Min: extreme('MINIMUM'),
  Max: extreme('MAXIMUM'),
  Pow: onReals('POW', optionTables.pow),
  Equal: onReals('EQUAL', optionTables.equal),
  Greater: onReals('GREATER', optionTables.greater),
  Less: onReals('LESS', optionTables.less),
  And: onReals('LOGICAL_AND', optionTables.logicalAnd),
  Or: onReals('LOGICAL_OR', optionTables.logicalOr),
  Not: onReals('LOGICAL_NOT', optionTables.logicalNot),
  Where: where,
  Neg: onReals('NEG', optionTables.neg),
  Abs: onReals('ABS', optionTables.abs),
  Sqrt: onReals('SQRT'),
  Rsqrt: onReals('RSQRT'),
  Reciprocal: reciprocal,
  Exp: onReals('EXP', optionTables.exp),
  Log: onReals('LOG'),
  Floor: onReals('FLOOR'),
  Ceil: onReals('CEIL'),
  Round: onReals('ROUND'),
  Sin: onReals('SIN'),
  Cos: onReals('COS', optionTables.cos),
};
