// The library from TypeScript: compiles the shipped model to int8 on calibration data, then loads, runs, evaluates and
// profiles it. `npm run example` runs it in the root of the repository.

import { compileModel, type Executor, loadModel } from 'edgec';
import {
  argMax,
  calibrationInputs,
  evaluateModel,
  modelInput,
  openDataset,
  outputValues,
} from 'edgec/evaluate';

const folder = 'examples/glyphs';

/** What the compiler calibrates on: it runs nothing itself. */
const executor: Executor = (bytes, options) => loadModel(bytes, options);

const calibration = await openDataset(`${folder}/calibration.json`);
const image = { name: 'image', type: { dtype: 'float32', shape: [1, 1, 16, 16] } } as const;
const samples = [...calibrationInputs(calibration, [image], 128)];

const compiled = await compileModel({
  model: `${folder}/model.onnx`,
  precision: 'int8',
  target: { name: 'rpi4' },
  calibration: { samples, description: `${samples.length} glyphs` },
  executor,
});
console.log(
  `package   ${compiled.package.length} bytes, arena ${compiled.arenaBytes} bytes, ${compiled.macs} MACs`,
);

const session = await loadModel(compiled.package);
try {
  const test = await openDataset(`${folder}/test.json`);
  const [input] = session.inputs;
  const [output] = session.outputs;
  const { [output.name]: scores } = await session.run({
    [input.name]: modelInput(test.sample(0), input.type),
  });
  console.log(`answer    glyph ${argMax(outputValues(scores))}`);

  const { samples: count, metrics } = evaluateModel(session, test);
  console.log(`accuracy  ${metrics.top1} over ${count} samples`);

  for (const { node, kernel, latencyNs } of session.profile(100))
    console.log(`profile   ${(latencyNs / 1e3).toFixed(2).padStart(7)} µs  ${node}  ${kernel}`);
} finally {
  session.dispose();
}
