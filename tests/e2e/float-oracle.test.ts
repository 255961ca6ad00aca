import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, Random } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { TfliteOracle } from '../oracles/tflite.ts';
import { hasZoo, zooPath } from './zoo.ts';

const models = [
  'mlperf_tiny/models/kws_true_float_qualcomm.tflite',
  'mlperf_tiny/models/pretrainedResnet.tflite',
  'mlperf_tiny/models/ad01_fp32.tflite',
  'tinymaix/models/tflite/mnist_valid_f.tflite',
  'tinymaix/models/tflite/cifar10_f.tflite',
];

describe.skipIf(!hasZoo)('float TFLite models agree with TFLite', () => {
  test.each(models)('%s', async (path) => {
    const bytes = readFileSync(zooPath(path));
    const { package: compiled } = await compileModel({
      model: bytes,
      precision: 'float32',
      target: { name: 'host' },
    });
    const oracle = await TfliteOracle.open(bytes);
    const random = new Random(2);
    for (const executor of ['reference', 'native'] as const) {
      const session = await loadModel(compiled, { executor });
      const [{ name, type }] = session.inputs;
      const input = Float32Array.from({ length: elementCount(type.shape) }, () => random.uniform(-1, 1));
      const [ours] = Object.values(session.runSync({ [name]: input }));
      const [theirs] = oracle.run([input]);
      const peak = Math.max(...Array.from(theirs.data, Math.abs));
      const worst = Math.max(...Array.from(theirs.data, (v, i) => Math.abs(v - (ours.data[i] as number))));
      expect(worst / peak).toBeLessThan(1e-3);
      session.dispose();
    }
    oracle.close();
  });
});
