import { describe, expect, test } from 'vitest';
import {
  type AttrSchema,
  type AttrsOf,
  completeAttrs,
  type OpDefinition,
  type Operands,
  opByName,
  ops,
  Random,
  type Tensor,
  tensor,
} from '../../src/core/index.ts';

const seed = Number(process.env.EDGEC_SEED ?? 1);

function evaluate(op: OpDefinition, inputs: Operands, attrs: AttrsOf<AttrSchema>): Tensor[] {
  const outputs = op.infer(inputs, attrs).map((t) => tensor(t.dtype, t.shape, undefined, t.quant));
  op.evaluate(inputs, attrs, outputs);
  return outputs;
}

/** `t` transposed by `perm` after its shape is filled up to that rank with leading ones. */
function transposed(t: Tensor, perm: readonly number[]): Tensor {
  const shape = [...new Array<number>(perm.length - t.shape.length).fill(1), ...t.shape];
  return evaluate(opByName('Transpose'), [{ ...t, shape }], { perm })[0];
}

const rotated = (rank: number): number[] => Array.from({ length: rank }, (_, i) => (i + 1) % rank);

const reversed = (rank: number): number[] => rotated(rank).reverse();

function close(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  if (actual.dtype !== 'float32') return expect(actual.data).toEqual(expected.data);
  const numbers = expected.data as Float32Array;
  (actual.data as Float32Array).forEach((v, i) => {
    if (v !== numbers[i]) expect(v).toBeCloseTo(numbers[i], 4);
  });
}

const permutable = ops.filter((op) => op.permute);

describe.each(permutable.map((op) => [op.name, op] as const))(`%s (EDGEC_SEED=${seed})`, (_, op) => {
  const samples = op.samples(new Random(seed)).map((s) => ({
    inputs: s.inputs,
    attrs: completeAttrs(op.name, op.attrs, s.attrs),
  }));

  test('permuted attributes on transposed operands give the transposed result', () => {
    for (const { inputs, attrs } of samples) {
      const rank = Math.max(...inputs.map((x) => x?.shape.length ?? 0));
      const expected = evaluate(op, inputs, attrs);
      if (expected.some((y) => y.shape.length !== rank)) continue;
      for (const perm of [rotated(rank), reversed(rank)]) {
        const moved = inputs.map((x) => x && transposed(x, perm));
        const permuted = op.permute?.(attrs, perm) ?? attrs;
        evaluate(op, moved, permuted).forEach((y, i) => close(y, transposed(expected[i], perm)));
      }
    }
  });
});
