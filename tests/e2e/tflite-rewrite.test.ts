import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importModel, valueOf, writeFormat } from '../../src/compiler/index.ts';
import { elementCount, Random, type TensorType, type TypedArray } from '../../src/core/index.ts';
import { TfliteOracle } from '../oracles/tflite.ts';
import { hasZoo, zooPath } from './zoo.ts';

const models = [
  'mlperf_tiny/models/kws_ref_model.tflite',
  'mlperf_tiny/models/ad01_int8.tflite',
  'mlperf_tiny/models/pretrainedResnet_quant.tflite',
  'mlperf_tiny/models/ad01_fp32.tflite',
  'coral/models/mobilenet_v1_0.25_128_quant.tflite',
  'tflm/models/micro_speech_quantized.tflite',
  'mcu_misc/mltk/image_example1__image_example1.float32.tflite',
];

function draw(random: Random, { dtype, shape }: TensorType): TypedArray {
  const length = elementCount(shape);
  if (dtype === 'float32') return Float32Array.from({ length }, () => random.uniform(-1, 1));
  if (dtype === 'uint8') return Uint8Array.from({ length }, () => random.int(0, 255));
  return Int8Array.from({ length }, () => random.int(-128, 127));
}

describe.skipIf(!hasZoo)('TFLite runs a written file as it runs the source', () => {
  test.each(models)('%s', async (path) => {
    const bytes = readFileSync(zooPath(path));
    const graph = importModel({ bytes, name: path });
    const source = await TfliteOracle.open(bytes);
    const written = await TfliteOracle.open(writeFormat(graph, 'tflite'));
    const random = new Random(11);
    for (let run = 0; run < 3; run++) {
      const inputs = graph.inputs.map((id) => draw(random, valueOf(graph, id).type));
      const expected = source.run(inputs);
      written
        .run(inputs)
        .forEach(({ data }, i) => expect(Array.from(data)).toEqual(Array.from(expected[i].data)));
    }
    source.close();
    written.close();
  });
});
