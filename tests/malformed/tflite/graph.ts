import { int, options } from '../../../src/compiler/formats/tflite/write/model-writer.ts';
import type { Malformed } from '../malformed.ts';
import { operator, real, row, slot, wired } from '../tflite-file.ts';
import { minus1, subgraph, tensor, with1 } from './sound.ts';

const dimension = (find: number, word: number): Uint8Array =>
  with1((at) => at.element(at.vector(at.tensor(find), tensor.shape), 1), word);
const listed = (list: 'inputs' | 'outputs', word: number): Uint8Array =>
  with1((at) => at.element(at.vector(at.subgraph(), subgraph[list]), 0), word);
const wiredTo = (list: 'inputs' | 'outputs', i: number, word: number): Uint8Array =>
  with1((at) => at.element(at.vector(at.operator(), slot.operator[list]), i), word);

export const graph: readonly Malformed[] = [
  ['an operand that does not exist', 'E_FORMAT_CORRUPT', wiredTo('inputs', 0, 99), '99'],
  ['an operand of −2', 'E_FORMAT_CORRUPT', wiredTo('inputs', 0, 0xfffffffe), '-2'],
  ['an operand of 2^31 − 1', 'E_FORMAT_CORRUPT', wiredTo('inputs', 0, 0x7fffffff)],
  ['a required operand left out', 'E_GRAPH_INVALID', wiredTo('inputs', 0, minus1), 'y0'],
  ['weights left out', 'E_GRAPH_INVALID', wiredTo('inputs', 1, minus1), 'y0'],
  ['a result that does not exist', 'E_FORMAT_CORRUPT', wiredTo('outputs', 0, 99), '99'],
  ['a result of −1', 'E_FORMAT_CORRUPT', wiredTo('outputs', 0, minus1), '-1'],
  ['a result that is an input', 'E_GRAPH_INVALID', wiredTo('outputs', 0, 0), 'x0'],
  ['a result that is a constant', 'E_GRAPH_INVALID', wiredTo('outputs', 0, 1), 'c1'],
  ['an input that does not exist', 'E_FORMAT_CORRUPT', listed('inputs', 99), '99'],
  ['an input of −1', 'E_FORMAT_CORRUPT', listed('inputs', minus1), '-1'],
  ['an input that is a constant', 'E_GRAPH_INVALID', listed('inputs', 1), 'c1'],
  ['an output that does not exist', 'E_FORMAT_CORRUPT', listed('outputs', 99), '99'],
  ['an output of −1', 'E_FORMAT_CORRUPT', listed('outputs', minus1), '-1'],
  [
    'a cycle',
    'E_GRAPH_INVALID',
    wired(
      3,
      [
        [[1], [2]],
        [[2], [1]],
      ],
      [0],
      [2],
    ),
    't1',
  ],
  ['an operator that reads what it makes', 'E_GRAPH_INVALID', wired(2, [[[1], [1]]], [0], [1]), 't1'],
  [
    'a tensor made twice',
    'E_GRAPH_INVALID',
    wired(
      2,
      [
        [[0], [1]],
        [[0], [1]],
      ],
      [0],
      [1],
    ),
    't1',
  ],
  ['an input listed twice', 'E_GRAPH_INVALID', wired(2, [[[0], [1]]], [0, 0], [1]), 't0'],
  ['an operator without results', 'E_GRAPH_INVALID', wired(2, [[[0], []]], [0], [0]), 'RELU'],
  ['an operator of too many results', 'E_GRAPH_INVALID', wired(3, [[[0], [1, 2]]], [0], [1]), 't1'],
  ['an operator of no operands', 'E_GRAPH_INVALID', wired(2, [[[], [1]]], [0], [1]), 't1'],
  ['an operator that is not supported', 'E_OP_UNSUPPORTED', operator('WHILE', [row], row), 'WHILE'],
  [
    'a call of a graph that is not there',
    'E_FORMAT_CORRUPT',
    operator('CALL_ONCE', [row], row, options(103, int(9))),
    '9',
  ],
  ['a call of graph −1', 'E_FORMAT_CORRUPT', operator('CALL_ONCE', [row], row, options(103, int(-1))), '-1'],
  [
    'a graph that calls itself',
    'E_OP_UNSUPPORTED',
    operator('CALL_ONCE', [row], row, options(103, int(0))),
    'CALL_ONCE',
  ],
  ['a variable without its handle', 'E_GRAPH_INVALID', operator('READ_VARIABLE', [row], row), 'x0'],
  ['a value assigned to no variable', 'E_GRAPH_INVALID', operator('ASSIGN_VARIABLE', [row, row], []), 'x0'],
  ['dimensions of zero', 'E_SHAPE_DYNAMIC', dimension(0, 0), 'x0'],
  ['a negative dimension', 'E_LIMIT_EXCEEDED', dimension(0, minus1 - 2), 'x0'],
  ['a dimension of 2^31 − 1', 'E_LIMIT_EXCEEDED', operator('RELU', [real(2, 2 ** 31 - 1)], row), 'x0'],
  [
    'a tensor too large',
    'E_LIMIT_EXCEEDED',
    operator('RELU', [real(65536, 65536)], real(65536, 65536)),
    'x0',
  ],
  [
    'a shape whose product wraps to 0',
    'E_LIMIT_EXCEEDED',
    operator('RELU', [real(65536, 65536, 65536, 65536)], row),
    'x0',
  ],
  [
    'a tensor of nine axes',
    'E_LIMIT_EXCEEDED',
    operator('RELU', [real(1, 1, 1, 1, 1, 1, 1, 1, 1)], row),
    'x0',
  ],
  ['a constant shorter than its shape', 'E_FORMAT_CORRUPT', dimension(1, 5), 'c1'],
  ['a constant of a negative dimension', 'E_LIMIT_EXCEEDED', dimension(1, minus1), 'c1'],
  ['a constant of 2^31 − 1 columns', 'E_LIMIT_EXCEEDED', dimension(1, 0x7fffffff), 'c1'],
];
