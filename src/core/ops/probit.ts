import { f32 } from '../define-op.ts';
import { tensor } from '../tensor.ts';
import { defineUnary } from './unary.ts';

const a = f32(0.147);
const shift = f32(2 / f32(f32(Math.PI) * a));
const slope = f32(1 / a);

/** Winitzki's approximation of the inverse error function, step by step in binary32: it cancels where x is small. */
function erfInverse(x: number): number {
  const log = f32(Math.log(f32(f32(1 - x) * f32(1 + x))));
  const half = f32(shift + f32(0.5 * log));
  const root = f32(Math.sqrt(f32(f32(half * half) - f32(slope * log))));
  const magnitude = f32(Math.sqrt(f32(root - half)));
  return x < 0 ? -magnitude : magnitude;
}

const shares = tensor('float32', [9], [0.01, 0.1, 0.25, 0.4, 0.625, 0.75, 0.9, 0.96875, 0.99]);

export const probit = {
  ...defineUnary(
    'Probit',
    'y = √2 · erf⁻¹(2x − 1), the quantile function of the normal distribution, approximately.',
    {},
    (x) => f32(f32(Math.SQRT2) * erfInverse(f32(f32(2 * x) - 1))),
    { source: 'post_transform PROBIT of ONNX ai.onnx.ml 3, in the steps of ONNX Runtime' },
  ),
  samples: () => [{ inputs: [shares], attrs: {} }],
};
