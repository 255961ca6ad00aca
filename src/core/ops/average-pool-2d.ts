import { defineOp, type Lowering, type Ref } from '../define-op.ts';
import type { Tensor } from '../tensor.ts';
import { inferPool, type Pool, poolAttrs, poolSamples, spanOf } from './pool-window.ts';
import { integerBounds, quantOf } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { clampAttrs, clampReal } from './spatial.ts';

const attrs = {
  ...poolAttrs,
  countIncludePad: { kind: 'bool', default: false },
  /** 128 for values that were uint8: their ties round as they did before the shift. */
  rawOffset: { kind: 'int', default: 0 },
} as const;

/** Hands the sum of each window to `store`, with the number of elements that were inside the input. */
function sumWindows(
  x: Tensor,
  y: Tensor,
  pool: Pool & { countIncludePad: boolean },
  store: (index: number, sum: number, inside: number, divisor: number) => void,
): void {
  const xd = x.data as Float32Array;
  const [n, h, w, c] = x.shape;
  const [, oh, ow] = y.shape;
  let i = 0;
  for (let b = 0; b < n; b++)
    for (let oy = 0; oy < oh; oy++) {
      const rows = spanOf(oy, 0, pool, h);
      for (let ox = 0; ox < ow; ox++) {
        const columns = spanOf(ox, 1, pool, w);
        const inside = Math.max(0, rows.last - rows.first) * Math.max(0, columns.last - columns.first);
        const divisor = pool.countIncludePad ? rows.padded * columns.padded : inside;
        for (let ch = 0; ch < c; ch++) {
          let sum = 0;
          for (let iy = rows.first; iy < rows.last; iy++)
            for (let ix = columns.first; ix < columns.last; ix++) sum += xd[((b * h + iy) * w + ix) * c + ch];
          store(i++, sum, inside, Math.max(1, divisor));
        }
      }
    }
}

export const averagePool2d = defineOp({
  name: 'AveragePool2d',
  summary: 'Mean of each window, with or without its padding.',
  source: 'ONNX AveragePool-19, TFLite AVERAGE_POOL_2D',
  inputs: [{ name: 'x', dtypes: ['float32', 'int8'] }],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: { ...attrs, ...clampAttrs },
  infer: ([x], a) => inferPool(x, a),
  evaluate([x], a, [y]) {
    const yd = y.data as Float32Array;
    sumWindows(x as Tensor, y, a, (i, sum, _, divisor) => {
      yd[i] = clampReal(sum / divisor, a.clampMin, a.clampMax);
    });
  },
  realsOnly: () => true,
  quantize: {
    kind: 'same-scale',
    lower(node: Lowering<{ clampMin: number; clampMax: number }>): Ref[] {
      const { clampMin, clampMax, ...pool } = node.attrs;
      const x = quantOf(node.types[0], 'x');
      const bounds = integerBounds(x, clampMin, clampMax);
      const pooled = node.emit(
        'QAveragePool2d',
        node.inputs,
        { ...pool, inputZeroPoint: x.zeroPoint[0], ...bounds },
        x,
      );
      return [node.rescale(pooled, node.types[0] as Tensor, quantOf(node.outputs[0], 'output'))];
    },
  },
  accuracy: { kind: 'relative', tolerance: 1e-6 },
  samples: (random) =>
    poolSamples(random).map(({ x, a }, i) => ({
      inputs: [randomFloat(random, x)],
      attrs: { ...a, countIncludePad: i % 2 === 1 },
    })),
});

export const qAveragePool2d = defineOp({
  name: 'QAveragePool2d',
  summary: 'Integer mean of each window of int8 values, half away from zero.',
  source: 'docs/numerics.md, section 5',
  inputs: [{ name: 'x', dtypes: ['int8'] }],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {
    ...attrs,
    inputZeroPoint: { kind: 'int', default: 0 },
    outputMin: { kind: 'int', default: -128 },
    outputMax: { kind: 'int', default: 127 },
  },
  infer: ([x], a) => inferPool(x, a),
  evaluate([x], a, [y]) {
    const yd = y.data as Int8Array;
    sumWindows(x as Tensor, y, a, (i, sum, inside, divisor) => {
      const padding = (divisor - inside) * a.inputZeroPoint;
      const raw = sum + padding + divisor * a.rawOffset;
      const half = Math.floor(divisor / 2);
      const v = Math.trunc((raw > 0 ? raw + half : raw - half) / divisor) - a.rawOffset;
      yd[i] = clampReal(v, a.outputMin, a.outputMax);
    });
  },
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) =>
    poolSamples(random).map(({ x, a }, i) => ({
      inputs: [randomInt8(random, x)],
      attrs: {
        ...a,
        rawOffset: i % 2 ? 128 : 0,
        countIncludePad: i === 1,
        inputZeroPoint: random.int(-128, 127),
      },
    })),
});
