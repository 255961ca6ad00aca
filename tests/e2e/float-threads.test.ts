import { describe, expect, test } from 'vitest';
import { compileModel, GraphBuilder, writeFormat } from '../../src/compiler/index.ts';
import { Random, tensor } from '../../src/core/index.ts';
import { loadModel, nativeIsas } from '../../src/runtime/index.ts';

const normal = (random: Random, count: number): Float32Array =>
  Float32Array.from({ length: count }, () => random.normal(0, 0.1));

/** A 3×3 convolution over a square image. */
function convolution(size: number, channels: number, outputs: number, stride: number): Uint8Array {
  const builder = new GraphBuilder();
  const shape = [outputs, 3, 3, channels];
  const weight = tensor('float32', shape, normal(new Random(5), outputs * 9 * channels));
  let x = builder.input('image', { dtype: 'float32', shape: [1, channels, size, size] });
  x = builder.add1('Transpose', [x], { perm: [0, 2, 3, 1] });
  x = builder.add1('Conv2d', [x, builder.constant('weight', weight)], {
    pads: [1, 1, 1, 1],
    strides: [stride, stride],
    clampMin: 0,
  });
  builder.output(x);
  return writeFormat(builder.build('net', 'canonical', { format: 'edgec', ops: {}, notes: [] }), 'onnx');
}

describe('threads share float convolutions without a change of bits', () => {
  test.each([
    ['many squares', 34, 24, 40, 1],
    ['many columns', 7, 130, 260, 1],
    ['many lines', 203, 4, 24, 2],
  ] as const)('%s', async (_, size, channels, outputs, stride) => {
    const model = convolution(size, channels, outputs, stride);
    const { package: bytes } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
    const image = normal(new Random(6), size * size * channels);
    const reference = await loadModel(bytes, { executor: 'reference' });
    const expected = Object.values(reference.runSync({ image }))[0].data as Float32Array;
    const tolerance = 1e-5 * expected.reduce((peak, v) => Math.max(peak, Math.abs(v)), 0);
    for (const isa of nativeIsas()) {
      const [one, three] = await Promise.all(
        [1, 3].map(async (threads) => {
          const session = await loadModel(bytes, { executor: 'native', isa, threads });
          const y = session.runSync({ image });
          session.dispose();
          return Object.values(y)[0].data;
        }),
      );
      expect(three, isa).toEqual(one);
      const errors = (one as Float32Array).map((v, i) => Math.abs(v - expected[i]));
      expect(
        errors.reduce((a, b) => Math.max(a, b), 0),
        isa,
      ).toBeLessThan(tolerance);
    }
  });
});
