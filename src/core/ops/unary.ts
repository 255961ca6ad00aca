import {
  type AttrSchema,
  type AttrsOf,
  defineOp,
  f32,
  type Lowering,
  type OpDefinition,
  type Ref,
  rne,
} from '../define-op.ts';
import { type QuantParams, tensor } from '../tensor.ts';
import { hardSwish, lowerHardSwish } from './hard-swish-table.ts';
import { quantOf } from './requantize.ts';
import { randomFloat } from './sample-tensors.ts';
import { operand } from './spatial.ts';
import { lowerToTable } from './table.ts';

interface UnaryOptions<S extends AttrSchema> {
  source?: string;
  fixed?: QuantParams;
  /** Attributes of the samples where the schema has no defaults. */
  sample?: AttrsOf<S>;
  lower?(node: Lowering<AttrsOf<S>>): Ref[];
  /** Brings a sample into the domain of the function; default: every real. */
  domain?: (x: number) => number;
}

/** Ties, bends and the zero. */
const corners = tensor('float32', [9], [-3, -2.5, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 3]);

/** An op that applies a real function to every element; in int8 it is a table. */
export function defineUnary<const S extends AttrSchema>(
  name: string,
  summary: string,
  attrs: S,
  f: (x: number, attrs: AttrsOf<S>) => number,
  options: UnaryOptions<S> = {},
): OpDefinition<S> {
  return defineOp<S>({
    name,
    summary,
    source: options.source ?? `ONNX ${name}, opset 13`,
    inputs: [{ name: 'x', dtypes: ['float32', 'int8'] }],
    outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
    attrs,
    infer: ([x]) => [{ dtype: operand(x, 'x').dtype, shape: operand(x, 'x').shape }],
    evaluate([x], a, [y]) {
      const xd = x?.data as Float32Array;
      const yd = y.data as Float32Array;
      for (let i = 0; i < yd.length; i++) yd[i] = f(xd[i], a);
    },
    quantize: {
      kind: 'rescale',
      ...(options.fixed && { fixed: options.fixed }),
      lower: options.lower ?? ((node) => lowerToTable(node, f)),
    },
    permute: (a) => a,
    accuracy: { kind: 'relative', tolerance: 1e-5 },
    samples: (random) =>
      [corners, ...[[1], [2, 3, 5], [1, 4, 4, 33]].map((shape) => randomFloat(random, shape))].map(
        ({ shape, data }) => {
          const x = options.domain ? (data as Float32Array).map(options.domain) : data;
          return { inputs: [tensor('float32', shape, x)], attrs: { ...options.sample } };
        },
      ),
  });
}

/** Abramowitz and Stegun give 1e-7; this series and continued fraction give binary64 accuracy. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 1; n < 200 && Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / ((z + fraction) * Math.sqrt(Math.PI)));
}

const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));
const unit = (zeroPoint: number, scale: number): QuantParams => ({ scale: [scale], zeroPoint: [zeroPoint] });

/** Above it the 8-bit multipliers leave int32. */
const largestRatio = 2 ** 14;

/** XNNPACK's table of LeakyRelu with 8-bit multipliers (docs/numerics.md, section 4). */
function lowerLeakyRelu(node: Lowering<{ alpha: number; tableRounding: 'exact' | 'tflite8' }>): Ref[] {
  const real = (x: number): number => (x < 0 ? x * node.attrs.alpha : x);
  const from = quantOf(node.types[0], 'x');
  const to = quantOf(node.outputs[0], 'output');
  const ratio = f32(from.scale[0] / to.scale[0]);
  const fits = ratio < largestRatio && Math.abs(ratio * node.attrs.alpha) < largestRatio;
  if (node.attrs.tableRounding === 'exact' || !fits) return lowerToTable(node, real);
  const positive = rne(256 * ratio);
  const negative = rne(256 * f32(ratio * f32(node.attrs.alpha)));
  const entries = Int8Array.from({ length: 256 }, (_, i) => {
    const d = i - 128 - from.zeroPoint[0];
    const y = ((d * (d < 0 ? negative : positive) + 128) >> 8) + to.zeroPoint[0];
    return Math.max(-128, Math.min(127, y));
  });
  return [node.emit('Table', [node.inputs[0], node.addConstant(tensor('int8', [256], entries))], {}, to)];
}

