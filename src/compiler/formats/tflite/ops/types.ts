import { counting, elementCount, tensor } from '../../../../core/index.ts';
import {
  constant,
  finish,
  input,
  integers,
  type Read,
  scalar,
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

export const reads = {
  QUANTIZE: readQuantize,
  DEQUANTIZE: readDequantize,
  CAST: readCast,
  SHAPE: readShape,
  RANK: readRank,
  FILL: readFill,
  ZEROS_LIKE: readZerosLike,
  RANGE: readRange,
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
