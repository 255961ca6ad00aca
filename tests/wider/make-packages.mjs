// Compiles int8 models to packages for output-hashes.mjs: the shipped example and, where the zoo is, every
// int8 and uint8 model of it that edgec takes.
// Usage: node make-packages.mjs <folder>
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileModel } from '../../dist/compiler/index.js';
import { loadModel } from '../../dist/runtime/index.js';

const maxMacs = 1e9;
const root = fileURLToPath(new URL('../..', import.meta.url));
const zoo = process.env.EDGEC_ZOO ?? join(root, '../shared/zoo');
const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const models = [['glyphs', join(root, 'examples/glyphs/model.onnx')]];
const manifest = join(zoo, 'manifest.jsonl');
if (existsSync(manifest)) {
  const entries = readFileSync(manifest, 'utf8').trim().split('\n').map(JSON.parse);
  const isQuantized = (e) => e.kind === 'model' && ['int8', 'uint8'].includes(e.precision);
  for (const { path } of entries.filter(isQuantized))
    models.push([path.replaceAll('/', '__'), join(zoo, path)]);
} else {
  console.log(`skipped the models of the zoo: no ${manifest}; set EDGEC_ZOO`);
}

const executor = (bytes, options) => loadModel(bytes, { executor: 'native', ...options });
let refused = 0;
for (const [name, path] of models) {
  try {
    const compiled = await compileModel({
      model: path,
      precision: 'int8',
      target: { name: 'host' },
      executor,
    });
    if (compiled.manifest.floatIslands.length === 0 && compiled.macs <= maxMacs)
      writeFileSync(join(folder, `${name}.edgec`), compiled.package);
  } catch (error) {
    if (!error.code?.startsWith('E_')) throw error;
    refused++;
    console.log(`${name}: ${error.code} ${error.message}`);
  }
}
console.log(`${models.length - refused} of ${models.length} models compile`);
