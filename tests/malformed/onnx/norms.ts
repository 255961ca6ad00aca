import type { Malformed } from '../malformed.ts';
import { image, input, node, real, row } from '../onnx-file.ts';

export const norms: readonly Malformed[] = [
  [
    'statistics of other channels',
    'E_OP_SHAPE',
    node('BatchNormalization', [image, real([2]), real([2]), real([2]), real([3])]),
    'the_node',
  ],
  [
    'statistics that are missing',
    'E_GRAPH_INVALID',
    node('BatchNormalization', [image, real([2])]),
    'the_node',
  ],
  [
    'a norm of other channels',
    'E_OP_SHAPE',
    node('InstanceNormalization', [image, real([3]), real([3])]),
    'the_node',
  ],
  [
    'a norm along an axis outside',
    'E_OP_ATTRIBUTE',
    node('LayerNormalization', [row, real([4])], { axis: { i: 4 } }),
    'the_node',
  ],
  ['a norm of other columns', 'E_OP_SHAPE', node('LayerNormalization', [row, real([3])]), 'the_node'],
  [
    'a norm of no groups',
    'E_OP_UNSUPPORTED',
    node('GroupNormalization', [image, real([2]), real([2])], { num_groups: { i: 0 } }, { opset: 21 }),
    'the_node',
  ],
  [
    'a norm of groups that do not divide',
    'E_OP_UNSUPPORTED',
    node('GroupNormalization', [image, real([2]), real([2])], { num_groups: { i: 3 } }, { opset: 21 }),
    'the_node',
  ],
  [
    'attention without heads',
    'E_OP_SHAPE',
    node(
      'Attention',
      [input([1, 2, 4]), real([1, 2, 4]), real([1, 2, 4])],
      { q_num_heads: { i: 0 }, kv_num_heads: { i: 0 } },
      { opset: 23 },
    ),
    'the_node',
  ],
  [
    'attention of heads that do not divide',
    'E_OP_SHAPE',
    node(
      'Attention',
      [input([1, 2, 4]), real([1, 2, 4]), real([1, 2, 4])],
      { q_num_heads: { i: 3 }, kv_num_heads: { i: 3 } },
      { opset: 23 },
    ),
    'the_node',
  ],
];
