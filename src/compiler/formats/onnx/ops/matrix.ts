import { EdgecError, elementCount, f32, numbers, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

const isFixed = (node: NodeImport, id: ValueId): boolean =>
  node.constantOf(id) !== undefined || node.context.dequantized(id) !== undefined;

function scaled(node: NodeImport, x: ValueId, factor: number): ValueId {
  if (factor === 1) return x;
  const constant = node.constantOf(x);
  if (!constant) return node.emit('Mul', [x, node.scalar(factor)]);
  const data = Float32Array.from(numbers(constant), (v) => f32(v * factor));
  return node.addConstant(tensor('float32', constant.shape, data));
}

/** A constant bias as [N], or undefined where it does not belong to the output channels alone. */
function channelBias(node: NodeImport, bias: ValueId, channels: number): ValueId | undefined {
  const shape = node.shape(bias);
  if (!isFixed(node, bias)) return undefined;
  if (shape.at(-1) === channels && elementCount(shape) === channels) return node.reshape(bias, [channels]);
  const constant = node.constantOf(bias);
  if (!constant || elementCount(shape) !== 1) return undefined;
  return node.addConstant(
    tensor('float32', [channels], new Float32Array(channels).fill(numbers(constant)[0])),
  );
}

/** x · weightᵀ + bias, with constant weights [N, K]. */
export function fullyConnected(
  node: NodeImport,
  x: ValueId,
  weight: ValueId,
  bias: ValueId | undefined,
): ValueId {
  if (bias === undefined) return node.emit('FullyConnected', [x, weight]);
  const perChannel = channelBias(node, bias, node.shape(weight)[0]);
  if (perChannel !== undefined) return node.emit('FullyConnected', [x, weight, perChannel]);
  return node.emit('Add', [node.emit('FullyConnected', [x, weight]), bias]);
}

function gemm(node: NodeImport): ValueId {
  const [a, b, c] = [node.input(0), node.input(1), node.optional(2)];
  if (node.rank(a) !== 2 || node.rank(b) !== 2) {
    throw new EdgecError('E_OP_SHAPE', 'operands of Gemm are not matrices', {
      found: `[${node.shape(a)}], [${node.shape(b)}]`,
      where: node.name,
    });
  }
  const alpha = node.attrs.float('alpha', 1);
  const x = node.attrs.flag('transA', false) ? node.transpose(a, [1, 0]) : a;
  const bias = c === undefined ? undefined : scaled(node, c, node.attrs.float('beta', 1));
  const transB = node.attrs.flag('transB', false);
  if (isFixed(node, b)) {
    const weight = transB ? b : node.transpose(b, [1, 0]);
    if (alpha === 1 || node.constantOf(weight))
      return fullyConnected(node, x, scaled(node, weight, alpha), bias);
  }
  const right = transB ? node.transpose(b, [1, 0]) : b;
  const product = scaled(node, node.emit('MatMul', [x, right]), alpha);
  return bias === undefined ? product : node.emit('Add', [product, bias]);
}

export function matMul(node: NodeImport, a: ValueId, b: ValueId): ValueId {
  const [sa, sb] = [node.shape(a), node.shape(b)];
  if (sa.length === 0 || sb.length === 0)
    throw new EdgecError('E_OP_SHAPE', 'MatMul of a scalar', { where: node.name });
  if (sa.length === 1) {
    const y = matMul(node, node.reshape(a, [1, sa[0]]), b);
    return node.reshape(
      y,
      node.shape(y).filter((_, i, s) => i !== s.length - (sb.length === 1 ? 1 : 2)),
    );
  }
  if (sb.length === 1) {
    const y = matMul(node, a, node.reshape(b, [sb[0], 1]));
    return node.reshape(y, node.shape(y).slice(0, -1));
  }
  if (sb.length === 2 && isFixed(node, b))
    return fullyConnected(node, a, node.transpose(b, [1, 0]), undefined);
  return node.emit('MatMul', [a, b]);
}

export const matrixImporters: Importers = {
  Gemm: gemm,
  MatMul: (node) => matMul(node, node.input(0), node.input(1)),
};
