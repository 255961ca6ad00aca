import type { DType } from '../../../core/index.ts';

/** Element types of TFLite by id. */
export const elementTypes: Readonly<Record<number, DType | 'float16'>> = {
  0: 'float32',
  1: 'float16',
  2: 'int32',
  3: 'uint8',
  4: 'int64',
  6: 'bool',
  7: 'int16',
  9: 'int8',
};

export const elementTypeId = (dtype: DType): number =>
  Number(Object.keys(elementTypes).find((id) => elementTypes[Number(id)] === dtype));

/** Names of the builtin operators, each at the index that is its code. */
export const builtins: readonly string[] = `
  ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR
  FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION
  LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH
  CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER
  BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE
  BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM
  ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE
  TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK
  LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD
  RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N
  GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE
  NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL
  PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE
  HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE
  ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU
  DYNAMIC_UPDATE_SLICE RELU_0_TO_1`
  .trim()
  .split(/\s+/);

/** What an operator is called that the format does not define. */
export const customOperator = (name: string): string => `custom op '${name}'`;

const codes = new Map(builtins.map((name, code) => [name, code]));

export const builtinCode = (name: string): number | undefined => codes.get(name);

/** Ids of the options tables in the union of an operator. */
export const optionTables = {
  conv2d: 1,
  depthwiseConv2d: 2,
  pool2d: 5,
  fullyConnected: 8,
  softmax: 9,
  concatenation: 10,
  add: 11,
  localResponseNormalization: 13,
  resizeBilinear: 15,
  reshape: 17,
  spaceToDepth: 19,
  mul: 21,
  pad: 22,
  gather: 23,
  transpose: 26,
  reducer: 27,
  sub: 28,
  div: 29,
  stridedSlice: 32,
  exp: 33,
  logSoftmax: 36,
  cast: 37,
  dequantize: 38,
  maximumMinimum: 39,
  argMax: 40,
  less: 41,
  neg: 42,
  padV2: 43,
  greater: 44,
  slice: 48,
  transposeConv: 49,
  tile: 51,
  equal: 53,
  pow: 56,
  argMin: 57,
  logicalOr: 60,
  logicalAnd: 62,
  logicalNot: 63,
  resizeNearestNeighbor: 74,
  leakyRelu: 75,
  mirrorPad: 77,
  abs: 78,
  splitV: 79,
  cos: 84,
  quantize: 89,
  hardSwish: 91,
  depthToSpace: 94,
  selectV2: 98,
  batchMatMul: 101,
  broadcastTo: 104,
  gelu: 116,
} as const;

/** Fused activations by code: their bounds in real units. */
export const activationBounds: readonly (readonly [min: number, max: number])[] = [
  [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  [0, Number.POSITIVE_INFINITY],
  [-1, 1],
  [0, 6],
];

export const padding = { same: 0, valid: 1 } as const;

/** Pads of padding SAME: before each axis, then behind each, such as top, left, bottom and right. */
export function samePads(
  size: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const total = size.map((length, i) => {
    const extent = dilations[i] * (kernel[i] - 1) + 1;
    return Math.max(0, (Math.ceil(length / strides[i]) - 1) * strides[i] + extent - length);
  });
  return [...total.map((t) => Math.floor(t / 2)), ...total.map((t) => Math.ceil(t / 2))];
}