export const simple = (
  name: string,
  summary: string,
  f: (x: number) => number,
  options: { fixed?: QuantParams; domain?: (x: number) => number } = {},
) => defineUnary(name, summary, {}, f, options);

const positive = { domain: (x: number): number => Math.abs(x) + 0.1 };

export const unaryOps = [
  simple('Neg', 'y = −x.', (x) => -x),
  simple('Abs', 'y = |x|.', Math.abs),
  simple('Sqrt', 'y = √x.', Math.sqrt, positive),
  simple('Rsqrt', 'y = 1 / √x.', (x) => 1 / Math.sqrt(x), positive),
  simple('Reciprocal', 'y = 1 / x.', (x) => 1 / x, positive),
  simple('Exp', 'y = eˣ.', Math.exp),
  simple('Log', 'y = ln x.', Math.log, positive),
  simple('Floor', 'The greatest integer not above x.', Math.floor),
  simple('Ceil', 'The least integer not below x.', Math.ceil),
  simple('Round', 'The nearest integer, ties to even.', rne),
  simple('Erf', 'The error function.', erf),
  simple('Sin', 'y = sin x.', Math.sin),
  simple('Cos', 'y = cos x.', Math.cos),
  simple('Sign', '−1, 0 or 1.', Math.sign),
  simple('Sigmoid', 'y = 1 / (1 + e⁻ˣ).', sigmoidOf, { fixed: unit(-128, 1 / 256) }),
  simple('Tanh', 'y = tanh x.', Math.tanh, { fixed: unit(0, 1 / 128) }),
  defineUnary(
    'HardSwish',
    'y = x · clamp(x + 3, 0, 6) / 6.',
    { tableRounding: { kind: 'enum', values: ['exact', 'tflite16'], default: 'exact' } },
    hardSwish,
    { lower: lowerHardSwish },
  ),
  simple('Softplus', 'y = ln(1 + eˣ).', (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  defineUnary(
    'Clip',
    'y = min(max(x, min), max); Relu, Relu6 and Relu1 are this op.',
    {
      min: { kind: 'float', default: Number.NEGATIVE_INFINITY },
      max: { kind: 'float', default: Number.POSITIVE_INFINITY },
    },
    (x, a) => (x < a.min ? a.min : x > a.max ? a.max : x),
    { sample: { min: -0.5, max: 0.75 } },
  ),
  defineUnary(
    'LeakyRelu',
    'y = x, or alpha · x below zero.',
    {
      alpha: { kind: 'float', default: 0.01 },
      tableRounding: { kind: 'enum', values: ['exact', 'tflite8'], default: 'exact' },
    },
    (x, a) => (x < 0 ? x * a.alpha : x),
    { lower: lowerLeakyRelu },
  ),
  defineUnary(
    'HardSigmoid',
    'y = clamp(alpha · x + beta, 0, 1).',
    { alpha: { kind: 'float', default: 0.2 }, beta: { kind: 'float', default: 0.5 } },
    (x, a) => Math.max(0, Math.min(1, a.alpha * x + a.beta)),
  ),
  defineUnary(
    'Elu',
    'y = x, or alpha · (eˣ − 1) below zero.',
    { alpha: { kind: 'float', default: 1 } },
    (x, a) => (x < 0 ? a.alpha * Math.expm1(x) : x),
  ),
  defineUnary(
    'Gelu',
    'y = x · Φ(x), exactly or with the tanh approximation.',
    { approximate: { kind: 'enum', values: ['none', 'tanh'], default: 'none' } },
    (x, a) =>
      a.approximate === 'none'
        ? 0.5 * x * (1 + erf(x / Math.SQRT2))
        : 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ),
] as const;
