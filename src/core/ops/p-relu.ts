import { defineOp, f32, type Lowering, type Ref } from '../define-op.ts';
import type { Tensor } from '../tensor.ts';
import { inferBroadcast } from './add.ts';
import { applyBinary } from './elementwise.ts';
import { multiplierOf, quantOf, requantize } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';

export const pRelu = defineOp({
  name: 'PRelu',
  summary: 'y = x, or slope · x below zero, with a slope that broadcasts.',
  source: 'ONNX PRelu-16',
  inputs: [
    { name: 'x', dtypes: ['float32', 'int8'] },
    { name: 'slope', dtypes: ['float32', 'int8'] },
  ],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: {},
  infer: inferBroadcast,
  evaluate([x, s], _, [y]) {
    applyBinary(x as Tensor, s as Tensor, y, (v, slope) => (v < 0 ? v * slope : v));
  },
  quantize: {
    kind: 'rescale',
    accumulatorScale: ([x, slope]) => Math.max(x, f32(x * slope)),
    lower(node: Lowering<unknown>): Ref[] {
      const [x, s] = [quantOf(node.types[0], 'x'), quantOf(node.types[1], 'slope')];
      const y = quantOf(node.outputs[0], 'output');
      const attrs = {
        inputZeroPoint: x.zeroPoint[0],
        slopeZeroPoint: s.zeroPoint[0],
        outputZeroPoint: y.zeroPoint[0],
        positiveMultiplier: multiplierOf(x.scale[0], 1, y.scale[0]),
        negativeMultiplier: multiplierOf(x.scale[0], s.scale[0], y.scale[0]),
      };
      return [node.emit('QPRelu', node.inputs, attrs, y)];
    },
  },
  permute: (a) => a,
  accuracy: { kind: 'relative', tolerance: 1e-6 },
  samples: (random) => [
    { inputs: [randomFloat(random, [1, 3, 4, 17]), randomFloat(random, [17])], attrs: {} },
  ],
});

export const qPRelu = defineOp({
  name: 'QPRelu',
  summary: 'PRelu on int8 values with one multiplier for each sign.',
  source: 'docs/numerics.md, section 4',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'slope', dtypes: ['int8'] },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {
    inputZeroPoint: { kind: 'int' },
    slopeZeroPoint: { kind: 'int' },
    outputZeroPoint: { kind: 'int' },
    positiveMultiplier: { kind: 'float' },
    negativeMultiplier: { kind: 'float' },
  },
  infer: inferBroadcast,
  evaluate([x, s], a, [y]) {
    applyBinary(x as Tensor, s as Tensor, y, (q, slope) => {
      const d = q - a.inputZeroPoint;
      return d >= 0
        ? requantize(d, a.positiveMultiplier, a.outputZeroPoint, -128, 127)
        : requantize(d * (slope - a.slopeZeroPoint), a.negativeMultiplier, a.outputZeroPoint, -128, 127);
    });
  },
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [randomInt8(random, [1, 3, 4, 17]), randomInt8(random, [17])],
      attrs: {
        inputZeroPoint: 3,
        slopeZeroPoint: -7,
        outputZeroPoint: 1,
        positiveMultiplier: f32(0.9),
        negativeMultiplier: f32(0.007),
      },
    },
  ],
});
