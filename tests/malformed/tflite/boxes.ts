import { encode } from 'flatbuffers/js/flexbuffers.js';
import type { Malformed } from '../malformed.ts';
import { custom, held, type Operand, operator, real, scalar } from '../tflite-file.ts';

const detector = {
  max_detections: 4,
  max_classes_per_detection: 1,
  num_classes: 2,
  nms_score_threshold: 0.25,
  nms_iou_threshold: 0.5,
  y_scale: 10,
  x_scale: 10,
  h_scale: 5,
  w_scale: 5,
};
const detection = (
  options: Uint8Array | object,
  { scores = 3, anchors = 6, images = 1 } = {},
  name = 'TFLite_Detection_PostProcess',
): Uint8Array =>
  custom(
    name,
    [real(images, 6, 4), real(images, 6, scores), held(real(anchors, 4))],
    [real(1, 4, 4), real(1, 4), real(1, 4), real(1)],
    options instanceof Uint8Array ? options : encode({ ...detector, ...options }),
  );
const suppression = (slots: Operand, boxes = real(6, 4), overlap = 0.5): Uint8Array =>
  operator(
    'NON_MAX_SUPPRESSION_V4',
    [boxes, real(6), slots, scalar(overlap, 'float32'), scalar(0, 'float32')],
    [
      { dtype: 'int32', shape: [4] },
      { dtype: 'int32', shape: [] },
    ],
  );

export const boxes: readonly Malformed[] = [
  ['a custom operator that nobody knows', 'E_OP_UNSUPPORTED', detection({}, {}, 'Frobnicate'), 'Frobnicate'],
  ['a custom operator called as a builtin one', 'E_OP_UNSUPPORTED', detection({}, {}, 'RELU'), 'RELU'],
  ['detection without options', 'E_FORMAT_CORRUPT', detection(new Uint8Array()), 'y0'],
  ['detection of options that are a number', 'E_FORMAT_CORRUPT', detection(encode(7)), 'custom_options'],
  [
    'detection of options that end early',
    'E_FORMAT_CORRUPT',
    detection(encode(detector).subarray(9)),
    'custom_options',
  ],
  ['detection without classes', 'E_OP_ATTRIBUTE', detection(encode({ max_detections: 4 })), 'y0'],
  ['detection of −1 boxes', 'E_OP_ATTRIBUTE', detection({ max_detections: -1 }), 'max_detections'],
  ['detection of 2^30 boxes', 'E_OP_ATTRIBUTE', detection({ max_detections: 2 ** 30 }), 'max_detections'],
  ['detection of a scale of zero', 'E_OP_UNSUPPORTED', detection({ y_scale: 0 }), 'y0'],
  ['detection with anchors for other boxes', 'E_OP_SHAPE', detection({}, { anchors: 5 }), 'y0'],
  ['detection of scores of other classes', 'E_OP_UNSUPPORTED', detection({}, { scores: 9 }), 'y0'],
  ['detection in two images', 'E_OP_UNSUPPORTED', detection({}, { images: 2 }), 'y0'],
  ['−1 slots for boxes', 'E_OP_ATTRIBUTE', suppression(scalar(-1)), 'y0'],
  ['2^31 − 1 slots for boxes', 'E_LIMIT_EXCEEDED', suppression(scalar(2 ** 31 - 1)), 'memoryBytes'],
  [
    'slots for boxes that are computed',
    'E_OP_UNSUPPORTED',
    suppression({ dtype: 'int32', shape: [] }),
    'constant',
  ],
  ['boxes of three numbers', 'E_OP_SHAPE', suppression(scalar(4), real(6, 3)), 'y0'],
  ['boxes that overlap by NaN', 'E_OP_ATTRIBUTE', suppression(scalar(4), real(6, 4), Number.NaN), 'y0'],
];
