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

/** Names of builtin operators by id. */
export const builtins: Readonly<Record<number, string>> = {
  0: 'ADD', 1: 'AVERAGE_POOL_2D', 2: 'CONCATENATION', 3: 'CONV_2D', 4: 'DEPTHWISE_CONV_2D', 5: 'DEPTH_TO_SPACE',
  6: 'DEQUANTIZE', 8: 'FLOOR', 9: 'FULLY_CONNECTED', 13: 'LOCAL_RESPONSE_NORMALIZATION', 14: 'LOGISTIC',
  17: 'MAX_POOL_2D', 18: 'MUL', 19: 'RELU', 20: 'RELU_N1_TO_1', 21: 'RELU6', 22: 'RESHAPE', 23: 'RESIZE_BILINEAR',
  25: 'SOFTMAX', 26: 'SPACE_TO_DEPTH', 28: 'TANH', 32: 'CUSTOM', 34: 'PAD', 36: 'GATHER', 37: 'BATCH_TO_SPACE_ND',
  38: 'SPACE_TO_BATCH_ND', 39: 'TRANSPOSE', 40: 'MEAN', 41: 'SUB', 42: 'DIV', 43: 'SQUEEZE',
  44: 'UNIDIRECTIONAL_SEQUENCE_LSTM', 45: 'STRIDED_SLICE', 47: 'EXP', 49: 'SPLIT', 50: 'LOG_SOFTMAX', 53: 'CAST',
  54: 'PRELU', 55: 'MAXIMUM', 56: 'ARG_MAX', 57: 'MINIMUM', 58: 'LESS', 59: 'NEG', 60: 'PADV2', 61: 'GREATER',
  64: 'SELECT', 65: 'SLICE', 66: 'SIN', 67: 'TRANSPOSE_CONV', 69: 'TILE', 70: 'EXPAND_DIMS', 71: 'EQUAL', 73: 'LOG',
  74: 'SUM', 75: 'SQRT', 76: 'RSQRT', 77: 'SHAPE', 78: 'POW', 79: 'ARG_MIN', 81: 'REDUCE_PROD', 82: 'REDUCE_MAX',
  83: 'PACK', 84: 'LOGICAL_OR', 86: 'LOGICAL_AND', 87: 'LOGICAL_NOT', 88: 'UNPACK', 89: 'REDUCE_MIN', 92: 'SQUARE',
  94: 'FILL', 97: 'RESIZE_NEAREST_NEIGHBOR', 98: 'LEAKY_RELU', 99: 'SQUARED_DIFFERENCE', 100: 'MIRROR_PAD', 101: 'ABS',
  102: 'SPLIT_V', 104: 'CEIL', 106: 'ADD_N', 108: 'COS', 111: 'ELU', 114: 'QUANTIZE', 116: 'ROUND', 117: 'HARD_SWISH',
  123: 'SELECT_V2', 126: 'BATCH_MATMUL', 130: 'BROADCAST_TO', 142: 'VAR_HANDLE', 143: 'READ_VARIABLE',
  144: 'ASSIGN_VARIABLE', 150: 'GELU', 152: 'RELU_0_TO_1',
};
