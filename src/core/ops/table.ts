import { defineOp, type Lowering, type Ref, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { type QuantParams, type Tensor, tensor } from '../tensor.ts';
import { quantOf } from './requantize.ts';
import { randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

export const table = defineOp({
  name: 'Table',
  summary: 'y = table[x + 128]: any function of one int8 value.',
  source: 'docs/numerics.md, section 4',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'table', dtypes: ['int8'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {},
  infer([x, t]) {
    if (operand(t, 'table', 1).shape[0] !== 256) {
      throw new EdgecError('E_OP_SHAPE', 'a table has 256 entries', {
        expected: '[256]',
        found: `[${t?.shape}]`,
        where: 'table',
      });
    }
    return [{ dtype: 'int8', shape: operand(x, 'x').shape }];
  },
  evaluate([x, t], _, [y]) {
    const xd = x?.data as Int8Array;
    const td = t?.data as Int8Array;
    const yd = y.data as Int8Array;
    for (let i = 0; i < yd.length; i++) yd[i] = td[xd[i] + 128];
  },
  storage: 'any',
  accuracy: { kind: 'exact' },
  samples: (random) =>
    [[1], [3, 5, 7], [2, 129]].map((shape) => ({
      inputs: [randomInt8(random, shape), randomInt8(random, [256])],
      attrs: {},
    })),
});

/** The table of a real function between two pairs of parameters, in binary64. */
export function tableOf(from: QuantParams, to: QuantParams, f: (x: number) => number): Tensor {
  const entries = new Int8Array(256);
  for (let q = -128; q < 128; q++) {
    const stored = to.zeroPoint[0] + rne(f(from.scale[0] * (q - from.zeroPoint[0])) / to.scale[0]);
    entries[q + 128] = Number.isNaN(stored) ? to.zeroPoint[0] : Math.max(-128, Math.min(127, stored));
  }
  return tensor('int8', [256], entries);
}

/** Lowers a function of one value to its table. */
export function lowerToTable<A>(node: Lowering<A>, f: (x: number, attrs: A) => number): Ref[] {
  const quant = quantOf(node.outputs[0], 'output');
  const entries = tableOf(quantOf(node.types[0], 'x'), quant, (x) => f(x, node.attrs));
  return [node.emit('Table', [node.inputs[0], node.addConstant(entries)], {}, quant)];
}
