import { elementCount, type Tensor, tensor } from '../../../core/index.ts';
import type { ValueId } from '../../graph/index.ts';
import { clampOf, constant, finish, input, integers, type Operator, positive, step, typeOf, unsupported } from './import-context.ts';

type Import = (op: Operator) => ValueId[];

const int = (op: Operator, slot: number, fallback = 0): number => op.options?.int32(slot, fallback) ?? fallback;
const code = (op: Operator, slot: number): number => op.options?.int8(slot) ?? 0;
const flag = (op: Operator, slot: number): boolean => op.options?.bool(slot) ?? false;

/** Pads [top, left, bottom, right] of padding SAME (0) or VALID (1). */
function padsOf(padding: number, size: readonly number[], kernel: readonly number[], strides: readonly number[], dilations: readonly number[]): number[] {
  const total = [0, 1].map((i) => {
    if (padding === 1) return 0;
    const extent = dilations[i] * (kernel[i] - 1) + 1;
    return Math.max(0, (Math.ceil(size[i] / strides[i]) - 1) * strides[i] + extent - size[i]);
  });
  return [...total.map((t) => Math.floor(t / 2)), ...total.map((t) => Math.ceil(t / 2))];
}

const spatial = (op: Operator): number[] => typeOf(op, 0).shape.slice(1, 3);

const conv: Import = (op) => {
  const weight = constant(op, 1);
  const strides = [int(op, 2, 1), int(op, 1, 1)];
  const dilations = [int(op, 5, 1), int(op, 4, 1)];
  const pads = padsOf(code(op, 0), spatial(op), weight.shape.slice(1, 3), strides, dilations);
  const group = typeOf(op, 0).shape[3] / weight.shape[3];
  return finish(op, 'Conv2d', op.inputs, { strides, dilations, pads, group, ...clampOf(op, code(op, 3)) });
};

const depthwise: Import = (op) => {
  const weight = constant(op, 1);
  const strides = [int(op, 2, 1), int(op, 1, 1)];
  const dilations = [int(op, 6, 1), int(op, 5, 1)];
  const pads = padsOf(code(op, 0), spatial(op), weight.shape.slice(1, 3), strides, dilations);
  return finish(op, 'DepthwiseConv2d', op.inputs, { strides, dilations, pads, ...clampOf(op, code(op, 4)) });
};

const transposeConv: Import = (op) => {
  const [, h, w] = integers(op, 0);
  const weight = constant(op, 1);
  const strides = [int(op, 2, 1), int(op, 1, 1)];
  const size = op.builder.type(input(op, 2)).shape.slice(1, 3);
  const extra = [h, w].map((o, i) => (size[i] - 1) * strides[i] + weight.shape[1 + i] - o);
  const before = extra.map((e) => Math.max(0, Math.floor(e / 2)));
  const after = extra.map((e, i) => Math.max(0, e - before[i]));
  const outputPads = extra.map((e) => Math.max(0, -e));
  return finish(op, 'TransposeConv2d', [input(op, 2), input(op, 1), op.inputs[3]], { strides, pads: [...before, ...after], outputPads, ...clampOf(op, code(op, 3)) });
};

const fullyConnected: Import = (op) => {
  const weight = op.builder.constantOf(input(op, 1));
  if (!weight) throw unsupported(op, 'weights that are computed');
  const depth = weight.shape[1];
  const { shape, quant } = typeOf(op, 0);
  const rows = elementCount(shape) / depth;
  const flat = shape.at(-1) === depth ? input(op, 0) : step(op, 'Reshape', [input(op, 0)], { shape: [rows, depth] }, quant);
  const kept = shape.at(-1) === depth && (flag(op, 2) || shape.length === 2);
  const x = kept || shape.at(-1) !== depth ? flat : step(op, 'Reshape', [flat], { shape: [rows, depth] }, quant);
  return finish(op, 'FullyConnected', [x, input(op, 1), op.inputs[2]], clampOf(op, code(op, 0)));
};

