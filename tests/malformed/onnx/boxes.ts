import type { Malformed } from '../malformed.ts';
import { input, node, type Operand, real, whole } from '../onnx-file.ts';

const suppression = (
  operands: readonly Operand[],
  sizes: { boxes?: number[]; scores?: number[] } = {},
): Uint8Array =>
  node('NonMaxSuppression', [input(sizes.boxes ?? [1, 6, 4]), input(sizes.scores ?? [1, 2, 6]), ...operands]);

export const boxes: readonly Malformed[] = [
  ['boxes of three numbers', 'E_OP_SHAPE', suppression([whole([3])], { boxes: [1, 6, 3] }), 'the_node'],
  ['boxes of one axis', 'E_OP_SHAPE', suppression([whole([3])], { boxes: [6] }), 'the_node'],
  ['boxes of other scores', 'E_OP_SHAPE', suppression([whole([3])], { scores: [1, 2, 5] }), 'the_node'],
  ['boxes of other images', 'E_OP_SHAPE', suppression([whole([3])], { scores: [2, 2, 6] }), 'the_node'],
  ['boxes whose count is computed', 'E_OP_UNSUPPORTED', suppression([input([1], 'int64')]), 'the_node'],
  ['boxes whose count is a list', 'E_OP_SHAPE', suppression([whole([3, 4])]), 'the_node'],
  [
    'boxes that overlap twofold',
    'E_OP_ATTRIBUTE',
    suppression([whole([3]), real([1], [2])]),
    'iou_threshold',
  ],
  [
    'boxes that overlap by NaN',
    'E_OP_ATTRIBUTE',
    suppression([whole([3]), real([1], [Number.NaN])]),
    'the_node',
  ],
  ['boxes without scores', 'E_GRAPH_INVALID', node('NonMaxSuppression', [input([1, 6, 4])]), 'the_node'],
  [
    'boxes of sixteen million rows',
    'E_LIMIT_EXCEEDED',
    suppression([whole([4096])], { boxes: [1, 4096, 4], scores: [1, 4096, 4096] }),
    'the_node',
  ],
];
