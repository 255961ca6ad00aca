import { compileModel } from '../../src/compiler/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { type Case, modelOf } from './onnx-node.ts';
import { OrtOracle } from './ort.ts';

interface Beside {
  readonly found: readonly number[];
  readonly shape: readonly number[];
  readonly expected: readonly number[];
}

/** What the native engine and ONNX Runtime make of a node. */
export async function besideOrt(sample: Case): Promise<Beside> {
  const model = modelOf(sample);
  const named = sample.inputs.map(({ data, shape }, i) => [`x${i}`, { data, shape }] as const);
  const oracle = await OrtOracle.open(model);
  const expected = (await oracle.run(Object.fromEntries(named))).get('y') ?? [];
  await oracle.close();
  const { package: compiled } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
  const session = await loadModel(compiled);
  const { data, shape } = session.runSync(Object.fromEntries(named.map(([name, x]) => [name, x.data]))).y;
  session.dispose();
  return { found: Array.from(data, Number), shape, expected: Array.from(expected, Number) };
}
