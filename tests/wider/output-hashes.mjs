// Runs every package of a folder on every instruction set of this machine and hashes the outputs. All hashes of a
// package have to be one: those of this machine, and those that an earlier machine wrote to the file.
// Usage: node output-hashes.mjs <folder> <hashes.json>
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededInputs } from '../../dist/cli/seeded-inputs.js';
import { loadModel, nativeIsas } from '../../dist/runtime/index.js';

const [folder, record] = process.argv.slice(2);
const hashes = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
const packages = readdirSync(folder).filter((file) => file.endsWith('.edgec'));
let differences = 0;
for (const file of packages) {
  const bytes = readFileSync(join(folder, file));
  for (const isa of nativeIsas()) {
    const session = await loadModel(bytes, { executor: 'native', isa });
    const hash = createHash('sha256');
    for (const { data } of Object.values(session.runSync(seededInputs(session.inputs, 1))))
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    session.dispose();
    const found = hash.digest('hex');
    hashes[file] ??= found;
    if (found === hashes[file]) continue;
    differences++;
    console.log(`${file} on ${isa}: ${found}, expected ${hashes[file]}`);
  }
}
writeFileSync(record, JSON.stringify(hashes, null, 1));
console.log(
  `${process.arch} ${nativeIsas().join(', ')}: ${packages.length} packages, ${differences} differences`,
);
process.exitCode = differences === 0 && packages.length > 0 ? 0 : 1;
