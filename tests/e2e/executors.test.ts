import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, Random } from '../../src/core/index.ts';
import { loadModel, nativeIsas } from '../../src/runtime/index.ts';
import { hasZoo, zooPath } from './zoo.ts';

const models = [
  'mlperf_tiny/models/kws_ref_model.tflite',
  'mlperf_tiny/models/ad01_int8.tflite',
  'mlperf_tiny/models/pretrainedResnet_quant.tflite',
  'coral/models/mobilenet_v1_0.25_128_quant.tflite',
];

describe.skipIf(!hasZoo)('every executor gives the same bits', () => {
  test.each(models)('%s', async (path) => {
    const { package: bytes } = await compileModel({
      model: readFileSync(zooPath(path)),
      precision: 'int8',
      target: { name: 'host' },
    });
    const reference = await loadModel(bytes, { executor: 'reference' });
    const random = new Random(3);
    const inputs = Object.fromEntries(
      reference.inputs.map(({ name, type }) => {
        const draw = () => (type.dtype === 'uint8' ? random.int(0, 255) : random.int(-128, 127));
        const values = Array.from({ length: elementCount(type.shape) }, draw);
        return [name, type.dtype === 'uint8' ? Uint8Array.from(values) : Int8Array.from(values)];
      }),
    );
    const expected = reference.runSync(inputs);
    for (const [isa, threads] of nativeIsas().flatMap((name) => [1, 3].map((n) => [name, n] as const))) {
      const session = await loadModel(bytes, { executor: 'native', isa, threads });
      const found = session.runSync(inputs);
      for (const { name } of session.outputs) expect(found[name].data, isa).toEqual(expected[name].data);
      expect((await session.run(inputs))[session.outputs[0].name].data).toEqual(
        expected[session.outputs[0].name].data,
      );
      session.dispose();
    }
  });
});
