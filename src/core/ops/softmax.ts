import { defineOp, f32, type Lowering, type Ref, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { type Tensor, type TensorType, tensor } from '../tensor.ts';
import { quantOf } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

export function checkAxis(type: TensorType | undefined, axis: number): TensorType {
  const input = operand(type, 'x');
  if (axis < 0 || axis >= input.shape.length) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'axis is out of range', {
      expected: `0 to ${input.shape.length - 1}`,
      found: `${axis}`,
    });
  }
  return input;
}

/** Calls `each` with the first index of every row along `axis`, the step and the length. */
export function alongAxis(
  shape: readonly number[],
  axis: number,
  each: (first: number, step: number, length: number) => void,
): void {
  const step = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const length = shape[axis];
  const outer = shape.slice(0, axis).reduce((n, d) => n * d, 1);
  for (let o = 0; o < outer; o++) for (let i = 0; i < step; i++) each(o * length * step + i, step, length);
}

function defineSoftmax(logarithm: boolean) {
  const name = logarithm ? 'LogSoftmax' : 'Softmax';
  return defineOp({
    name,
    summary: logarithm
      ? 'Logarithm of Softmax along an axis.'
      : 'e^(beta·x) along an axis, scaled to the sum 1.',
    source: `ONNX ${name}-13`,
    inputs: [{ name: 'x', dtypes: ['float32', 'int8'] }],
    outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
    attrs: { axis: { kind: 'int' }, beta: { kind: 'float', default: 1 } },
    infer: ([x], a) => [{ dtype: checkAxis(x, a.axis).dtype, shape: operand(x, 'x').shape }],
    evaluate([x], a, [y]) {
      const xd = x?.data as Float32Array;
      const yd = y.data as Float32Array;
      alongAxis(y.shape, a.axis, (first, step, length) => {
        let peak = Number.NEGATIVE_INFINITY;
        for (let k = 0, i = first; k < length; k++, i += step) if (xd[i] > peak) peak = xd[i];
        let sum = 0;
        for (let k = 0, i = first; k < length; k++, i += step) sum += Math.exp(a.beta * (xd[i] - peak));
        for (let k = 0, i = first; k < length; k++, i += step) {
          const v = a.beta * (xd[i] - peak);
          yd[i] = logarithm ? v - Math.log(sum) : Math.exp(v) / sum;
        }
      });
    },
    realsOnly: () => true,
    ...(!logarithm && {
      quantize: {
        kind: 'rescale' as const,
        fixed: { scale: [1 / 256], zeroPoint: [-128] },
        lower: lowerSoftmax,
      },
    }),
    permute: (a, perm) => ({ axis: perm.indexOf(a.axis), beta: a.beta }),
    accuracy: { kind: 'relative', tolerance: 1e-5 },
    samples: (random) => [
      { inputs: [randomFloat(random, [1, 12])], attrs: { axis: 1 } },
      { inputs: [randomFloat(random, [2, 5, 3])], attrs: { axis: 1, beta: 0.5 } },
    ],
  });
}

/** E[d] = rne(min((2^32 − 1) / C, 2^23 − 1) · exp(−d·s·β)); other axes are transposed to the end. */
function lowerSoftmax(node: Lowering<{ axis: number; beta: number }>): Ref[] {
  const { scale } = quantOf(node.types[0], 'x');
  const output = quantOf(node.outputs[0], 'output');
  const { shape } = node.types[0] as TensorType;
  const { axis, beta } = node.attrs;
  const peak = Math.min((2 ** 32 - 1) / shape[axis], 2 ** 23 - 1);
  const exponentials = Int32Array.from({ length: 256 }, (_, d) => rne(peak * Math.exp(-d * scale[0] * beta)));
  const perm = shape.map((_, i) => i).filter((i) => i !== axis);
  perm.push(axis);
  const back = shape.map((_, i) => perm.indexOf(i));
  const moved = axis !== shape.length - 1;
  const quant = node.types[0]?.quant;
  const x = moved ? node.emit('Transpose', [node.inputs[0]], { perm }, quant) : node.inputs[0];
  const fixed = { scale: [1 / 256], zeroPoint: [-128] };
  const y = node.emit('QSoftmax', [x, node.addConstant(tensor('int32', [256], exponentials))], {}, fixed);
  const placed = moved ? node.emit('Transpose', [y], { perm: back }, fixed) : y;
  return [node.rescale(placed, { dtype: 'int8', shape, quant: fixed }, output)];
}

export const softmax = defineSoftmax(false);
export const logSoftmax = defineSoftmax(true);

export const qSoftmax = defineOp({
  name: 'QSoftmax',
  summary: 'Softmax of int8 values along the last axis, in integers.',
  source: 'docs/numerics.md, section 5',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'exponentials', dtypes: ['int32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {},
  infer([x, e]) {
    const input = operand(x, 'x');
    if (input.shape.length < 1 || operand(e, 'exponentials', 1).shape[0] !== 256) {
      throw new EdgecError('E_OP_SHAPE', 'softmax needs a last axis and 256 exponentials', {
        found: `[${input.shape}]`,
      });
    }
    return [{ dtype: 'int8', shape: input.shape }];
  },
  evaluate([x, e], _, [y]) {
    const xd = (x as Tensor).data as Int8Array;
    const yd = y.data as Int8Array;
    const table = new Uint32Array(((e as Tensor).data as Int32Array).slice().buffer);
    const length = y.shape.at(-1) as number;
    for (let first = 0; first < yd.length; first += length) {
      let peak = -128;
      for (let i = first; i < first + length; i++) if (xd[i] > peak) peak = xd[i];
      let sum = 0;
      for (let i = first; i < first + length; i++) sum += table[peak - xd[i]];
      for (let i = first; i < first + length; i++) {
        const numerator = table[peak - xd[i]] * 256 + Math.floor(sum / 2);
        yd[i] = Math.min(Math.floor(numerator / Math.max(1, sum)), 255) - 128;
      }
    }
  },
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) =>
    [
      [1, 12],
      [3, 1],
      [2, 5, 70],
    ].map((shape) => ({
      inputs: [
        randomInt8(random, shape),
        tensor(
          'int32',
          [256],
          Int32Array.from({ length: 256 }, (_, d) => rne(8388607 * Math.exp(-d * f32(0.1)))),
        ),
      ],
      attrs: {},
    })),
});
