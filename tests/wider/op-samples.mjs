// Every op's samples on every instruction set of this machine, or on the one that EDGEC_CPU names, against the reference
// executor: exact where the op is, else within its tolerance.
// Usage: node op-samples.mjs [seed]
import { firstOutside, ops, Random, samplePackage } from '../../dist/core/index.js';
import { loadModel, nativeIsas } from '../../dist/runtime/index.js';

const seed = Number(process.argv[2] ?? 1);
const isas = process.env.EDGEC_CPU ? [process.env.EDGEC_CPU] : nativeIsas();
const loweredAway = new Set(['Requantize']);

let [runs, differences] = [0, 0];
for (const op of ops.filter(({ name }) => !loweredAway.has(name))) {
  for (const [i, sample] of op.samples(new Random(seed)).entries()) {
    const { bytes, inputs } = samplePackage(op, sample);
    const expected = (await loadModel(bytes, { executor: 'reference' })).runSync(inputs);
    for (const isa of isas) {
      const session = await loadModel(bytes, { executor: 'native', isa });
      const found = session.runSync(inputs);
      for (const { name, type } of session.outputs) {
        const accuracy = type.dtype === 'float32' ? op.accuracy : { kind: 'exact' };
        runs++;
        if (firstOutside(accuracy, found[name].data, expected[name].data) < 0) continue;
        differences++;
        console.log(`${op.name} sample ${i} on ${isa} differs from the reference`);
      }
      session.dispose();
    }
  }
}
console.log(`${process.arch} ${isas.join(', ')}: ${runs} outputs, ${differences} differences (seed ${seed})`);
process.exitCode = differences === 0 ? 0 : 1;
