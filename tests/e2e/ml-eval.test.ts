import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { evaluateModel, openDataset } from '../../src/evaluate/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { randomForest, randomRows } from '../oracles/ml-forest.ts';
import { mlModel } from '../oracles/onnx-ml.ts';

test('labels and columns are judged by their names', async () => {
  const [features, rows] = [4, 60];
  const strings = ['virginica', 'setosa', 'versicolor'];
  const forest = randomForest(3, { trees: 7, depth: 4, features, targets: 3, prefix: 'class', dense: true });
  const classlabels_strings = { strings };
  const model = mlModel({
    nodes: [
      {
        op: 'TreeEnsembleClassifier',
        outputs: ['label', 'scores'],
        attributes: { ...forest, classlabels_strings },
      },
      { op: 'ZipMap', inputs: ['scores'], outputs: ['maps'], attributes: { classlabels_strings } },
    ],
    inputs: { x: { type: 'float', shape: ['n', features] } },
    outputs: { label: 'string', maps: undefined },
  });
  const { package: bytes } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
  const session = await loadModel(bytes);
  const data = randomRows(4, rows, features, false);
  const lines = Array.from({ length: rows }, (_, i) => {
    const x = data.slice(i * features, (i + 1) * features);
    const { label } = session.runSync({ x });
    return [...x, strings[Number(label.data[0])]].join();
  });
  const folder = mkdtempSync(join(tmpdir(), 'edgec-ml-'));
  writeFileSync(join(folder, 'iris.csv'), ['a,b,c,d,species', ...lines].join('\n'));
  for (const output of ['label', 'maps']) {
    const spec = { format: 'csv', path: 'iris.csv', task: 'classification', output };
    writeFileSync(join(folder, 'dataset.json'), JSON.stringify(spec));
    const { metrics } = evaluateModel(session, await openDataset(join(folder, 'dataset.json')));
    expect(metrics.top1, output).toBe(1);
  }
  session.dispose();
  rmSync(folder, { recursive: true });
});
