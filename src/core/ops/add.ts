import { defineOp, f32, type Lowering, type Ref, rne } from '../define-op.ts';
import { broadcastShape, type Tensor, type TensorType } from '../tensor.ts';
import { applyBinary } from './elementwise.ts';
import { integerBounds, quantOf } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { clampAttrs, clampReal, operand } from './spatial.ts';

export const inferBroadcast = ([a, b]: readonly (TensorType | undefined)[]): TensorType[] => [
  { dtype: operand(a, 'a').dtype, shape: broadcastShape(operand(a, 'a').shape, operand(b, 'b').shape) },
];

/** Pairs of shapes that broadcast in every way that kernels know. */
export const broadcastSamples = [
  [[1], [1]],
  [
    [2, 3, 4, 5],
    [2, 3, 4, 5],
  ],
  [[1, 3, 3, 70], [70]],
  [
    [1, 4, 1, 3],
    [2, 1, 5, 1],
  ],
] as const;

const smallestRatio = 2 ** -10;
const largestRatio = 2 ** 8;

/** The 20-bit multipliers of docs/numerics.md, section 4; an operand far below the output is rescaled first. */
function lowerSum(node: Lowering<{ clampMin: number; clampMax: number }>, sign: 1 | -1): Ref[] {
  const y = quantOf(node.outputs[0], 'output');
  const operands = [0, 1].map((i) => {
    const quant = quantOf(node.types[i], i === 0 ? 'a' : 'b');
    const ratio = f32(quant.scale[0] / y.scale[0]);
    const ref = node.inputs[i] as Ref;
    if (ratio >= smallestRatio && ratio < largestRatio) return { ref, ratio, zeroPoint: quant.zeroPoint[0] };
    return { ref: node.rescale(ref, node.types[i] as TensorType, y), ratio: 1, zeroPoint: y.zeroPoint[0] };
  });
  const [a, b] = operands;
  const shift = 20 - Math.floor(Math.log2(Math.max(a.ratio, b.ratio)));
  const attrs = {
    aZeroPoint: a.zeroPoint,
    bZeroPoint: b.zeroPoint,
    outputZeroPoint: y.zeroPoint[0],
    aMultiplier: rne(a.ratio * 2 ** shift),
    bMultiplier: sign * rne(b.ratio * 2 ** shift),
    shift,
    ...integerBounds(y, node.attrs.clampMin, node.attrs.clampMax),
  };
  return [node.emit('QAdd', [a.ref, b.ref], attrs, y)];
}

function defineSum(name: 'Add' | 'Sub', sign: 1 | -1) {
  return defineOp({
    name,
    summary: `y = a ${sign > 0 ? '+' : '−'} b with broadcasting and a fused clamp.`,
    source: `ONNX ${name}-14`,
    inputs: [
      { name: 'a', dtypes: ['float32', 'int8', 'int32'] },
      { name: 'b', dtypes: ['float32', 'int8', 'int32'] },
    ],
    outputs: [{ name: 'y', dtypes: ['float32', 'int8', 'int32'] }],
    attrs: { ...clampAttrs },
    infer: inferBroadcast,
    evaluate([a, b], { clampMin, clampMax }, [y]) {
      applyBinary(a as Tensor, b as Tensor, y, (p, q) => clampReal(p + sign * q, clampMin, clampMax));
    },
    quantize: { kind: 'rescale', lower: (node) => lowerSum(node, sign) },
    permute: (a) => a,
    accuracy: { kind: 'relative', tolerance: 1e-6 },
    samples: (random) =>
      broadcastSamples.map(([a, b]) => ({
        inputs: [randomFloat(random, a), randomFloat(random, b)],
        attrs: {},
      })),
  });
}

export const add = defineSum('Add', 1);
export const sub = defineSum('Sub', -1);

export const qAdd = defineOp({
  name: 'QAdd',
  summary: 'Sum of two int8 values in 20-bit fixed point; a negative multiplier subtracts.',
  source: 'docs/numerics.md, section 4',
  inputs: [
    { name: 'a', dtypes: ['int8'] },
    { name: 'b', dtypes: ['int8'] },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {
    aZeroPoint: { kind: 'int' },
    bZeroPoint: { kind: 'int' },
    outputZeroPoint: { kind: 'int' },
    aMultiplier: { kind: 'int' },
    bMultiplier: { kind: 'int' },
    shift: { kind: 'int' },
    outputMin: { kind: 'int', default: -128 },
    outputMax: { kind: 'int', default: 127 },
  },
  infer: inferBroadcast,
  evaluate([a, b], p, [y]) {
    const half = 2 ** (p.shift - 1);
    applyBinary(a as Tensor, b as Tensor, y, (qa, qb) => {
      const sum = (qa - p.aZeroPoint) * p.aMultiplier + (qb - p.bZeroPoint) * p.bMultiplier + half;
      const v = p.outputZeroPoint + ((sum | 0) >> p.shift);
      return v < p.outputMin ? p.outputMin : v > p.outputMax ? p.outputMax : v;
    });
  },
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) =>
    broadcastSamples.map(([a, b], i) => ({
      inputs: [randomInt8(random, a), randomInt8(random, b)],
      attrs: {
        aZeroPoint: random.int(-128, 127),
        bZeroPoint: random.int(-128, 127),
        outputZeroPoint: random.int(-128, 127),
        aMultiplier: 1048576 + random.int(0, 99999),
        bMultiplier: (i % 2 ? -1 : 1) * random.int(1, 1048576),
        shift: random.int(19, 23),
        ...(i === 2 && { outputMin: -60, outputMax: 50 }),
      },
    })),
});
