import { defineOp, f32, type Lowering, type Ref } from '../define-op.ts';
import type { Tensor } from '../tensor.ts';
import { broadcastSamples, inferBroadcast } from './add.ts';
import { applyBinary } from './elementwise.ts';
import { integerBounds, multiplierOf, quantOf, requantize } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { clampAttrs, clampReal } from './spatial.ts';

export const mul = defineOp({
  name: 'Mul',
  summary: 'y = a · b with broadcasting and a fused clamp.',
  source: 'ONNX Mul-14',
  inputs: [
    { name: 'a', dtypes: ['float32', 'int8', 'int32'] },
    { name: 'b', dtypes: ['float32', 'int8', 'int32'] },
  ],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8', 'int32'] }],
  attrs: { ...clampAttrs },
  infer: inferBroadcast,
  evaluate([a, b], { clampMin, clampMax }, [y]) {
    applyBinary(a as Tensor, b as Tensor, y, (p, q) => clampReal(p * q, clampMin, clampMax));
  },
  quantize: {
    kind: 'rescale',
    accumulatorScale: ([a, b]) => f32(a * b),
    lower(node: Lowering<{ clampMin: number; clampMax: number }>): Ref[] {
      const [a, b] = [quantOf(node.types[0], 'a'), quantOf(node.types[1], 'b')];
      const y = quantOf(node.outputs[0], 'output');
      const attrs = {
        aZeroPoint: a.zeroPoint[0],
        bZeroPoint: b.zeroPoint[0],
        outputZeroPoint: y.zeroPoint[0],
        multiplier: multiplierOf(a.scale[0], b.scale[0], y.scale[0]),
        ...integerBounds(y, node.attrs.clampMin, node.attrs.clampMax),
      };
      return [node.emit('QMul', node.inputs, attrs, y)];
    },
  },
  permute: (a) => a,
  accuracy: { kind: 'relative', tolerance: 1e-6 },
  samples: (random) =>
    broadcastSamples.map(([a, b]) => ({
      inputs: [randomFloat(random, a), randomFloat(random, b)],
      attrs: {},
    })),
});

export const qMul = defineOp({
  name: 'QMul',
  summary: 'Product of two int8 values, requantised.',
  source: 'docs/numerics.md, sections 3 and 4',
  inputs: [
    { name: 'a', dtypes: ['int8'] },
    { name: 'b', dtypes: ['int8'] },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {
    aZeroPoint: { kind: 'int' },
    bZeroPoint: { kind: 'int' },
    outputZeroPoint: { kind: 'int' },
    multiplier: { kind: 'float' },
    outputMin: { kind: 'int', default: -128 },
    outputMax: { kind: 'int', default: 127 },
  },
  infer: inferBroadcast,
  evaluate([a, b], p, [y]) {
    applyBinary(a as Tensor, b as Tensor, y, (qa, qb) =>
      requantize(
        (qa - p.aZeroPoint) * (qb - p.bZeroPoint),
        p.multiplier,
        p.outputZeroPoint,
        p.outputMin,
        p.outputMax,
      ),
    );
  },
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) =>
    broadcastSamples.map(([a, b], i) => ({
      inputs: [randomInt8(random, a), randomInt8(random, b)],
      attrs: {
        aZeroPoint: 3,
        bZeroPoint: random.int(-128, 127),
        outputZeroPoint: -20,
        multiplier: f32(i === 1 ? 1.7 : 0.013),
        ...(i === 2 && { outputMin: -60, outputMax: 50 }),
      },
    })),
});
