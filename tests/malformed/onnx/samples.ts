import type { Malformed } from '../malformed.ts';
import { type Attributes, constant, image, input, node, type Operand, real, whole } from '../onnx-file.ts';

const regions = (rois: number[], images: number[], attributes: Attributes = {}): Uint8Array =>
  node('RoiAlign', [image, real(rois), constant('', images, undefined, 'int64')], attributes);

const grid = (x: Operand, places: readonly number[], attributes: Attributes = {}): Uint8Array =>
  node('GridSample', [x, real(places)], attributes, { opset: 20 });

export const samples: readonly Malformed[] = [
  ['regions of five numbers', 'E_OP_SHAPE', regions([3, 5], [3]), 'the_node'],
  ['regions of more images than there are regions', 'E_OP_SHAPE', regions([3, 4], [7]), 'the_node'],
  ['regions of no cells', 'E_OP_ATTRIBUTE', regions([3, 4], [3], { output_height: { i: 0 } }), 'the_node'],
  [
    'regions of 2^20 cells',
    'E_OP_ATTRIBUTE',
    regions([3, 4], [3], { output_width: { i: 2 ** 20 } }),
    'the_node',
  ],
  [
    'regions of −1 samples',
    'E_OP_ATTRIBUTE',
    regions([3, 4], [3], { sampling_ratio: { i: -1 } }),
    'the_node',
  ],
  ['regions of an unknown mode', 'E_OP_ATTRIBUTE', regions([3, 4], [3], { mode: 'fog' }), 'fog'],
  [
    'a grid of 2^40 places',
    'E_LIMIT_EXCEEDED',
    node('AffineGrid', [input([1, 2, 3]), whole([1, 1, 2 ** 20, 2 ** 20])], {}, { opset: 20 }),
    'the_node',
  ],
  [
    'a grid of a negative size',
    'E_LIMIT_EXCEEDED',
    node('AffineGrid', [input([1, 2, 3]), whole([1, 1, -2, 4])], {}, { opset: 20 }),
    'AffineGrid',
  ],
  ['a grid for other images', 'E_OP_SHAPE', grid(image, [3, 4, 4, 2]), 'the_node'],
  ['a grid of triples', 'E_OP_SHAPE', grid(image, [1, 4, 4, 3]), 'the_node'],
  ['a grid of a row', 'E_OP_SHAPE', grid(image, [4, 2]), 'the_node'],
  ['a grid over a volume', 'E_OP_UNSUPPORTED', grid(input([1, 2, 5, 5, 5]), [1, 4, 4, 2]), 'the_node'],
  ['a grid of an unknown mode', 'E_OP_UNSUPPORTED', grid(image, [1, 4, 4, 2], { mode: 'fog' }), 'fog'],
  [
    'a grid of an unknown border',
    'E_OP_UNSUPPORTED',
    grid(image, [1, 4, 4, 2], { padding_mode: 'fog' }),
    'fog',
  ],
];
