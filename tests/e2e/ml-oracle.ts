import { expect } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import type { Tensor, TypedArray } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { OrtOracle } from '../oracles/ort.ts';

const bound = 1e-5;

/** Scores within 1e-5, in shares of 1 where they are larger; integers equal. */
export function expectAgreement(ours: Tensor, theirs: ArrayLike<unknown>, where: string): void {
  expect(ours.data.length, where).toBe(theirs.length);
  for (let i = 0; i < theirs.length; i++) {
    const [a, b] = [Number(ours.data[i]), Number(theirs[i])];
    if (Object.is(a, b) || a === b) continue;
    const isReal = ours.dtype === 'float32';
    const close = isReal && Math.abs(a - b) <= bound * Math.max(1, Math.abs(b));
    if (!close) expect(a, `${where}[${i}]`).toBe(b);
  }
}

/**
 * Holds reference and native outputs of a model against ONNX Runtime's on the same inputs, there in the type that `as`
 * gives them.
 */
export async function expectOrt(
  model: Uint8Array,
  inputs: Readonly<Record<string, { data: TypedArray; shape: readonly number[] }>>,
  as: (data: TypedArray) => ArrayLike<number | bigint> = (data) => data,
): Promise<void> {
  const oracle = await OrtOracle.open(model);
  const theirs = Object.entries(inputs).map(([name, { data, shape }]) => [name, { data: as(data), shape }]);
  const expected = await oracle.run(Object.fromEntries(theirs));
  await oracle.close();
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, [...shape]]));
  const { package: bytes } = await compileModel({
    model,
    precision: 'float32',
    target: { name: 'host' },
    shapes,
  });
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data]));
  for (const executor of ['reference', 'native'] as const) {
    const session = await loadModel(bytes, { executor });
    const found = session.runSync(feeds);
    for (const [name, values] of expected) expectAgreement(found[name], values, `${executor} ${name}`);
    session.dispose();
  }
}
