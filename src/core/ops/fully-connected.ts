import { defineOp, f32, type Lowering, type Ref } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { accumulateConstants, requantize } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { accumulateAttrs, checkChannels, checkWeights, clampAttrs, clampReal, operand } from './spatial.ts';

function inferShape(x: TensorType, w: TensorType): number[] {
  const depth = x.shape.at(-1);
  if (depth === undefined || w.shape[1] !== depth) {
    throw new EdgecError('E_OP_SHAPE', 'weights do not fit the last axis of the input', {
      expected: `[N, ${depth}]`,
      found: `[${w.shape}]`,
      where: 'weight',
    });
  }
  checkWeights(w);
  return [...x.shape.slice(0, -1), w.shape[0]];
}

function accumulate(
  x: Tensor,
  w: Tensor,
  zx: number,
  zw: number,
  store: (index: number, channel: number, acc: number) => void,
): void {
  const xd = x.data as Float32Array;
  const wd = w.data as Float32Array;
  const [outputs, depth] = w.shape;
  const rows = elementCount(x.shape.slice(0, -1));
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      let acc = 0;
      let xi = r * depth;
      let wi = o * depth;
      for (const end = xi + depth; xi < end; xi++, wi++) acc += (xd[xi] - zx) * (wd[wi] - zw);
      store(r * outputs + o, o, acc);
    }
  }
}

export const fullyConnected = defineOp({
  name: 'FullyConnected',
  summary: 'y = x · weightᵀ + bias over the last axis, with a fused clamp.',
  source: 'TFLite FULLY_CONNECTED',
  inputs: [
    { name: 'x', dtypes: ['float32', 'int8'] },
    { name: 'weight', dtypes: ['float32', 'int8'], constant: true },
    { name: 'bias', dtypes: ['float32', 'int32'], optional: true, constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: { ...clampAttrs },
  infer([x, w, b]) {
    const input = operand(x, 'x');
    const weight = operand(w, 'weight', 2);
    checkChannels(b, 'bias', weight.shape[0]);
    return [{ dtype: input.dtype, shape: inferShape(input, weight) }];
  },
  evaluate([x, w, b], a, [y]) {
    const yd = y.data as Float32Array;
    const bias = b?.data as Float32Array | undefined;
    accumulate(x as Tensor, w as Tensor, 0, 0, (i, o, acc) => {
      yd[i] = clampReal(acc + (bias ? bias[o] : 0), a.clampMin, a.clampMax);
    });
  },
  quantize: {
    kind: 'accumulate',
    weightAxis: 0,
    lower(node: Lowering<{ clampMin: number; clampMax: number }>): Ref[] {
      const weight = node.constant(1) as Tensor;
      const [channels, depth] = weight.shape;
      const { bias, multiplier, params } = accumulateConstants(
        node.types,
        node.outputs[0],
        weight,
        node.constant(2),
        channels,
        node.attrs,
        (i) => Math.floor(i / depth),
      );
      const inputs = [node.inputs[0], node.inputs[1], node.addConstant(bias), node.addConstant(multiplier)];
      return [node.emit('QFullyConnected', inputs, { ...params }, node.outputs[0].quant)];
    },
  },
  cost: ([, w], [y]) => ({ macs: elementCount(y.shape) * operand(w, 'weight').shape[1] }),
  matrix: () => ({ groups: 1, runs: 1, zeroPoint: 0 }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    [
      [1, 1, 1],
      [3, 17, 5],
      [1, 640, 128],
    ].map(([m, k, n]) => ({
      inputs: [randomFloat(random, [m, k]), randomFloat(random, [n, k]), randomFloat(random, [n])],
      attrs: { clampMin: 0 },
    })),
});

export const qFullyConnected = defineOp({
  name: 'QFullyConnected',
  summary: 'FullyConnected on int8 values, accumulated in int32 and requantised.',
  source: 'docs/numerics.md, sections 2 and 3',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'weight', dtypes: ['int8'], constant: true },
    { name: 'bias', dtypes: ['int32'], constant: true },
    { name: 'multiplier', dtypes: ['float32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: { ...accumulateAttrs },
  infer([x, w, b, m]) {
    const weight = operand(w, 'weight', 2);
    checkChannels(operand(b, 'bias'), 'bias', weight.shape[0]);
    checkChannels(operand(m, 'multiplier'), 'multiplier', weight.shape[0]);
    return [{ dtype: 'int8', shape: inferShape(operand(x, 'x'), weight) }];
  },
  evaluate([x, w, b, m], a, [y]) {
    const yd = y.data as Int8Array;
    const bias = b?.data as Int32Array;
    const multiplier = m?.data as Float32Array;
    accumulate(x as Tensor, w as Tensor, a.inputZeroPoint, a.weightZeroPoint, (i, o, acc) => {
      yd[i] = requantize(acc + bias[o], multiplier[o], a.outputZeroPoint, a.outputMin, a.outputMax);
    });
  },
  cost: ([, w], [y]) => ({ macs: elementCount(y.shape) * operand(w, 'weight').shape[1] }),
  storage: 'any',
  matrix: (_, a) => ({ groups: 1, runs: 1, zeroPoint: a.weightZeroPoint }),
  accuracy: { kind: 'exact' },
  samples: (random) =>
    [
      [1, 1, 1, 0],
      [3, 17, 5, 0],
      [2, 640, 66, 0],
      [2, 640, 66, -128],
    ].map(([m, k, n, weightZeroPoint]) => ({
      inputs: [
        randomInt8(random, [m, k]),
        randomInt8(random, [n, k]),
        tensor('int32', [n]),
        tensor('float32', [n], new Float32Array(n).fill(f32(0.001))),
      ],
      attrs: {
        inputZeroPoint: random.int(-128, 127),
        weightZeroPoint,
        outputZeroPoint: random.int(-128, 127),
      },
    })),
});
