import type { Malformed } from '../malformed.ts';
import { type Attributes, image, input, node, real } from '../onnx-file.ts';

const sequence = input([3, 1, 2]);
const cell = (
  op: string,
  gates: number,
  change: Record<string, readonly number[]> = {},
  attributes: Attributes = {},
) =>
  node(
    op,
    [
      sequence,
      real(change.w ?? [1, gates * 4, 2]),
      real(change.r ?? [1, gates * 4, 4]),
      real(change.b ?? [1, gates * 8]),
    ],
    { hidden_size: { i: 4 }, ...attributes },
    { outputs: 2 },
  );

export const recurrent: readonly Malformed[] = [
  ['a cell without weights', 'E_GRAPH_INVALID', node('LSTM', [sequence]), 'the_node'],
  ['a cell of other gates', 'E_OP_SHAPE', cell('LSTM', 4, { w: [1, 12, 2] }), 'the_node'],
  ['a cell of other inputs', 'E_OP_SHAPE', cell('LSTM', 4, { w: [1, 16, 3] }), 'the_node'],
  ['a cell of other recurrences', 'E_OP_ATTRIBUTE', cell('GRU', 3, { r: [1, 12, 5] }), 'the_node'],
  ['a cell of another bias', 'E_OP_SHAPE', cell('GRU', 3, { b: [1, 12] }), 'the_node'],
  [
    'a cell of another size than it states',
    'E_OP_ATTRIBUTE',
    cell('RNN', 1, {}, { hidden_size: { i: 5 } }),
    'the_node',
  ],
  [
    'a cell of an unknown direction',
    'E_OP_UNSUPPORTED',
    cell('LSTM', 4, {}, { direction: 'sideways' }),
    'sideways',
  ],
  [
    'a cell of both directions with weights for one',
    'E_OP_SHAPE',
    cell('LSTM', 4, {}, { direction: 'bidirectional' }),
    'the_node',
  ],
  [
    'a cell of unknown activations',
    'E_OP_UNSUPPORTED',
    cell('LSTM', 4, {}, { activations: { strings: ['Sigmoid', 'Cube', 'Tanh'] } }),
    'Cube',
  ],
  [
    'a cell of too few activations',
    'E_OP_ATTRIBUTE',
    cell('LSTM', 4, {}, { activations: { strings: ['Sigmoid'] } }),
    'the_node',
  ],
  [
    'a cell of a picture',
    'E_OP_SHAPE',
    node('GRU', [image, real([1, 12, 2]), real([1, 12, 4])], { hidden_size: { i: 4 } }),
    'the_node',
  ],
];
