import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, Random, type TypedArray } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { TfliteOracle } from '../oracles/tflite.ts';
import { hasZoo, zooPath } from './zoo.ts';

const models = [
  'mlperf_tiny/models/kws_ref_model.tflite',
  'mlperf_tiny/models/ad01_int8.tflite',
  'mlperf_tiny/models/pretrainedResnet_quant.tflite',
  'tinymaix/models/tflite/mnist_valid_q.tflite',
  'tinymaix/models/tflite/mnist_dw_q.tflite',
  'tinymaix/models/tflite/cifar10_q.tflite',
  'mcu_misc/mltk/keyword_spotting_on_off__keyword_spotting_on_off.tflite',
  'mcu_misc/mltk/rock_paper_scissors__rock_paper_scissors.tflite',
];

/** Seeded bytes over the whole range of the input's type. */
function draw(random: Random, dtype: string, count: number): TypedArray {
  if (dtype === 'uint8') return Uint8Array.from({ length: count }, () => random.int(0, 255));
  if (dtype === 'float32') return Float32Array.from({ length: count }, () => random.uniform(-1, 1));
  return Int8Array.from({ length: count }, () => random.int(-128, 127));
}

describe.skipIf(!hasZoo)('int8 TFLite models give the bits of TFLite', () => {
  test.each(models)('%s', async (path) => {
    const bytes = readFileSync(zooPath(path));
    const compiled = await compileModel({ model: bytes, precision: 'int8', target: { name: 'host' } });
    const session = await loadModel(compiled.package, { executor: 'reference' });
    const oracle = await TfliteOracle.open(bytes);
    const random = new Random(7);
    for (let run = 0; run < 4; run++) {
      const inputs = session.inputs.map(({ type }) => draw(random, type.dtype, elementCount(type.shape)));
      const ours = session.runSync(
        Object.fromEntries(session.inputs.map(({ name }, i) => [name, inputs[i]])),
      );
      const theirs = oracle.run(inputs);
      session.outputs.forEach(({ name }, i) => {
        expect(Array.from(ours[name].data as Int8Array)).toEqual(Array.from(theirs[i].data));
      });
    }
    oracle.close();
    session.dispose();
  });
});