const pool = (name: 'MaxPool2d' | 'AveragePool2d'): Import => (op) => {
  const strides = [int(op, 2, 1), int(op, 1, 1)];
  const kernel = [int(op, 4, 1), int(op, 3, 1)];
  const pads = padsOf(code(op, 0), spatial(op), kernel, strides, [1, 1]);
  const raw = name === 'AveragePool2d' ? { rawOffset: op.wasUint8 ? 128 : 0 } : {};
  return finish(op, name, op.inputs, { strides, kernel, pads, ...raw, ...clampOf(op, code(op, 5)) });
};

const unary = (name: string, attrs: object = {}): Import => (op) => finish(op, name, [input(op, 0)], attrs);
const binary = (name: string): Import => (op) => finish(op, name, [input(op, 0), input(op, 1)], {});
const clamped = (name: string): Import => (op) => finish(op, name, [input(op, 0), input(op, 1)], clampOf(op, code(op, 0)));

const reduce = (name: string): Import => (op) => {
  const rank = typeOf(op, 0).shape.length;
  const axes = [...new Set(integers(op, 1).map((a) => positive(a, rank)))].sort((a, b) => a - b);
  return finish(op, name, [input(op, 0)], { axes, keepDims: flag(op, 0) });
};

const toShape: Import = (op) => finish(op, 'Reshape', [input(op, 0)], { shape: op.outputTypes[0].shape });

const reshape: Import = (op) => {
  const given = op.inputs[1] === undefined ? op.options?.int32s(0) : integers(op, 1);
  const count = elementCount(typeOf(op, 0).shape);
  const shape = given ?? [...op.outputTypes[0].shape];
  const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1);
  return finish(op, 'Reshape', [input(op, 0)], { shape: shape.map((d) => (d === -1 ? count / known : d)) });
};

const argument = (name: string): Import => (op) => {
  const [axis] = integers(op, 1);
  return finish(op, name, [input(op, 0)], { axis: positive(axis, typeOf(op, 0).shape.length), keepDims: false });
};

const padding: Import = (op) => {
  const pairs = integers(op, 1);
  const pads = [...pairs.filter((_, i) => i % 2 === 0), ...pairs.filter((_, i) => i % 2 === 1)];
  const { quant } = typeOf(op, 0);
  const stored = op.inputs[2] === undefined ? undefined : Number(constant(op, 2).data[0]);
  const value = stored === undefined ? 0 : quant ? (stored - quant.zeroPoint[0]) * quant.scale[0] : stored;
  return finish(op, 'Pad', [input(op, 0)], { pads, value });
};

const mirrorPad: Import = (op) => {
  const pairs = integers(op, 1);
  const pads = [...pairs.filter((_, i) => i % 2 === 0), ...pairs.filter((_, i) => i % 2 === 1)];
  return finish(op, 'Pad', [input(op, 0)], { pads, mode: code(op, 0) === 0 ? 'reflect' : 'symmetric' });
};

const resize = (mode: 'linear' | 'nearest'): Import => (op) => {
  const size = integers(op, 1);
  const [h, w] = spatial(op);
  const [align, half] = mode === 'linear' ? [flag(op, 2), flag(op, 3)] : [flag(op, 0), flag(op, 1)];
  const coordinates = align ? 'alignCorners' : half ? 'halfPixel' : 'asymmetric';
  const nearest = align ? 'roundPreferCeil' : half ? 'roundPreferCeil' : 'floor';
  return finish(op, 'Resize', [input(op, 0)], { size, scales: [size[0] / h, size[1] / w], mode, coordinates, nearest });
};

const split = (axisAt: number, dataAt: number): Import => (op) => {
  const { shape } = typeOf(op, dataAt);
  const axis = positive(integers(op, axisAt)[0], shape.length);
  const count = op.outputTypes.length;
  const sizes = dataAt === 0 ? integers(op, 1) : new Array<number>(count).fill(shape[axis] / count);
  const known = sizes.reduce((n, s) => (s < 0 ? n : n + s), 0);
  return finish(op, 'Split', [input(op, dataAt)], { axis, sizes: sizes.map((s) => (s < 0 ? shape[axis] - known : s)) });
};

