import { defineOp, f32 } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { type Tensor, tensor } from '../tensor.ts';
import { operand } from './spatial.ts';

const mostSteps = 100;

/**
 * Class probabilities p of which every pair suits r[i][j], the probability of i against j: the second method of Wu,
 * Lin and Weng (2004), in binary32 and with its loose end.
 */
function couple(r: Float32Array, count: number, p: Float32Array): void {
  const q = new Float32Array(count * count);
  const qp = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    p[i] = 1 / count;
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      q[i * count + i] += f32(r[j * count + i] * r[j * count + i]);
      q[i * count + j] = j < i ? q[j * count + i] : -r[j * count + i] * r[i * count + j];
    }
  }
  for (let step = 0; step < mostSteps; step++) {
    let pqp = 0;
    qp.fill(0);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) qp[i] += f32(q[i * count + j] * p[j]);
      pqp = f32(pqp + f32(p[i] * qp[i]));
    }
    if (qp.every((v) => Math.abs(v - pqp) < f32(0.005) / count)) return;
    for (let i = 0; i < count; i++) {
      const own = q[i * count + i];
      const diff = f32(f32(pqp - qp[i]) / own);
      const whole = f32(1 + diff);
      p[i] += diff;
      pqp = f32(f32(f32(pqp + f32(diff * f32(f32(diff * own) + f32(2 * qp[i])))) / whole) / whole);
      for (let j = 0; j < count; j++) {
        qp[j] = f32(f32(qp[j] + f32(diff * q[i * count + j])) / whole);
        p[j] = f32(p[j] / whole);
      }
    }
  }
}

export const pairwiseCoupling = defineOp({
  name: 'PairwiseCoupling',
  summary: 'Probabilities of classes out of those of each class against each later one.',
  source:
    'T. Wu, C. Lin, R. Weng: Probability estimates for multi-class classification by pairwise coupling, 2004',
  inputs: [{ name: 'x', dtypes: ['float32'] }],
  outputs: [{ name: 'y', dtypes: ['float32'] }],
  attrs: { classCount: { kind: 'int' } },
  infer([x], { classCount: count }) {
    const [rows, pairs] = operand(x, 'x', 2).shape;
    if (count >= 2 && count <= 4096 && pairs === (count * (count - 1)) / 2)
      return [{ dtype: 'float32', shape: [rows, count] }];
    throw new EdgecError('E_OP_SHAPE', 'the pairs do not fit the classes', {
      expected: `${(count * (count - 1)) / 2} for ${count} classes`,
      found: `${pairs}`,
    });
  },
  evaluate([x], { classCount: count }, [y]) {
    const { data, shape } = x as Tensor;
    const [rows, pairs] = shape;
    const r = new Float32Array(count * count);
    for (let row = 0; row < rows; row++) {
      let at = row * pairs;
      for (let i = 0; i < count; i++) {
        for (let j = i + 1; j < count; j++, at++) {
          r[i * count + j] = Number(data[at]);
          r[j * count + i] = 1 - Number(data[at]);
        }
      }
      couple(r, count, (y.data as Float32Array).subarray(row * count, (row + 1) * count));
    }
  },
  accuracy: { kind: 'relative', tolerance: 1e-5 },
  samples: (random) =>
    [2, 3, 6].map((count) => {
      const shape = [5, (count * (count - 1)) / 2];
      const x = Float32Array.from({ length: 5 * shape[1] }, () => random.uniform(0.05, 0.95));
      return { inputs: [tensor('float32', shape, x)], attrs: { classCount: count } };
    }),
});
