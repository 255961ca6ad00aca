import { defineOp, f32, type Lowering, type Ref } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { broadcastShape, elementCount, type Tensor, type TensorType } from '../tensor.ts';
import { broadcastIndex } from './elementwise.ts';
import { integerBounds, multiplierOf, quantOf, requantize } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

function inferMatMul([a, b]: readonly (TensorType | undefined)[]): TensorType[] {
  const left = operand(a, 'a');
  const right = operand(b, 'b');
  if (left.shape.length < 2 || right.shape.length < 2 || left.shape.at(-1) !== right.shape.at(-2)) {
    throw new EdgecError('E_OP_SHAPE', 'matrices do not fit each other', {
      expected: `[…, ${left.shape.at(-1)}, N]`,
      found: `[${right.shape}]`,
      where: 'b',
    });
  }
  const batch = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  return [
    { dtype: left.dtype, shape: [...batch, left.shape.at(-2) as number, right.shape.at(-1) as number] },
  ];
}

function multiply(
  a: Tensor,
  b: Tensor,
  y: Tensor,
  za: number,
  zb: number,
  store: (index: number, acc: number) => void,
): void {
  const ad = a.data as Float32Array;
  const bd = b.data as Float32Array;
  const [m, n] = y.shape.slice(-2);
  const k = a.shape.at(-1) as number;
  const batch = y.shape.slice(0, -2);
  const ai = broadcastIndex(a.shape.slice(0, -2), batch);
  const bi = broadcastIndex(b.shape.slice(0, -2), batch);
  for (let s = 0; s < ai.length; s++)
    for (let r = 0; r < m; r++)
      for (let c = 0; c < n; c++) {
        let acc = 0;
        const ar = (ai[s] * m + r) * k;
        const bc = bi[s] * k * n + c;
        for (let i = 0; i < k; i++) acc += (ad[ar + i] - za) * (bd[bc + i * n] - zb);
        store((s * m + r) * n + c, acc);
      }
}

const shapes = [
  [
    [3, 4],
    [4, 5],
  ],
  [
    [2, 3, 17, 8],
    [1, 3, 8, 6],
  ],
] as const;

export const matMul = defineOp({
  name: 'MatMul',
  summary: 'Product of matrices in the last two axes, the others broadcast.',
  source: 'ONNX MatMul-13',
  inputs: [
    { name: 'a', dtypes: ['float32', 'int8'] },
    { name: 'b', dtypes: ['float32', 'int8'] },
  ],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: {},
  infer: inferMatMul,
  evaluate([a, b], _, [y]) {
    const yd = y.data as Float32Array;
    multiply(a as Tensor, b as Tensor, y, 0, 0, (i, acc) => {
      yd[i] = acc;
    });
  },
  quantize: {
    kind: 'rescale',
    accumulatorScale: ([a, b]) => f32(a * b),
    lower(node: Lowering<unknown>): Ref[] {
      const [a, b] = [quantOf(node.types[0], 'a'), quantOf(node.types[1], 'b')];
      const y = quantOf(node.outputs[0], 'output');
      const depth = node.types[0]?.shape.at(-1) ?? 0;
      if (depth > 2 ** 15)
        throw new EdgecError('E_NUMERICS_OVERFLOW', 'the sum of this product can leave int32', {
          expected: 'at most 32768 terms',
          found: `${depth}`,
        });
      const attrs = {
        aZeroPoint: a.zeroPoint[0],
        bZeroPoint: b.zeroPoint[0],
        outputZeroPoint: y.zeroPoint[0],
        multiplier: multiplierOf(a.scale[0], b.scale[0], y.scale[0]),
        ...integerBounds(y, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
      };
      return [node.emit('QMatMul', node.inputs, attrs, y)];
    },
  },
  cost: ([a], [y]) => ({ macs: elementCount(y.shape) * (operand(a, 'a').shape.at(-1) ?? 0) }),
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    shapes.map(([a, b]) => ({ inputs: [randomFloat(random, a), randomFloat(random, b)], attrs: {} })),
});

export const qMatMul = defineOp({
  name: 'QMatMul',
  summary: 'Product of int8 matrices, accumulated in int32 and requantised.',
  source: 'docs/numerics.md, sections 2 and 3',
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
  infer: inferMatMul,
  evaluate([a, b], p, [y]) {
    const yd = y.data as Int8Array;
    multiply(a as Tensor, b as Tensor, y, p.aZeroPoint, p.bZeroPoint, (i, acc) => {
      yd[i] = requantize(acc, p.multiplier, p.outputZeroPoint, p.outputMin, p.outputMax);
    });
  },
  cost: ([a], [y]) => ({ macs: elementCount(y.shape) * (operand(a, 'a').shape.at(-1) ?? 0) }),
  accuracy: { kind: 'exact' },
  samples: (random) =>
    shapes.map(([a, b]) => ({
      inputs: [randomInt8(random, a), randomInt8(random, b)],
      attrs: {
        aZeroPoint: 4,
        bZeroPoint: random.int(-128, 127),
        outputZeroPoint: -9,
        multiplier: f32(0.004),
      },
    })),
});