const slice: Import = (op) => {
  const { shape } = typeOf(op, 0);
  const starts = integers(op, 1);
  const sizes = integers(op, 2).map((s, i) => (s === -1 ? shape[i] - starts[i] : s));
  return finish(op, 'Slice', [input(op, 0)], { starts, sizes, steps: shape.map(() => 1) });
};

const stridedSlice: Import = (op) => {
  const { shape, quant } = typeOf(op, 0);
  const [begin, end, stride] = [1, 2, 3].map((i) => integers(op, i));
  const [beginMask, endMask, ellipsis, newAxis, shrink] = [0, 1, 2, 3, 4].map((slot) => int(op, slot));
  if (ellipsis || newAxis) throw unsupported(op, 'an ellipsis or new axis mask');
  const parts = shape.map((d, i) => {
    if (i >= begin.length) return { start: 0, size: d, step: 1 };
    const s = stride[i];
    const bit = 1 << i;
    const place = (v: number, low: number, high: number): number => Math.max(low, Math.min(high, v < 0 ? v + d : v));
    const start = beginMask & bit ? (s > 0 ? 0 : d - 1) : s > 0 ? place(begin[i], 0, d) : place(begin[i], 0, d - 1);
    if (shrink & bit) return { start: place(begin[i], 0, d - 1), size: 1, step: 1 };
    const stop = endMask & bit ? (s > 0 ? d : -1) : s > 0 ? place(end[i], 0, d) : place(end[i], -1, d - 1);
    return { start, size: Math.max(0, Math.ceil((stop - start) / s)), step: s };
  });
  const attrs = { starts: parts.map((p) => p.start), sizes: parts.map((p) => p.size), steps: parts.map((p) => p.step) };
  if (!shrink) return finish(op, 'Slice', [input(op, 0)], attrs);
  const kept = attrs.sizes.filter((_, i) => !(shrink & (1 << i)));
  return finish(op, 'Reshape', [step(op, 'Slice', [input(op, 0)], attrs, quant)], { shape: kept });
};

const pack: Import = (op) => {
  const { shape } = typeOf(op, 0);
  const axis = positive(int(op, 1), shape.length + 1);
  const grown = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  const parts = op.inputs.map((_, i) => step(op, 'Reshape', [input(op, i)], { shape: grown }, typeOf(op, i).quant));
  return finish(op, 'Concat', parts, { axis });
};

const unpack: Import = (op) => {
  const { shape, quant } = typeOf(op, 0);
  const axis = positive(int(op, 1), shape.length);
  const parts = op.builder.add('Split', [input(op, 0)], { axis, sizes: new Array<number>(shape[axis]).fill(1) });
  return parts.map((part, i) =>
    op.builder.add1('Reshape', [part], { shape: shape.filter((_, k) => k !== axis) }, { name: op.outputNames[i], outputQuant: [quant] }),
  );
};

const gather: Import = (op) => finish(op, 'Gather', [input(op, 0), input(op, 1)], { axis: positive(int(op, 0), typeOf(op, 0).shape.length) });

const quantize: Import = (op) => {
  const { quant } = op.outputTypes[0];
  if (!quant) throw unsupported(op, 'an output without scale');
  if (typeOf(op, 0).dtype === 'float32') return finish(op, 'Quantize', [input(op, 0)], { scale: quant.scale, zeroPoint: quant.zeroPoint, reciprocal: true });
  return finish(op, 'Requantize', [input(op, 0)], { scale: quant.scale[0], zeroPoint: quant.zeroPoint[0], tableRounding: 'tflite8' });
};

const dequantize: Import = (op) => {
  const { quant, dtype } = typeOf(op, 0);
  if (dtype === 'float32') return [input(op, 0)];
  if (!quant) throw unsupported(op, 'an input without scale');
  return finish(op, 'Dequantize', [input(op, 0)], { scale: quant.scale, zeroPoint: quant.zeroPoint, axis: quant.axis ?? -1 });
};

