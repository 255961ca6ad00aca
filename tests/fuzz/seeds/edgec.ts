import { compileModel, writeFormat } from '../../../src/compiler/index.ts';
import { ops, Random, samplePackage } from '../../../src/core/index.ts';
import { loadModel } from '../../../src/runtime/index.ts';
import { filteredNet } from '../../e2e/filtered-net.ts';
import { onnxSeeds } from './onnx.ts';
import { tfliteSeeds } from './tflite.ts';

/** Packages beyond this hide in their constants what a mutation changes. */
const mostBytes = 16384;

const isas = [undefined, 'x86_avx2', 'x86_avx512vnni', 'arm64_neon', 'arm64_dotprod', 'arm64_i8mm'];

async function compiled(
  model: Uint8Array,
  precision: 'int8' | 'float32',
  isa?: string,
): Promise<Uint8Array[]> {
  const target = { name: 'host', ...(isa && { isa }) };
  const executor = (bytes: Uint8Array, options: object) =>
    loadModel(bytes, { executor: 'native', ...options });
  try {
    return [(await compileModel({ model, precision, target, executor })).package];
  } catch {
    return [];
  }
}

/** Packages drawn from `seed`: every op's samples, and models compiled to float and int8 with their weights in panels, windows and filtered. */
export async function edgecSeeds(seed: number): Promise<Uint8Array[]> {
  const random = new Random(seed);
  const samples = ops.flatMap((op) => op.samples(random).map((sample) => samplePackage(op, sample).bytes));
  const models: Uint8Array[] = [];
  for (const [i, model] of [...onnxSeeds(seed), ...tfliteSeeds(seed)].entries()) {
    models.push(...(await compiled(model, 'float32', isas[i % isas.length])));
    models.push(...(await compiled(model, 'int8', isas[(i + 1) % isas.length])));
  }
  models.push(...(await compiled(writeFormat(filteredNet(random), 'onnx'), 'int8', 'x86_avx2')));
  return [...samples, ...models].filter(({ length }) => length <= mostBytes);
}
