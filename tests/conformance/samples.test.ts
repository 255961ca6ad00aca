import { describe, expect, test } from 'vitest';
import {
  type AttrSchema,
  type Attrs,
  type AttrsOf,
  completeAttrs,
  decodeAttrs,
  encodeAttrs,
  type OpDefinition,
  type OpSample,
  opByName,
  opcodeOf,
  ops,
  Random,
  type Tensor,
  tensor,
} from '../../src/core/index.ts';

const seed = Number(process.env.EDGEC_SEED ?? 1);

interface Run {
  attrs: AttrsOf<AttrSchema>;
  outputs: Tensor[];
}

function runSample(op: OpDefinition, sample: OpSample): Run {
  const attrs = completeAttrs(op.name, op.attrs, sample.attrs);
  const outputs = op.infer(sample.inputs, attrs).map((t) => tensor(t.dtype, t.shape, undefined, t.quant));
  op.evaluate(sample.inputs, attrs, outputs);
  return { attrs, outputs };
}

/** The port of operand `i`: a variadic port takes all operands from its place on. */
const portOf = (op: OpDefinition, i: number) => op.inputs[Math.min(i, op.inputs.length - 1)];

test('names and opcodes are unique and lead to their op', () => {
  for (const [opcode, op] of ops.entries()) {
    expect(opByName(op.name)).toBe(op);
    expect(opcodeOf(op.name)).toBe(opcode);
  }
  expect(() => opByName('NoSuchOp')).toThrow(expect.objectContaining({ code: 'E_OP_UNSUPPORTED' }));
});

describe.each(ops.map((op) => [op.name, op] as const))(`samples of %s (EDGEC_SEED=${seed})`, (_, op) => {
  const samples = op.samples(new Random(seed));

  test('there is at least one', () => expect(samples.length).toBeGreaterThan(0));

  test.each(samples.map((sample, i) => [i, sample] as const))('%i', (_, sample) => {
    sample.inputs.forEach((input, i) => {
      const port = portOf(op, i);
      if (input) expect(port.dtypes).toContain(input.dtype);
      else expect(port.optional).toBe(true);
    });
    const { attrs, outputs } = runSample(op, sample);
    expect(outputs.length).toBeGreaterThan(0);
    for (const { dtype, shape, data } of outputs) {
      expect(data).toHaveLength(tensor(dtype, shape).data.length);
      expect(op.outputs[0].dtypes).toContain(dtype);
    }
    const words = Int32Array.from(encodeAttrs(op.attrs, attrs as Attrs));
    expect(encodeAttrs(op.attrs, decodeAttrs(op.name, op.attrs, words))).toEqual([...words]);
  });

  test('the same seed gives the same results', () => {
    const again = op.samples(new Random(seed));
    samples.forEach((sample, i) => {
      expect(runSample(op, again[i]).outputs).toEqual(runSample(op, sample).outputs);
    });
  });
});
