// Runs ONNX's backend node tests (written by onnx-backend.py) on the native engine and in ONNX Runtime, and counts.
// A model that edgec does not compile as it is gets a second chance with inputs turned into constants: shapes are static.
// Usage: node onnx-backend.mjs <folder> [--verbose] [--at-least <share of those whose types are claimed>]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { compileModel } from '../../dist/compiler/index.js';
import { elementsOver } from '../../dist/core/index.js';
import { loadModel } from '../../dist/runtime/index.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean', default: false }, 'at-least': { type: 'string' } },
});
const [folder] = positionals;
const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'));
const tensors = readFileSync(join(folder, 'tensors.bin'));

/** Element types that edgec runs; others it reads as one of these, which no test of types can pass. */
const claimed = new Set(['float32', 'int8', 'uint8', 'int32', 'int64', 'bool']);
const isClaimed = ({ ops, inputs, outputs }) =>
  [...inputs, ...outputs].every(({ dtype }) => claimed.has(dtype)) &&
  ops.every((op) => !op.startsWith('ai.onnx.preview.training.'));

function elements({ dtype, shape, offset }) {
  const count = shape.reduce((n, d) => n * d, 1);
  const bytes = { int64: 8, float32: 4, int32: 4 }[dtype] ?? 1;
  return elementsOver(dtype, new Uint8Array(tensors.subarray(offset, offset + count * bytes)));
}

const isClose = (found, expected, { rtol, atol }) =>
  found.length === expected.length &&
  found.every((f, i) => {
    const [a, b] = [Number(f), Number(expected[i])];
    return Object.is(a, b) || a === b || Math.abs(a - b) <= atol + rtol * Math.abs(b);
  });

/** What is wrong with the outputs; undefined where nothing is. */
function difference(test, outputs) {
  for (const output of test.outputs.filter(({ name }) => name !== '')) {
    const found = outputs[output.name];
    if (!found) return `no output ${output.name}`;
    if (found.dtype !== output.dtype) return `${output.name} is ${found.dtype} instead of ${output.dtype}`;
    if (found.shape.join() !== output.shape.join()) return `${output.name} is [${found.shape}]`;
    if (!isClose(found.data, elements(output), test)) return `${output.name} differs`;
  }
  return undefined;
}

async function runEdgec(test, i) {
  const model = readFileSync(join(folder, test.name, i === 0 ? 'model.onnx' : `constants-${i}.onnx`));
  const shapes = {};
  const compiled = await compileModel({ model, shapes, precision: 'float32', target: { name: 'host' } });
  const session = await loadModel(compiled.package, { executor: 'native' });
  const named = new Map(test.inputs.map((input) => [input.name, input]));
  const inputs = session.inputs.map(({ name }) => [name, elements(named.get(name))]);
  const outputs = session.runSync(Object.fromEntries(inputs));
  session.dispose();
  return difference(test, outputs);
}

const isCoded = (error) => typeof error.code === 'string' && error.code.startsWith('E_');

/** passed, passed with constants, failed or not supported, and why. */
async function edgecResult(test) {
  let reason;
  for (let i = 0; i < test.models; i++) {
    try {
      const wrong = await runEdgec(test, i);
      if (wrong) return { result: 'failed', reason: wrong };
      return { result: i === 0 ? 'passed' : 'passed with constants' };
    } catch (error) {
      if (!isCoded(error)) return { result: 'failed', reason: error.stack };
      reason = `${error.code} ${error.message} (${error.detail?.where}) ${error.detail?.found ?? ''}`;
    }
  }
  return { result: 'not supported', reason };
}

async function ortResult(test) {
  try {
    const session = await InferenceSession.create(join(folder, test.name, 'model.onnx'), {
      logSeverityLevel: 4,
    });
    const feeds = test.inputs
      .filter(({ name }) => session.inputNames.includes(name))
      .map((input) => [input.name, new Tensor(input.dtype, elements(input), input.shape)]);
    const results = await session.run(Object.fromEntries(feeds));
    const outputs = Object.entries(results).map(([name, t]) => [
      name,
      { dtype: t.type, shape: t.dims, data: t.data },
    ]);
    return difference(test, Object.fromEntries(outputs)) === undefined ? 'passed' : 'failed';
  } catch {
    return 'not supported';
  }
}

const ours = {};
const theirs = {};
const wanted = cases.filter(isClaimed);
for (const test of wanted) {
  const { result, reason } = await edgecResult(test);
  const ort = await ortResult(test);
  ours[result] = (ours[result] ?? 0) + 1;
  theirs[ort] = (theirs[ort] ?? 0) + 1;
  if (values.verbose && reason) console.log(`${result}: ${test.name} (${test.ops}): ${reason}`);
}

const row = (name, counts) => {
  const passed = (counts.passed ?? 0) + (counts['passed with constants'] ?? 0);
  const share = ((100 * passed) / wanted.length).toFixed(1);
  const parts = Object.entries(counts).map(([result, count]) => `${count} ${result}`);
  console.log(`${name}: ${share} % of ${wanted.length} passed (${parts.join(', ')})`);
  return passed / wanted.length;
};
console.log(`${cases.length} node tests, ${wanted.length} of them with element types that edgec claims`);
const share = row('edgec', ours);
row('onnxruntime-node', theirs);
process.exitCode = share >= Number(values['at-least'] ?? 0) ? 0 : 1;
