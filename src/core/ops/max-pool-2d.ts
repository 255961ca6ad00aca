import { defineOp, type Lowering, type Ref } from '../define-op.ts';
import type { Tensor } from '../tensor.ts';
import { inferPool, poolAttrs, poolSamples } from './pool-window.ts';
import { quantOf } from './requantize.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { clampAttrs, clampReal, windowAttrs } from './spatial.ts';
import { tableOf } from './table.ts';

export const maxPool2d = defineOp({
  name: 'MaxPool2d',
  summary: 'Greatest value of each window; padding never wins.',
  source: 'ONNX MaxPool-12',
  inputs: [{ name: 'x', dtypes: ['float32', 'int8'] }],
  outputs: [{ name: 'y', dtypes: ['float32', 'int8'] }],
  attrs: { ...poolAttrs, dilations: windowAttrs.dilations, ...clampAttrs },
  infer: ([x], a) => inferPool(x, a),
  evaluate([x], a, [y]) {
    const { data, shape } = x as Tensor;
    const xd = data as Float32Array;
    const yd = y.data as Float32Array;
    const [n, h, w, c] = shape;
    const [, oh, ow] = y.shape;
    const lowest = y.dtype === 'int8' ? -128 : Number.NEGATIVE_INFINITY;
    let i = 0;
    for (let b = 0; b < n; b++)
      for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
          for (let ch = 0; ch < c; ch++) {
            let best = lowest;
            for (let ky = 0; ky < a.kernel[0]; ky++) {
              const iy = oy * a.strides[0] + ky * a.dilations[0] - a.pads[0];
              if (iy < 0 || iy >= h) continue;
              for (let kx = 0; kx < a.kernel[1]; kx++) {
                const ix = ox * a.strides[1] + kx * a.dilations[1] - a.pads[1];
                if (ix < 0 || ix >= w) continue;
                const v = xd[((b * h + iy) * w + ix) * c + ch];
                if (v > best) best = v;
              }
            }
            yd[i++] = clampReal(best, a.clampMin, a.clampMax);
          }
  },
  quantize: {
    kind: 'same-scale',
    lower(node: Lowering<{ clampMin: number; clampMax: number }>): Ref[] {
      const { clampMin, clampMax, ...pool } = node.attrs;
      const x = quantOf(node.types[0], 'x');
      const y = quantOf(node.outputs[0], 'output');
      const pooled = node.emit('MaxPool2d', node.inputs, pool, x);
      if (clampMin === Number.NEGATIVE_INFINITY && clampMax === Number.POSITIVE_INFINITY) {
        return [node.rescale(pooled, node.types[0] as Tensor, y)];
      }
      const entries = tableOf(x, y, (v) => clampReal(v, clampMin, clampMax));
      return [node.emit('Table', [pooled, node.addConstant(entries)], {}, y)];
    },
  },
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) =>
    [
      ...poolSamples(random),
      { x: [1, 8, 9, 5], a: { kernel: [3, 2], dilations: [2, 3], pads: [1, 0, 2, 1] } },
    ].flatMap(({ x, a }) => [
      { inputs: [randomFloat(random, x)], attrs: a },
      { inputs: [randomInt8(random, x)], attrs: a },
    ]),
});
