// Runs every package of a folder on every instruction set of this machine, or on the one that EDGEC_CPU names, and
// hashes the outputs. All hashes of a package have to be one: those of this machine, and those that earlier runs and
// machines wrote to the file. Prints the hash of each package and one over all of them.
// Usage: node output-hashes.mjs <folder> <hashes.json> [--executor native|reference] [--max-macs n]
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readPackage } from '../../dist/core/index.js';
import { loadModel, nativeIsas, seededInputs } from '../../dist/runtime/index.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    executor: { type: 'string', default: 'native' },
    'max-macs': { type: 'string', default: '1e9' },
  },
});
const [folder, record] = positionals;
const maxMacs = Number(values['max-macs']);
const known = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};

const lightMacs = 1e8;
const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/** Of the outputs of four seeded runs; of one where a run is long. */
function hashOutputs(session, macs) {
  const hash = createHash('sha256');
  for (let seed = 1; seed <= (macs < lightMacs ? 4 : 1); seed++)
    for (const { data } of Object.values(session.runSync(seededInputs(session.inputs, seed))))
      hash.update(bytesOf(data));
  return hash.digest('hex');
}

const variants =
  values.executor === 'reference'
    ? [{ executor: 'reference' }]
    : (process.env.EDGEC_CPU ? [process.env.EDGEC_CPU] : nativeIsas()).map((isa) => ({
        executor: 'native',
        isa,
      }));
const packages = readdirSync(folder)
  .filter((file) => file.endsWith('.edgec'))
  .map((file) => ({ file, bytes: readFileSync(join(folder, file)) }))
  .map((p) => ({ ...p, macs: readPackage(p.bytes).manifest.macs }))
  .filter(({ macs }) => macs <= maxMacs);

let differences = 0;
const totals = variants.map(() => createHash('sha256'));
for (const { file, bytes, macs } of packages) {
  for (const [i, variant] of variants.entries()) {
    const session = await loadModel(bytes, variant);
    const found = hashOutputs(session, macs);
    session.dispose();
    totals[i].update(found);
    known[file] ??= found;
    if (found === known[file]) continue;
    differences++;
    console.log(`${file} on ${variant.isa ?? variant.executor}: ${found}, expected ${known[file]}`);
  }
  console.log(`${known[file]}  ${file}`);
}
writeFileSync(record, JSON.stringify(known, null, 1));
for (const [i, { executor, isa }] of variants.entries())
  console.log(
    `sha256 ${totals[i].digest('hex')} over ${packages.length} packages: ${process.arch} ${isa ?? executor}`,
  );
console.log(`${differences} differences`);
process.exitCode = differences === 0 && packages.length > 0 ? 0 : 1;