const matMul: Import = (op) => {
  const turned = [0, 1].map((i) => {
    const { shape, quant } = typeOf(op, i);
    if (!flag(op, i)) return input(op, i);
    const perm = shape.map((_, k) => k);
    perm.splice(-2, 2, shape.length - 1, shape.length - 2);
    return step(op, 'Transpose', [input(op, i)], { perm }, quant);
  });
  return finish(op, 'MatMul', turned, {});
};

/** Blocks of space move into the batch and back: reshape, transpose, pad and slice. */
const spaceToBatch: Import = (op) => {
  const { quant } = typeOf(op, 0);
  const block = integers(op, 1);
  const pairs = integers(op, 2);
  const pads = [0, pairs[0], pairs[2], 0, 0, pairs[1], pairs[3], 0];
  const padded = step(op, 'Pad', [input(op, 0)], { pads }, quant);
  const [n, h, w, c] = op.builder.type(padded).shape;
  const cut = step(op, 'Reshape', [padded], { shape: [n, h / block[0], block[0], w / block[1], block[1], c] }, quant);
  const turned = step(op, 'Transpose', [cut], { perm: [2, 4, 0, 1, 3, 5] }, quant);
  return finish(op, 'Reshape', [turned], { shape: [n * block[0] * block[1], h / block[0], w / block[1], c] });
};

const batchToSpace: Import = (op) => {
  const { shape, quant } = typeOf(op, 0);
  const block = integers(op, 1);
  const crops = integers(op, 2);
  const [n, h, w, c] = shape;
  const batch = n / (block[0] * block[1]);
  const cut = step(op, 'Reshape', [input(op, 0)], { shape: [block[0], block[1], batch, h, w, c] }, quant);
  const turned = step(op, 'Transpose', [cut], { perm: [2, 3, 0, 4, 1, 5] }, quant);
  const joined = step(op, 'Reshape', [turned], { shape: [batch, h * block[0], w * block[1], c] }, quant);
  return finish(op, 'Pad', [joined], { pads: [0, -crops[0], -crops[2], 0, 0, -crops[1], -crops[3], 0] });
};

const square: Import = (op) => finish(op, 'Mul', [input(op, 0), input(op, 0)], {});

const squaredDifference: Import = (op) => {
  const difference = step(op, 'Sub', [input(op, 0), input(op, 1)], {});
  return finish(op, 'Mul', [difference, difference], {});
};

const shape: Import = (op) => [op.builder.constant(op.name, tensor('int32', [typeOf(op, 0).shape.length], typeOf(op, 0).shape))];

const fill: Import = (op) => {
  const value: Tensor = constant(op, 1);
  const scalar = op.builder.constant(`${op.name}.value`, { ...value, shape: [] });
  return finish(op, 'Expand', [scalar], { shape: integers(op, 0) });
};

const lrn: Import = (op) => {
  const radius = int(op, 0, 5);
  const size = 2 * radius + 1;
  const attrs = { size, bias: op.options?.float(1) ?? 1, alpha: (op.options?.float(2) ?? 1) * size, beta: op.options?.float(3) ?? 0.5 };
  return finish(op, 'LRN', [input(op, 0)], attrs);
};

