// Every op's samples on every instruction set of this machine against the reference executor: exact where the op is,
// else within its tolerance.
// Usage: node op-samples.mjs [seed]
import { ops, Random, samplePackage } from '../../dist/core/index.js';
import { loadModel, nativeIsas } from '../../dist/runtime/index.js';

const seed = Number(process.argv[2] ?? 1);
const loweredAway = new Set(['Requantize']);

const isClose = (found, expected, tolerance) =>
  found.every((f, i) => {
    const [a, b] = [Number(f), Number(expected[i])];
    return Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
  });

let [runs, differences] = [0, 0];
for (const op of ops.filter(({ name }) => !loweredAway.has(name))) {
  for (const [i, sample] of op.samples(new Random(seed)).entries()) {
    const { bytes, inputs } = samplePackage(op, sample);
    const expected = (await loadModel(bytes, { executor: 'reference' })).runSync(inputs);
    for (const isa of nativeIsas()) {
      const session = await loadModel(bytes, { executor: 'native', isa });
      const found = session.runSync(inputs);
      for (const { name, type } of session.outputs) {
        const tolerance =
          type.dtype === 'float32' && op.accuracy.kind !== 'exact' ? op.accuracy.tolerance : 0;
        runs++;
        if (isClose(found[name].data, expected[name].data, tolerance)) continue;
        differences++;
        console.log(`${op.name} sample ${i} on ${isa} differs from the reference`);
      }
      session.dispose();
    }
  }
}
console.log(
  `${process.arch} ${nativeIsas().join(', ')}: ${runs} outputs, ${differences} differences (seed ${seed})`,
);
process.exitCode = differences === 0 ? 0 : 1;
