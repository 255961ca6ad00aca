import { afterAll, describe, expect, test } from 'vitest';
import { compileModel, type Graph, type Observer, readModel, writeFormat } from '../../src/compiler/index.ts';
import { argMax, type DatasetSpec, openDataset, realInput, sqnrDb } from '../../src/evaluate/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { hasZoo, zooPath } from '../e2e/zoo.ts';
import * as data from './data.ts';

const observers: readonly Observer[] = ['minmax', 'percentile', 'mse', 'entropy'];
const lines: string[] = [];
afterAll(() => console.log(['SQNR dB, same arg-max', ...lines].join('\n')));

/** Pictures of 32 × 32 enlarged: natural ones of the right size are not in the zoo. */
const enlarged: DatasetSpec = {
  ...data.pictureCalibration,
  resize: { height: 128, width: 128, fit: 'stretch', method: 'bilinear' },
  scale: 1 / 127.5,
  mean: 1,
};

const cases: readonly [path: string, spec: DatasetSpec][] = [
  ['mlperf_tiny/models/kws_true_float_qualcomm.tflite', data.speechCalibration],
  ['mlperf_tiny/models/pretrainedResnet.tflite', data.pictureCalibration],
  ['mlperf_tiny/models/ad01_fp32.tflite', data.machineCalibration],
  ['st_zoo/models_onnx/mobilenet_v2_128_0.5.onnx', enlarged],
];

/** The model without its final softmax, whose scale is fixed and hides what happens before. */
function withoutSoftmax(graph: Graph): Graph {
  const last = graph.nodes.find(({ outputs }) => outputs[0] === graph.outputs[0]);
  if (last?.op !== 'Softmax') return graph;
  const nodes = graph.nodes.filter((node) => node !== last);
  return { ...graph, nodes, outputs: [last.inputs[0] as Graph['outputs'][number]] };
}

async function outputsOf(bytes: Uint8Array, samples: readonly Float32Array[]): Promise<Float32Array[]> {
  const session = await loadModel(bytes, { executor: 'native' });
  const [input, output] = [session.inputs[0].name, session.outputs[0].name];
  const run = (values: Float32Array) =>
    Float32Array.from(session.runSync({ [input]: values })[output].data as Float32Array);
  const outputs = samples.map(run);
  session.dispose();
  return outputs;
}

const flat = (outputs: readonly Float32Array[]): number[] => outputs.flatMap((values) => [...values]);

/** The default is chosen here: on calibration data alone, half to calibrate on, half to compare on. */
describe.skipIf(!hasZoo)('no observer is much better than the default', () => {
  test.each(cases)('%s', async (path, spec) => {
    const model = writeFormat(withoutSoftmax(await readModel(zooPath(path))), 'onnx');
    const float = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
    const dataset = await openDataset(data.zooData('observed', spec));
    const step = Math.max(1, Math.floor(dataset.count / 512));
    const session = await loadModel(float.package);
    const { type } = session.inputs[0];
    session.dispose();
    const samples = Array.from({ length: Math.min(512, dataset.count) }, (_, i) =>
      realInput(dataset.sample(i * step), type),
    );
    const seen = samples.filter((_, i) => i % 2 === 0);
    const held = samples.filter((_, i) => i % 2 === 1);
    const expected = await outputsOf(float.package, held);
    const found = new Map<Observer, number>();
    for (const observer of observers) {
      const int8 = await compileModel({
        model,
        precision: 'int8',
        target: { name: 'host' },
        observer,
        executor: (bytes, options) => loadModel(bytes, options),
        calibration: { samples: seen.map((values) => [values]), description: path },
      });
      const outputs = await outputsOf(int8.package, held);
      const agreed = outputs.filter((values, i) => argMax(values) === argMax(expected[i])).length;
      const sqnr = sqnrDb(flat(expected), flat(outputs));
      found.set(observer, sqnr);
      lines.push(`${observer.padEnd(10)} ${sqnr.toFixed(2)}  ${agreed}/${held.length}  ${path}`);
    }
    expect(found.get('minmax')).toBeGreaterThan(Math.max(...found.values()) - 1);
  });
});
