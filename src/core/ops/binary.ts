import { defineOp, type Lowering, type Ref } from '../define-op.ts';
import type { Random } from '../random.ts';
import { broadcastShape, type DType, elementCount, type Tensor, type TensorType, tensor } from '../tensor.ts';
import { broadcastSamples } from './add.ts';
import { applyBinary, broadcastIndex } from './elementwise.ts';
import { quantOf } from './requantize.ts';
import { randomBool, randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const numeric: readonly DType[] = ['float32', 'int8', 'int32'];

type Draw = (random: Random, shape: readonly number[]) => Tensor;

interface BinaryOptions {
  source?: string;
  /** Types of the operands. */
  dtypes?: readonly DType[];
  result?: 'bool';
  /** Byte-moving ops keep one scale. */
  sameScale?: boolean;
  /** How samples are drawn; each adds a set. */
  draws?: readonly Draw[];
}

const positive: Draw = (random, shape) => {
  const { data } = randomFloat(random, shape);
  return tensor(
    'float32',
    shape,
    (data as Float32Array).map((v) => Math.abs(v) + 0.1),
  );
};

/** Small integers, so that some pairs are equal. */
const whole: Draw = (random, shape) => {
  const count = elementCount(shape);
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: count }, () => random.int(-2, 2)),
  );
};

/** Small integers of both signs, 0 among them. */
const wholeInt32: Draw = (random, shape) =>
  tensor(
    'int32',
    shape,
    Int32Array.from({ length: elementCount(shape) }, () => random.int(-3, 3)),
  );

function defineBinary(
  name: string,
  summary: string,
  f: (a: number, b: number) => number,
  options: BinaryOptions = {},
) {
  const dtypes = options.dtypes ?? numeric;
  const draws = options.draws ?? [randomFloat];
  return defineOp({
    name,
    summary,
    source: options.source ?? `ONNX ${name}-13`,
    inputs: [
      { name: 'a', dtypes },
      { name: 'b', dtypes },
    ],
    outputs: [{ name: 'y', dtypes: options.result ? ['bool'] : numeric }],
    attrs: {},
    infer: ([a, b]): TensorType[] => [
      {
        dtype: options.result ?? operand(a, 'a').dtype,
        shape: broadcastShape(operand(a, 'a').shape, operand(b, 'b').shape),
      },
    ],
    evaluate([a, b], _, [y]) {
      applyBinary(a as Tensor, b as Tensor, y, f);
    },
    ...(options.sameScale && {
      quantize: { kind: 'same-scale' as const, lower: (node) => lowerSameScale(node, name) },
    }),
    permute: (a) => a,
    accuracy: options.result || options.sameScale ? { kind: 'exact' } : { kind: 'relative', tolerance: 1e-5 },
    samples: (random) =>
      draws.flatMap((draw) =>
        broadcastSamples.map(([a, b]) => ({ inputs: [draw(random, a), draw(random, b)], attrs: {} })),
      ),
  });
}

function lowerSameScale(node: Lowering<unknown>, name: string): Ref[] {
  const quant = quantOf(node.outputs[0], 'output');
  const inputs = [0, 1].map((i) => node.rescale(node.inputs[i] as Ref, node.types[i] as TensorType, quant));
  return [node.emit(name, inputs, {}, quant)];
}

const divide = (a: number, b: number): number => a / b;

export const div = defineBinary('Div', 'y = a / b with broadcasting; integers truncate.', divide, {
  draws: [positive],
});
/** What is left of a division, with the sign of the divisor. */
const floorModulo = (a: number, b: number): number => {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};

export const floorMod = defineBinary(
  'FloorMod',
  'What is left of a / b, with the sign of b; 0 for integers where b is 0.',
  floorModulo,
  { source: 'ONNX Mod-13, fmod 0', draws: [positive, wholeInt32] },
);
export const truncateMod = defineBinary(
  'TruncateMod',
  'What is left of a / b, with the sign of a; 0 for integers where b is 0.',
  (a, b) => a % b,
  { source: 'ONNX Mod-13, fmod 1', draws: [positive, wholeInt32] },
);
export const pow = defineBinary('Pow', 'y = aᵇ with broadcasting.', (a, b) => a ** b, { draws: [positive] });

const ordering = { sameScale: true, draws: [randomFloat, randomInt8] };
export const min = defineBinary('Min', 'The lesser of two values.', (a, b) => (a < b ? a : b), ordering);
export const max = defineBinary('Max', 'The greater of two values.', (a, b) => (a > b ? a : b), ordering);

const comparison = { result: 'bool', draws: [randomFloat, whole] } as const;
export const equal = defineBinary('Equal', 'a = b.', (a, b) => Number(a === b), {
  ...comparison,
  dtypes: [...numeric, 'bool'],
});
export const greater = defineBinary('Greater', 'a > b.', (a, b) => Number(a > b), comparison);
export const less = defineBinary('Less', 'a < b.', (a, b) => Number(a < b), comparison);

const logic = { result: 'bool', dtypes: ['bool'], draws: [randomBool] } as const;
export const and = defineBinary('And', 'Both are true.', (a, b) => Number(a !== 0 && b !== 0), logic);
export const or = defineBinary('Or', 'One is true.', (a, b) => Number(a !== 0 || b !== 0), logic);

export const not = defineOp({
  name: 'Not',
  summary: 'The opposite truth value.',
  source: 'ONNX Not-1',
  inputs: [{ name: 'x', dtypes: ['bool'] }],
  outputs: [{ name: 'y', dtypes: ['bool'] }],
  attrs: {},
  infer: ([x]) => [{ dtype: 'bool', shape: operand(x, 'x').shape }],
  evaluate([x], _, [y]) {
    const xd = x?.data as Uint8Array;
    for (let i = 0; i < xd.length; i++) y.data[i] = xd[i] === 0 ? 1 : 0;
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: (random) => [[1], [3, 67]].map((shape) => ({ inputs: [randomBool(random, shape)], attrs: {} })),
});

export const where = defineOp({
  name: 'Where',
  summary: 'a where the condition holds, b elsewhere, with broadcasting.',
  source: 'ONNX Where-16',
  inputs: [
    { name: 'condition', dtypes: ['bool'] },
    { name: 'a', dtypes: numeric },
    { name: 'b', dtypes: numeric },
  ],
  outputs: [{ name: 'y', dtypes: numeric }],
  attrs: {},
  infer([c, a, b]) {
    const shape = broadcastShape(
      broadcastShape(operand(c, 'condition').shape, operand(a, 'a').shape),
      operand(b, 'b').shape,
    );
    return [{ dtype: operand(a, 'a').dtype, shape }];
  },
  evaluate([c, a, b], _, [y]) {
    const [ci, ai, bi] = [c, a, b].map((t) => broadcastIndex((t as Tensor).shape, y.shape));
    const [cd, ad, bd] = [c, a, b].map((t) => (t as Tensor).data as Float32Array);
    for (let i = 0; i < y.data.length; i++) y.data[i] = cd[ci[i]] ? ad[ai[i]] : bd[bi[i]];
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: (random) =>
    broadcastSamples.flatMap(([a, b]) =>
      [randomFloat, randomInt8].map((draw) => ({
        inputs: [randomBool(random, b), draw(random, a), draw(random, b)],
        attrs: {},
      })),
    ),
});
