import { expect, test } from 'vitest';
import { compileModel, type Executor, writeFormat } from '../../src/compiler/index.ts';
import { Random } from '../../src/core/index.ts';
import {
  type Contender,
  edgecContender,
  namedInputs,
  Ort,
  race,
  stateInputs,
} from '../../src/peers/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { smallNet } from './small-net.ts';
import { hasZoo, zooPath } from './zoo.ts';

const executor: Executor = (bytes, options) => loadModel(bytes, options);

/** A contender whose every run takes `ns`, which counts its runs. */
function clockwork(name: string, ns: number): Contender & { runs: number } {
  return {
    name,
    runs: 0,
    burst(count) {
      this.runs += count;
      return ns;
    },
    dispose() {},
  };
}

test('a race keeps the order, and a slow contender takes part less often', async () => {
  const [fast, slow] = [clockwork('fast', 1e5), clockwork('slow', 1e8)];
  const results = await race([fast, slow], { durationNs: 1e9 });
  expect(results.map(({ name, minNs, medianNs }) => [name, minNs, medianNs])).toEqual([
    ['fast', 1e5, 1e5],
    ['slow', 1e8, 1e8],
  ]);
  expect(results[0].bursts).toBeGreaterThan(10 * results[1].bursts);
  expect(slow.runs * 1e8).toBeLessThan(5e9);
});

test('edgec and ONNX Runtime race on the same model and inputs', async () => {
  const model = writeFormat(smallNet(new Random(5)), 'onnx');
  const compiled = await compileModel({ model, precision: 'int8', target: { name: 'host' }, executor });
  const session = await loadModel(compiled.package);
  const inputs = namedInputs(session);
  const ort = Ort.resolve();
  const contenders = [
    edgecContender('edgec', session, inputs),
    ort.native('native', model, inputs, { threads: 1 }),
    await ort.public('public', model, inputs, { threads: 1 }),
  ];
  const results = await race(contenders, { durationNs: 1e7 });
  for (const contender of contenders) await contender.dispose();
  expect(results.map(({ name }) => name)).toEqual(['edgec', 'native', 'public']);
  for (const { minNs, medianNs } of results) {
    expect(minNs).toBeGreaterThan(0);
    expect(medianNs).toBeGreaterThanOrEqual(minNs);
  }
});

test.skipIf(!hasZoo)('ONNX Runtime takes what a package keeps between runs as inputs', async () => {
  const model = zooPath('mcu_misc/microwakeword/v2__vad.tflite');
  const compiled = await compileModel({ model, precision: 'int8', target: { name: 'host' } });
  const session = await loadModel(compiled.package);
  const states = stateInputs(compiled.package);
  expect(states.map(({ name }) => name)).toEqual(compiled.manifest.states?.map(({ input }) => input));
  const onnx = writeFormat(compiled.graph, 'onnx', { activations: 'u8' });
  const peer = Ort.resolve().native('ort', onnx, [...namedInputs(session), ...states], { threads: 1 });
  expect(peer.burst(1)).toBeGreaterThan(0);
  await peer.dispose();
  session.dispose();
});
