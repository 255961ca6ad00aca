import type { Malformed } from '../malformed.ts';
import { constant, input, node, real, whole } from '../onnx-file.ts';

export const spectra: readonly Malformed[] = [
  [
    'a shift of what has a sign',
    'E_OP_UNSUPPORTED',
    node('BitShift', [input([4], 'int32'), constant('', [4], undefined, 'int32')], { direction: 'LEFT' }),
    'uint8',
  ],
  [
    'a shift to no side',
    'E_OP_UNSUPPORTED',
    node('BitShift', [input([4], 'uint8'), constant('', [4], undefined, 'uint8')], { direction: 'UP' }),
    'UP',
  ],
  [
    'a shift without a direction',
    'E_OP_ATTRIBUTE',
    node('BitShift', [input([4], 'uint8'), constant('', [4], undefined, 'uint8')]),
    'direction',
  ],
  ['a transform of 2^20 points', 'E_LIMIT_EXCEEDED', node('DFT', [input([1, 2 ** 20, 1])]), 'the_node'],
  [
    'a transform of 2^40 points',
    'E_LIMIT_EXCEEDED',
    node('DFT', [input([1, 4, 1]), whole([2 ** 40], [])]),
    'DFT',
  ],
  [
    'a transform of no points',
    'E_OP_UNSUPPORTED',
    node('DFT', [input([1, 4, 1]), whole([0], [])]),
    'the_node',
  ],
  ['a transform of triples', 'E_OP_UNSUPPORTED', node('DFT', [input([1, 4, 3])]), 'the_node'],
  [
    'a transform along its parts',
    'E_OP_UNSUPPORTED',
    node('DFT', [input([1, 4, 2])], { axis: { i: 2 } }),
    'the_node',
  ],
  [
    'frames at every 0 samples',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([1, 40, 1]), whole([0], []), '', whole([8], [])]),
    'the_node',
  ],
  [
    'frames longer than their signal',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([1, 40, 1]), whole([4], []), '', whole([80], [])]),
    'the_node',
  ],
  [
    'frames of another length than their window',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([1, 40, 1]), whole([4], []), real([9]), whole([8], [])]),
    'the_node',
  ],
  [
    'frames of a signal of one axis',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([40]), whole([4], []), '', whole([8], [])]),
    'the_node',
  ],
  [
    'mel bands of 2^40 points',
    'E_OP_UNSUPPORTED',
    node('MelWeightMatrix', [
      whole([8], []),
      whole([2 ** 40], []),
      whole([8000], []),
      real([1], [0]),
      real([1], [4000]),
    ]),
    'the_node',
  ],
];
