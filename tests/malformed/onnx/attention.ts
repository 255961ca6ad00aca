import type { Malformed } from '../malformed.ts';
import { type Attributes, constant, input, node, type Operand, real } from '../onnx-file.ts';

const heads = (operands: readonly Operand[], attributes: Attributes = { num_heads: { i: 2 } }): Uint8Array =>
  node('MultiHeadAttention', [input([1, 3, 8]), ...operands], attributes, { domain: 'com.microsoft' });
const keys = [real([1, 5, 8]), real([1, 5, 8])];

export const attention: readonly Malformed[] = [
  ['fused attention without keys', 'E_OP_UNSUPPORTED', heads([]), 'packed'],
  ['fused attention without heads', 'E_OP_ATTRIBUTE', heads(keys, {}), 'num_heads'],
  ['fused attention of no heads', 'E_OP_SHAPE', heads(keys, { num_heads: { i: 0 } }), 'the_node'],
  [
    'fused attention of heads that do not divide',
    'E_OP_SHAPE',
    heads(keys, { num_heads: { i: 3 } }),
    'the_node',
  ],
  ['fused attention of keys of another width', 'E_OP_SHAPE', heads([real([1, 5, 6]), keys[1]]), 'the_node'],
  ['fused attention of a short bias', 'E_OP_ATTRIBUTE', heads([...keys, real([9])]), 'the_node'],
  [
    'fused attention of a mask of other keys',
    'E_OP_UNSUPPORTED',
    heads([...keys, '', constant('', [1, 9], undefined, 'int32')]),
    'mask',
  ],
  [
    'fused attention of a past of other heads',
    'E_OP_SHAPE',
    heads([...keys, '', '', '', real([1, 3, 2, 4]), real([1, 3, 2, 4])]),
    'the_node',
  ],
];
