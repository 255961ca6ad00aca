import { EdgecError, elementCount } from '../../../../core/index.ts';
import type { Node, ValueId } from '../../../graph/index.ts';
import {
  clampOf,
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
import { optionTables, padding } from '../schema.ts';
import type { Emitter, TensorIndex, Write } from '../write/emitter.ts';
import { byte, options, int as word } from '../write/model-writer.ts';
import { biasOf } from './convolution.ts';
import { weightAndBias } from './weights.ts';

/** The input of FULLY_CONNECTED with the depth of the weights as its last axis. Throws E_OP_SHAPE. */
export function flattenedInput(op: Operator): ValueId {
  const [, depth] = constant(op, 1).shape;
  const { shape, quant } = typeOf(op, 0);
  const rows = elementCount(shape) / depth;
  if (!Number.isInteger(rows)) {
    throw new EdgecError('E_OP_SHAPE', 'weights do not fit the input', {
      expected: `a multiple of ${depth} elements`,
      found: `[${shape}]`,
      where: op.name,
    });
  }
  const fits = shape.at(-1) === depth && (flag(op, 2) || shape.length === 2);
  return fits ? input(op, 0) : step(op, 'Reshape', [input(op, 0)], { shape: [rows, depth] }, quant);
}

const readFullyConnected: Read = (op) => {
  if (code(op, 1) !== 0) throw unsupported(op, 'shuffled weights');
  const inputs = [flattenedInput(op), input(op, 1), biasOf(op, 2)];
  return finish(op, 'FullyConnected', inputs, clampOf(op, code(op, 0)));
};

const readMatMul: Read = (op) => {
  const turned = [0, 1].map((i) => {
    const { shape, quant } = typeOf(op, i);
    if (!flag(op, i)) return input(op, i);
    const perm = shape.map((_, k) => k);
    perm.splice(-2, 2, shape.length - 1, shape.length - 2);
    return step(op, 'Transpose', [input(op, i)], { perm }, quant);
  });
  return finish(op, 'MatMul', turned);
};

const writeFullyConnected: Write = (out, node) => {
  const { shape } = out.type(node.inputs[0]);
  const scales = out.type(node.inputs[1]).quant?.scale.length ?? 1;
  if (scales > 1) return [asConvolution(out, node)];
  const { weight, bias } = weightAndBias(out, node, 0);
  const flat = shape.length === 1 ? out.reshape(out.operand(node, 0), [1, ...shape]) : out.operand(node, 0);
  const y = out.type(node.outputs[0]);
  const keep = out.typeOf(flat).shape.length > 2;
  const version = out.typeOf(flat).dtype === 'int8' ? 4 : 1;
  const made = out.clamped(node, (activation) =>
    out.emit(
      'FULLY_CONNECTED',
      [flat, weight, bias],
      shape.length === 1 ? { ...y, shape: [1, ...y.shape] } : y,
      options(optionTables.fullyConnected, byte(activation), byte(0), byte(keep)),
      keep ? 5 : version,
    ),
  );
  return [shape.length === 1 ? out.reshape(made, y.shape) : made];
};

/** One scale for each output is a matter of convolutions: a window of one pixel does the same. */
function asConvolution(out: Emitter, node: Node): TensorIndex {
  const y = out.type(node.outputs[0]);
  const { shape } = out.type(node.inputs[0]);
  const depth = shape.at(-1) as number;
  const rows = elementCount(shape) / depth;
  const pixels = out.reshape(out.operand(node, 0), [rows, 1, 1, depth]);
  const outputs = y.shape.at(-1) as number;
  const { weight, bias } = weightAndBias(out, node, 0, [outputs, 1, 1, depth]);
  const one = word(1);
  const made = out.clamped(node, (activation) =>
    out.emit(
      'CONV_2D',
      [pixels, weight, bias],
      { ...y, shape: [rows, 1, 1, outputs] },
      options(optionTables.conv2d, byte(padding.valid), one, one, byte(activation), one, one),
      3,
    ),
  );
  return out.reshape(made, y.shape);
}

const writeMatMul: Write = (out, node) => {
  const inputs = [out.operand(node, 0), out.operand(node, 1)];
  return [
    out.emit(
      'BATCH_MATMUL',
      inputs,
      out.type(node.outputs[0]),
      options(optionTables.batchMatMul, byte(0), byte(0)),
    ),
  ];
};

export const reads = { FULLY_CONNECTED: readFullyConnected, BATCH_MATMUL: readMatMul };
export const writes = { FullyConnected: writeFullyConnected, MatMul: writeMatMul };
