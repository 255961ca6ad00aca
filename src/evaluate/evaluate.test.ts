import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { type Tensor, type TensorType, type TypedArray, tensor } from '../core/index.ts';
import { openDataset } from './dataset.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { type EvaluationSession, evaluateModel } from './evaluate.ts';
import { confusionMatrix, inTopK, macroF1, pearson, rocAuc, sqnrDb } from './metrics.ts';
import { writeNpz } from './npz.ts';
import type { StoredTensor } from './stored-array.ts';

function sessionOf(input: TensorType, output: TensorType, run: (x: TypedArray) => Tensor): EvaluationSession {
  return {
    inputs: [{ name: 'x', type: input }],
    outputs: [{ name: 'y', type: output }],
    runSync: (inputs) => ({ y: run(inputs.x) }),
  };
}

async function datasetOf(x: StoredTensor, y?: number[], spec: DatasetSpec = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'edgec-eval-'));
  const path = join(folder, 'set.npz');
  const labels = { data: Float32Array.from(y ?? []), dtype: 'float32', shape: [y?.length ?? 0] } as const;
  writeFileSync(
    path,
    writeNpz(
      y
        ? [
            ['x', x],
            ['y', labels],
          ]
        : [['x', x]],
    ),
  );
  const description = join(folder, 'dataset.json');
  writeFileSync(description, JSON.stringify({ path: 'set.npz', ...spec }));
  return openDataset(description);
}

const rows = (data: number[], width: number): StoredTensor => ({
  data: Float32Array.from(data),
  dtype: 'float32',
  shape: [data.length / width, width],
});

const float = (shape: number[]): TensorType => ({ dtype: 'float32', shape });

it('judges a classifier on quantised outputs', async () => {
  const quant = { scale: [0.5], zeroPoint: [0] };
  const type: TensorType = { dtype: 'int8', shape: [1, 3], quant };
  const session = sessionOf(type, { ...type, shape: [1, 3, 1] }, (x) => tensor('int8', [1, 3, 1], x, quant));
  const data = await datasetOf(rows([1, 2, 3, 9, 2, 1, 0, 4, 2], 3), [2, 0, 2]);
  const { samples, metrics, confusion } = evaluateModel(session, data);
  expect({ samples, ...metrics }).toEqual({ samples: 3, top1: 2 / 3, f1: (1 + 2 / 3 + 0) / 3 });
  expect(confusion).toEqual([
    [1, 0, 0],
    [0, 0, 0],
    [0, 1, 1],
  ]);
});

it('judges an autoencoder by its error', async () => {
  const session = sessionOf(float([1, 2]), float([1, 2]), () => tensor('float32', [1, 2]));
  const data = await datasetOf(rows([1, 1, 0, 2, 3, 3], 2), [0, 0, 1]);
  expect(evaluateModel(session, data)).toMatchObject({
    samples: 3,
    metrics: { auc: 1, mse: 4 },
    scores: [1, 2, 9],
  });
});

it('judges one value as probability, class id or quantity', async () => {
  const first = (dtype: 'float32' | 'int32') => (x: TypedArray) => tensor(dtype, [1, 1], [Number(x[0])]);
  const binary = await datasetOf(rows([0.2, 0, 0.9, 0], 2), [0, 1]);
  expect(evaluateModel(sessionOf(float([1, 2]), float([1, 1]), first('float32')), binary).metrics).toEqual({
    top1: 1,
    f1: 1,
    auc: 1,
  });
  const ids = await datasetOf(rows([3, 0, 5, 0], 2), [3, 4]);
  const idType: TensorType = { dtype: 'int32', shape: [1, 1] };
  expect(evaluateModel(sessionOf(float([1, 2]), idType, first('int32')), ids).metrics.top1).toBe(0.5);
  const quantity = await datasetOf(rows([1.5, 0, 2.5, 0], 2), [1.5, 3.5]);
  expect(evaluateModel(sessionOf(float([1, 2]), float([1, 1]), first('float32')), quantity).metrics.mse).toBe(
    0.5,
  );
});

