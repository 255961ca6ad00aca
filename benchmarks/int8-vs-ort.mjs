// Times int8 models in edgec and in ONNX Runtime on the same weights: one thread each, one process, interleaved.
// ONNX Runtime gets u8 activations, all optimisations, and its native binding's run without the JavaScript layer.
// Usage: npm run build && node benchmarks/int8-vs-ort.mjs model.onnx|model.tflite ...
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { compileModel, loadModel, Random } from 'edgec';
import { writeFormat } from 'edgec/compiler';

const require = createRequire(import.meta.url);
const ort = require('onnxruntime-node');
const { binding, initOrt } = require('onnxruntime-node/dist/binding.js');
initOrt?.();

const rounds = 60;
const executor = (bytes, options) => loadModel(bytes, options);
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function openOrt(bytes) {
  const session = new binding.InferenceSession();
  const options = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
  };
  session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, options);
  return session;
}

async function compare(path) {
  const compiled = await compileModel({ model: path, precision: 'int8', target: { name: 'host' }, executor });
  const ours = await loadModel(compiled.package, { executor: 'native' });
  const theirs = openOrt(writeFormat(compiled.quantizedGraph, 'onnx', { activations: 'u8' }));
  const random = new Random(1);
  const [{ name, type }] = ours.inputs;
  const input = Float32Array.from({ length: type.shape.reduce((n, d) => n * d, 1) }, () => random.normal());
  const feeds = { [name]: new ort.Tensor('float32', input, type.shape) };
  const fetches = Object.fromEntries(ours.outputs.map((o) => [o.name, null]));
  ours.runSync({ [name]: input });
  const once = ours.timeRuns(20).toSorted()[10];
  const count = Math.max(5, Math.ceil(2e6 / once));
  const timeOrt = () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) theirs.run(feeds, fetches, {});
    return Number(process.hrtime.bigint() - start) / count;
  };
  const timeOurs = () => ours.timeRuns(count).reduce((a, b) => a + b, 0) / count;
  for (let i = 0; i < 5; i++) {
    timeOrt();
    timeOurs();
  }
  const [a, b] = [[], []];
  for (let i = 0; i < rounds; i++) {
    a.push(timeOurs());
    b.push(timeOrt());
  }
  const row = {
    model: basename(path),
    oursMinUs: Math.min(...a) / 1e3,
    ortMinUs: Math.min(...b) / 1e3,
    ratioMin: Math.min(...b) / Math.min(...a),
    ratioMedian: median(b) / median(a),
  };
  console.log(
    Object.entries(row)
      .map(([k, v]) => `${k} ${typeof v === 'number' ? v.toFixed(2) : v}`)
      .join('  '),
  );
  ours.dispose();
}

for (const path of process.argv.slice(2)) await compare(path);
