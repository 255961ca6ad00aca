import { broadcastShape, counting, elementCount, f32, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import {
  constant,
  finish,
  flag,
  input,
  int,
  integers,
  type Read,
  scalar,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { elementTypeId, optionTables } from '../schema.ts';
import { dequantized } from '../tensors.ts';
import { cannotWrite, type Write } from '../write/emitter.ts';
import { byte, options } from '../write/model-writer.ts';

const readQuantize: Read = (op) => {
  const { quant } = op.outputTypes[0];
  if (!quant) throw unsupported(op, 'an output without scale');
  const { scale, zeroPoint } = quant;
  if (typeOf(op, 0).dtype === 'float32') {
    return finish(op, 'Quantize', [input(op, 0)], { scale, zeroPoint, reciprocal: true });
  }
  if (!typeOf(op, 0).quant) throw unsupported(op, 'an input without scale');
  const attrs = { scale: scale[0], zeroPoint: zeroPoint[0], tableRounding: 'tflite8' };
  return finish(op, 'Requantize', [input(op, 0)], attrs);
};

const readDequantize: Read = (op) => {
  const { quant, dtype } = typeOf(op, 0);
  if (dtype === 'float32') return [input(op, 0)];
  if (!quant) throw unsupported(op, 'an input without scale');
  const known = op.builder.constantOf(op.inputs[0]);
  if (known) return [op.builder.constant(op.name, dequantized(known))];
  return finish(op, 'Dequantize', [input(op, 0)], {
    scale: quant.scale,
    zeroPoint: quant.zeroPoint,
    axis: quant.axis ?? -1,
  });
};

const readCast: Read = (op) => finish(op, 'Cast', [input(op, 0)], { to: op.outputTypes[0].dtype });

const readShape: Read = (op) => {
  const { shape } = typeOf(op, 0);
  return [op.builder.constant(op.name, tensor('int32', [shape.length], shape))];
};

const readRank: Read = (op) => [
  op.builder.constant(op.name, tensor('int32', [], [typeOf(op, 0).shape.length])),
];

const readFill: Read = (op) => {
  const value = constant(op, 1);
  if (elementCount(value.shape) !== 1) throw unsupported(op, 'a value that is no scalar');
  const scalar = op.builder.constant(`${op.name}.value`, { ...value, shape: [] });
  return finish(op, 'Expand', [scalar], { shape: integers(op, 0) });
};

const readZerosLike: Read = (op) => {
  const { dtype, shape, quant } = typeOf(op, 0);
  const zero = op.builder.constant(`${op.name}.zero`, tensor(dtype, [], [quant?.zeroPoint[0] ?? 0], quant));
  return finish(op, 'Expand', [zero], { shape });
};

const readRange: Read = (op) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => scalar(op, i));
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  const values = counting(count).map((i) => start + i * delta);
  return [op.builder.constant(op.name, tensor(typeOf(op, 0).dtype, [count], values))];
};

/** Reals as training shows them to a net that will be quantised: rounded to one of 2^bits values, 0 among them. */
const readFakeQuant: Read = (op) => {
  const [low, high] = [op.options?.float(0) ?? 0, op.options?.float(1) ?? 0];
  const bits = int(op, 2);
  if (!(low < high && bits >= 2 && bits <= 16)) throw unsupported(op, `${low} to ${high} in ${bits} bits`);
  const [least, most] = [flag(op, 3) ? 1 : 0, 2 ** bits - 1];
  const scale = f32(f32(high - low) / (most - least));
  const zero = Math.max(least, Math.min(most, Math.round(f32(least - f32(low / scale)))));
  const [min, max] = [f32((least - zero) * scale), f32((most - zero) * scale)];
  const number = (value: number): ValueId =>
    op.builder.constant(`${op.name}.constant`, tensor('float32', [], [value]));
  const above = step(op, 'Sub', [step(op, 'Clip', [input(op, 0)], { min, max }), number(min)]);
  const steps = step(op, 'Add', [step(op, 'Mul', [above, number(f32(1 / scale))]), number(0.5)]);
  return finish(op, 'Add', [step(op, 'Mul', [step(op, 'Floor', [steps]), number(scale)]), number(min)]);
};

/** A sparse constant is dense once its tensor is read. */
const readDensify: Read = (op) => {
  constant(op, 0);
  return [input(op, 0)];
};

const readBroadcastArgs: Read = (op) => {
  const shape = broadcastShape(integers(op, 0), integers(op, 1));
  return [op.builder.constant(op.name, tensor('int32', [shape.length], shape))];
};

export const reads = {
  QUANTIZE: readQuantize,
  DEQUANTIZE: readDequantize,
  CAST: readCast,
  SHAPE: readShape,
  RANK: readRank,
  FILL: readFill,
  ZEROS_LIKE: readZerosLike,
  RANGE: readRange,
  FAKE_QUANT: readFakeQuant,
  DENSIFY: readDensify,
  BROADCAST_ARGS: readBroadcastArgs,
};

const writeQuantize: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  return [out.emit('QUANTIZE', [out.operand(node, 0)], y, options(optionTables.quantize), 1)];
};

/** int8 with one scale has an operator; anything else is cast, moved and scaled. */
const writeDequantize: Write = (out, node) => {
  const x = out.operand(node, 0);
  const { dtype, quant } = out.typeOf(x);
  const y = out.type(node.outputs[0]);
  const { scale, zeroPoint } = node.attrs as { scale: readonly number[]; zeroPoint: readonly number[] };
  if (dtype === 'int8' && quant) return [out.emit('DEQUANTIZE', [x], y, options(optionTables.dequantize))];
  if (scale.length !== 1) throw cannotWrite(node, 'a scale for each index of an axis');
  const cast = options(optionTables.cast, byte(elementTypeId(dtype)), byte(elementTypeId('float32')));
  const real = out.emit('CAST', [x], y, cast, 1);
  const zero = out.scalar('zero_point', zeroPoint[0], y);
  const moved = out.emit('SUB', [real, zero], y, options(optionTables.sub, byte(0)));
  return [out.emit('MUL', [moved, out.scalar('scale', scale[0], y)], y, options(optionTables.mul, byte(0)))];
};

/** Between parameters, and between int8 and uint8: both are the same operator. */
const writeRequantize: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  if (!y.quant || !out.type(node.inputs[0]).quant) throw cannotWrite(node, 'values that have no scale');
  return [out.emit('QUANTIZE', [out.operand(node, 0)], y, options(optionTables.quantize), 2)];
};

const writeRecode: Write = (out, node) =>
  out.unsigned ? [out.operand(node, 0)] : writeRequantize(out, node);

const writeCast: Write = (out, node) => {
  const x = out.operand(node, 0);
  const y = out.type(node.outputs[0]);
  const opts = options(
    optionTables.cast,
    byte(elementTypeId(out.typeOf(x).dtype)),
    byte(elementTypeId(y.dtype)),
  );
  return [out.emit('CAST', [x], y, opts, 1)];
};

export const writes = {
  Quantize: writeQuantize,
  Dequantize: writeDequantize,
  Requantize: writeRequantize,
  Recode: writeRecode,
  Cast: writeCast,
};
