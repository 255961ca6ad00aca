import { expect, test } from 'vitest';
import { compileModel, GraphBuilder, writeFormat } from '../../src/compiler/index.ts';
import { tensor } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';

const executor = (bytes: Uint8Array, options?: { keepAll?: boolean }) =>
  loadModel(bytes, { ...options, executor: 'reference' });

/** A layer whose results are all cut off for inputs of at least zero, and layers behind it. */
function deadNet(): Uint8Array {
  const builder = new GraphBuilder();
  const constant = (name: string, shape: number[], data: number[]) =>
    builder.constant(name, tensor('float32', shape, data));
  const relu = { clampMin: 0 };
  let x = builder.input('x', { dtype: 'float32', shape: [1, 2, 2, 1] });
  x = builder.add1('Conv2d', [x, constant('negative', [1, 1, 1, 1], [-0.5])], relu);
  x = builder.add1('DepthwiseConv2d', [x, constant('each', [1, 1, 1, 1], [2])], relu);
  x = builder.add1('Mul', [x, builder.add1('Sigmoid', [x], {})], {});
  const last = [constant('pair', [2, 1, 1, 1], [0.3, -1]), constant('bias', [2], [0.75, -0.5])];
  builder.output(builder.add1('Conv2d', [x, ...last], {}));
  return writeFormat(builder.build('dead', 'canonical', { format: 'test', ops: {}, notes: [] }), 'tflite');
}

test('a model with values that calibration finds always zero computes in int8 what it does in float', async () => {
  const x = Float32Array.of(0, 0.5, 0.25, 1);
  const { package: bytes } = await compileModel({
    model: deadNet(),
    precision: 'int8',
    calibration: { samples: [[x]], description: 'of at least zero' },
    executor,
    target: { name: 'host' },
  });
  const session = await executor(bytes);
  const [{ data }] = Object.values(session.runSync({ x }));
  [...(data as Float32Array)].forEach((y, i) => void expect(y).toBeCloseTo([0.75, -0.5][i % 2], 2));
  session.dispose();
});