it('holds the output against what the data set says', async () => {
  const x = rows([1, 2, 3, 1], 2);
  const mirror = sessionOf(float([1, 2]), float([1, 2]), (v) => tensor('float32', [1, 2], v));
  const classes = await datasetOf(x, [1, 0], { task: 'classification' });
  expect(evaluateModel(mirror, classes).metrics.top1).toBe(1);
  const rebuilt = await datasetOf(x, [1, 0], { task: 'reconstruction' });
  expect(evaluateModel(mirror, rebuilt).metrics.mse).toBe(0);
  const one = sessionOf(float([1, 2]), float([1, 1]), (v) => tensor('float32', [1, 1], [Number(v[1])]));
  const numbers = await datasetOf(x, [1, 0], { task: 'regression' });
  expect(evaluateModel(one, numbers).metrics).toMatchObject({ mse: 1, correlation: expect.closeTo(1, 9) });
  expect(() => evaluateModel(one, rebuilt)).toThrow(expect.objectContaining({ code: 'E_DATA_SHAPE' }));
});

it('judges the output that the data set names', async () => {
  const scores = { name: 'scores', type: float([1, 3]) };
  const session: EvaluationSession = {
    inputs: [{ name: 'x', type: float([1, 2]) }],
    outputs: [{ name: 'boxes', type: float([1, 2]) }, scores],
    runSync: () => ({ boxes: tensor('float32', [1, 2]), scores: tensor('float32', [1, 3], [0, 0, 1]) }),
  };
  const x = rows([1, 2], 2);
  const named = await datasetOf(x, [2], { output: 'scores' });
  expect(evaluateModel(session, named).metrics.top1).toBe(1);
  const absent = await datasetOf(x, [2], { output: 'none' });
  expect(() => evaluateModel(session, absent)).toThrow(expect.objectContaining({ code: 'E_DATA_SHAPE' }));
});

it('counts labels among the k greatest', async () => {
  const session = sessionOf(float([1, 4]), float([1, 4, 1]), (v) => tensor('float32', [1, 4, 1], v));
  const data = await datasetOf(rows([4, 3, 2, 1, 4, 3, 2, 1, 4, 3, 2, 1], 4), [0, 1, 2]);
  expect(evaluateModel(session, data, { topK: 2 }).metrics).toMatchObject({ top1: 1 / 3, top2: 2 / 3 });
  expect(evaluateModel(session, data, { topK: 3 }).metrics).toMatchObject({ top3: 1 });
});

it('says what is wrong with labels', async () => {
  const session = sessionOf(float([1, 2]), float([1, 3]), () => tensor('float32', [1, 3]));
  const unlabelled = await datasetOf(rows([1, 2], 2));
  expect(() => evaluateModel(session, unlabelled)).toThrow(
    expect.objectContaining({ code: 'E_DATA_FORMAT' }),
  );
  const outside = await datasetOf(rows([1, 2], 2), [3]);
  expect(() => evaluateModel(session, outside)).toThrow(expect.objectContaining({ code: 'E_DATA_SHAPE' }));
});

it('computes metrics as by hand', () => {
  expect(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
  expect(rocAuc([1, 1, 1, 1], [0, 1, 0, 1])).toBe(0.5);
  expect(inTopK([5, 5, 1], 1, 1)).toBe(false);
  expect(inTopK([5, 5, 1], 1, 2)).toBe(true);
  expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
  expect(sqnrDb([10, 0], [9, 0])).toBeCloseTo(20, 12);
  expect(macroF1([0, 0, 1], [0, 1, 1])).toBeCloseTo(2 / 3, 12);
  expect(confusionMatrix([0, 1], [1, 1], 2)).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

const zoo = resolve(process.env.EDGEC_ZOO ?? '../shared/zoo');
const there = existsSync(zoo);
if (!there) console.log(`skipped: no models and data at ${zoo}`);

it.skipIf(!there)('opens the data sets of MLPerf Tiny and MNIST', async () => {
  const tiny = join(zoo, 'mlperf_tiny/data');
  const counts = await Promise.all(
    ['kws01', 'ic01', 'vww01', 'ad01', 'sww'].map(
      async (name) => (await openDataset(join(tiny, name))).count,
    ),
  );
  expect(counts.slice(0, 4)).toEqual([504, 105, 44, 136 * 196]);
  const digits = await openDataset(join(zoo, 'datasets/mnist/t10k-0-6000-images-idx3-ubyte.gz'));
  expect([digits.count, digits.sample(0).label]).toEqual([6000, 7]);
  const session = sessionOf(float([1, 640]), float([1, 640]), () => tensor('float32', [1, 640]));
  expect(evaluateModel(session, await openDataset(join(tiny, 'ad01'))).samples).toBe(136);
});