/** Importers by the name of the builtin. */
export const imports: Readonly<Record<string, Import>> = {
  CONV_2D: conv, DEPTHWISE_CONV_2D: depthwise, TRANSPOSE_CONV: transposeConv, FULLY_CONNECTED: fullyConnected, BATCH_MATMUL: matMul,
  ADD: clamped('Add'), SUB: clamped('Sub'), MUL: clamped('Mul'),
  DIV: (op) => {
    const { clampMin, clampMax } = clampOf(op, code(op, 0));
    return clampMin === -Infinity ? finish(op, 'Div', op.inputs, {}) : finish(op, 'Clip', [step(op, 'Div', op.inputs, {})], { min: clampMin, max: clampMax });
  },
  MINIMUM: binary('Min'), MAXIMUM: binary('Max'), POW: binary('Pow'), EQUAL: binary('Equal'), GREATER: binary('Greater'), LESS: binary('Less'),
  LOGICAL_AND: binary('And'), LOGICAL_OR: binary('Or'), LOGICAL_NOT: unary('Not'),
  SELECT: (op) => finish(op, 'Where', op.inputs, {}), SELECT_V2: (op) => finish(op, 'Where', op.inputs, {}),
  NEG: unary('Neg'), ABS: unary('Abs'), SQRT: unary('Sqrt'), RSQRT: unary('Rsqrt'), EXP: unary('Exp'), LOG: unary('Log'),
  FLOOR: unary('Floor'), CEIL: unary('Ceil'), ROUND: unary('Round'), SIN: unary('Sin'), COS: unary('Cos'),
  LOGISTIC: unary('Sigmoid'), TANH: unary('Tanh'), HARD_SWISH: unary('HardSwish'),
  RELU: unary('Clip', { min: 0 }), RELU6: unary('Clip', { min: 0, max: 6 }), RELU_N1_TO_1: unary('Clip', { min: -1, max: 1 }), RELU_0_TO_1: unary('Clip', { min: 0, max: 1 }),
  ELU: unary('Elu', { alpha: 1 }),
  GELU: (op) => finish(op, 'Gelu', op.inputs, { approximate: flag(op, 0) ? 'tanh' : 'none' }),
  LEAKY_RELU: (op) => finish(op, 'LeakyRelu', op.inputs, { alpha: op.options?.float(0) ?? 0, tableRounding: 'tflite8' }),
  PRELU: binary('PRelu'),
  SOFTMAX: (op) => finish(op, 'Softmax', [input(op, 0)], { axis: typeOf(op, 0).shape.length - 1, beta: op.options?.float(0) ?? 1 }),
  LOG_SOFTMAX: (op) => finish(op, 'LogSoftmax', [input(op, 0)], { axis: typeOf(op, 0).shape.length - 1 }),
  MAX_POOL_2D: pool('MaxPool2d'), AVERAGE_POOL_2D: pool('AveragePool2d'),
  MEAN: reduce('ReduceMean'), SUM: reduce('ReduceSum'), REDUCE_MAX: reduce('ReduceMax'), REDUCE_MIN: reduce('ReduceMin'), REDUCE_PROD: reduce('ReduceProd'),
  CONCATENATION: (op) => finish(op, 'Concat', op.inputs, { axis: positive(int(op, 0), typeOf(op, 0).shape.length) }),
  SPLIT: split(0, 1), SPLIT_V: split(2, 0), SLICE: slice, STRIDED_SLICE: stridedSlice, PACK: pack, UNPACK: unpack, GATHER: gather,
  PAD: padding, PADV2: padding, MIRROR_PAD: mirrorPad,
  RESHAPE: reshape, SQUEEZE: toShape, EXPAND_DIMS: toShape,
  TRANSPOSE: (op) => finish(op, 'Transpose', [input(op, 0)], { perm: integers(op, 1) }),
  TILE: (op) => finish(op, 'Tile', [input(op, 0)], { repeats: integers(op, 1) }),
  BROADCAST_TO: (op) => finish(op, 'Expand', [input(op, 0)], { shape: integers(op, 1) }),
  RESIZE_BILINEAR: resize('linear'), RESIZE_NEAREST_NEIGHBOR: resize('nearest'),
  DEPTH_TO_SPACE: (op) => finish(op, 'DepthToSpace', op.inputs, { blockSize: int(op, 0) }),
  SPACE_TO_DEPTH: (op) => finish(op, 'SpaceToDepth', op.inputs, { blockSize: int(op, 0) }),
  SPACE_TO_BATCH_ND: spaceToBatch, BATCH_TO_SPACE_ND: batchToSpace,
  ARG_MAX: argument('ArgMax'), ARG_MIN: argument('ArgMin'),
  CAST: (op) => finish(op, 'Cast', op.inputs, { to: op.outputTypes[0].dtype }),
  QUANTIZE: quantize, DEQUANTIZE: dequantize, SQUARE: square, SQUARED_DIFFERENCE: squaredDifference,
  SHAPE: shape, FILL: fill, LOCAL_RESPONSE_NORMALIZATION: lrn,
};

