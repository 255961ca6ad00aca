// Compiles int8 models to packages for output-hashes.mjs. Default: the shipped example and, where the zoo is, every model
// of it that holds 8-bit integers; with --from-float, the float models of the zoo, quantised here on seeded noise. What
// still computes in float is left out: its bits are no promise.
// Usage: node make-packages.mjs <folder> [--from-float]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compileModel } from '../../dist/compiler/index.js';
import { loadModel } from '../../dist/runtime/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const zoo = process.env.EDGEC_ZOO ?? join(root, '../shared/zoo');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'from-float': { type: 'boolean', default: false } },
});
const [folder] = positionals;
mkdirSync(folder, { recursive: true });

/** For models whose first axis is time. */
const shapes = { 'onnx_quant/tract/qtdnn_10x5_101_i32_biases_model.onnx': { input: [12, 10] } };

const isQuantized = ({ kind, precision, inputs, outputs }) =>
  kind === 'model' &&
  (['int8', 'uint8'].includes(precision) ||
    (precision === 'other' && [...inputs, ...outputs].some((t) => ['INT8', 'UINT8'].includes(t.dtype))));

/** `onnx_light` are architectures whose weights are one constant; `onnx_ml` are trees and the like. */
const isFloat = ({ kind, precision, path }) =>
  ['model', 'derived_model'].includes(kind) &&
  (precision === 'float32' || precision === 'float16') &&
  !/onnx_ml|onnx_light/.test(path);
const isWanted = values['from-float'] ? isFloat : isQuantized;

const models = values['from-float']
  ? []
  : [{ name: 'glyphs', path: join(root, 'examples/glyphs/model.onnx') }];
const manifest = join(zoo, 'manifest.jsonl');
if (existsSync(manifest)) {
  const entries = readFileSync(manifest, 'utf8').trim().split('\n').map(JSON.parse);
  for (const { path } of entries.filter(isWanted))
    models.push({ name: path.replaceAll('/', '__'), path: join(zoo, path), shapes: shapes[path] });
} else {
  console.log(`skipped the models of the zoo: no ${manifest}; set EDGEC_ZOO`);
}

/** Calibrating nets beyond this takes minutes. */
const maxMacs = 1e9;

const executor = (bytes, options) => loadModel(bytes, { executor: 'native', ...options });
/** What weights are laid out for, in turn. */
const isas = ['x86_avx2', 'x86_avx512vnni', 'arm64_neon', 'arm64_dotprod', 'arm64_i8mm'];

let written = 0;
for (const [i, { name, path: model, shapes }] of models.entries()) {
  try {
    const target = { name: 'host', isa: isas[i % isas.length] };
    const options = { model, shapes, precision: 'int8', target, executor };
    if (values['from-float'] && (await compileModel({ ...options, precision: 'float32' })).macs > maxMacs) {
      console.log(`left out ${name}: too long to calibrate`);
      continue;
    }
    const { package: bytes, manifest } = await compileModel(options);
    if (manifest.floatIslands.length > 0) {
      console.log(`left out ${name}: computes in float in ${manifest.floatIslands.join(', ')}`);
      continue;
    }
    writeFileSync(join(folder, `${name}.edgec`), bytes);
    written++;
  } catch (error) {
    if (!error.code?.startsWith('E_')) throw error;
    console.log(`left out ${name}: ${error.code} ${error.message}`);
  }
}
console.log(`${written} packages of ${models.length} models`);
