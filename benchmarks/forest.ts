// Races edgec against ONNX Runtime on a seeded forest of 1,000 trees of depth 8, for one row and for 1,000.
// Usage: npm run bench:forest -- [threads]
import { compileModel, hostTarget, loadModel } from 'edgec';
import { edgecContender, Ort, race } from '#peers';
import { randomForest, randomRows } from '../tests/oracles/ml-forest.ts';
import { mlModel } from '../tests/oracles/onnx-ml.ts';

const [trees, depth, features, seed] = [1000, 8, 28, 1];
const durationNs = 4e9;
const threads = Number(process.argv[2] ?? 1);

const attributes = {
  ...randomForest(seed, { trees, depth, features, targets: 1, prefix: 'target', ragged: false }),
  n_targets: { i: 1 },
};
const model = mlModel({
  nodes: [{ op: 'TreeEnsembleRegressor', outputs: ['y'], attributes }],
  inputs: { x: { type: 'float', shape: ['n', features] } },
  outputs: { y: 'float' },
});
const ort = Ort.resolve();

async function contest(rows: number): Promise<void> {
  const start = performance.now();
  const compiled = await compileModel({
    model,
    precision: 'float32',
    target: hostTarget(),
    shapes: { x: [rows, features] },
  });
  const compileMs = performance.now() - start;
  const session = await loadModel(compiled.package, { executor: 'native', threads });
  const data = randomRows(seed, rows, features, false);
  const inputs = [{ name: 'x', dtype: 'float32', shape: [rows, features], data }] as const;
  const contenders = [
    edgecContender('edgec', session, inputs),
    ort.native('onnxruntime-node binding', model, inputs, { threads }),
    await ort.public('onnxruntime-node', model, inputs, { threads }),
  ];
  const [ours, ...theirs] = await race(contenders, { durationNs });
  console.log(
    `rows ${rows}  compiled in ${(compileMs / 1e3).toFixed(2)} s  edgec ${microseconds(ours.medianNs)}`,
  );
  for (const { name, medianNs } of theirs)
    console.log(`  ${name} ${microseconds(medianNs)}  ${(medianNs / ours.medianNs).toFixed(2)}× edgec`);
  for (const contender of contenders) await contender.dispose();
}

const microseconds = (ns: number): string => `${(ns / 1e3).toFixed(1)} µs`;

console.log(`${trees} trees of depth ${depth}, ${features} features, ${threads} threads`);
for (const rows of [1, 1000]) await contest(rows);
