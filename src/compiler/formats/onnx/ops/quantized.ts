import { EdgecError, elementCount, numbers, sameShape, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importer, Importers, NodeImport } from '../node-import.ts';
import { convolve } from './convolution.ts';
import { fullyConnected, matMul } from './matrix.ts';
import { averagePool, globalPool } from './pooling.ts';

interface Affine {
  scale: number[];
  zeroPoint: number[];
  axis: number;
  unsigned: boolean;
}

function checkScales(node: NodeImport, scale: readonly number[]): void {
  const bad = scale.find((s) => !(s > 0 && Number.isFinite(s)));
  if (bad === undefined) return;
  throw new EdgecError('E_NUMERICS_SCALE', 'a scale is not a positive number', {
    expected: 'above 0',
    found: `${bad}`,
    where: node.name,
  });
}

/** Parameters in inputs `i` (scale) and `i + 1` (zero point) for a value with `shape`. */
function affine(
  node: NodeImport,
  i: number,
  shape: readonly number[],
  axis: number,
  integers?: ValueId,
): Affine {
  const scaleTensor = node.constant(i, 'a scale');
  const scale = Array.from(numbers(scaleTensor));
  checkScales(node, scale);
  const zeroId = node.optional(i + 1);
  const zero = zeroId === undefined ? undefined : node.constant(i + 1, 'a zero point');
  if (zero && zero.dtype !== 'int8' && zero.data.some((z) => Number(z) !== 0)) {
    throw new EdgecError('E_TENSOR_DTYPE', 'only int8 and uint8 values may have a zero point', {
      found: zero.dtype,
      where: node.name,
    });
  }
  const decides = zeroId ?? integers;
  const unsigned = decides === undefined || node.context.isUnsigned(decides);
  const origin = unsigned && (integers === undefined || node.type(integers).dtype === 'int8') ? -128 : 0;
  const zeroPoint = zero && zero.dtype === 'int8' ? Array.from(numbers(zero)) : scale.map(() => origin);
  if (zeroPoint.length !== scale.length) {
    throw new EdgecError('E_OP_SHAPE', 'scales and zero points differ in number', {
      expected: `${scale.length}`,
      found: `${zeroPoint.length}`,
      where: node.name,
    });
  }
  const perAxis =
    scaleTensor.shape.length > 0 &&
    (scale.length > 1 || shape[axis] === 1) &&
    scaleTensor.shape.length === 1 &&
    shape[axis] === scale.length;
  if (!perAxis && scale.length !== 1)
    throw node.unsupported(
      `scales of shape [${scaleTensor.shape}]`,
      'one for the tensor or one for each index of an axis',
    );
  return { scale, zeroPoint, axis: perAxis && scale.length > 1 ? axis : -1, unsigned };
}

function quantize(node: NodeImport, x: ValueId, i: number): ValueId {
  const shape = node.shape(x);
  const axis =
    node.op === 'QuantizeLinear' && shape.length > 1 ? node.axis(node.attrs.int('axis', 1), shape.length) : 0;
  const zeroId = node.optional(i + 1);
  if (zeroId === undefined && ![0, 2].includes(node.attrs.int('output_dtype', 0)))
    throw node.unsupported('output_dtype without a zero point');
  if (zeroId !== undefined && node.type(zeroId).dtype !== 'int8')
    throw node.unsupported('a zero point that is not 8 bits wide', 'int8 or uint8');
  const { unsigned, ...attrs } = affine(node, i, shape, axis);
  const y = node.emit('Quantize', [x], { ...attrs });
  return unsigned ? node.context.markUnsigned(y) : y;
}

function dequantize(node: NodeImport, x: ValueId, i: number, defaultAxis = 1): ValueId {
  const { dtype, shape } = node.type(x);
  if (dtype !== 'int8' && dtype !== 'int32')
    throw node.unsupported(`${dtype} values`, 'int8, uint8 or int32');
  const given = node.op === 'DequantizeLinear' ? node.attrs.int('axis', 1) : defaultAxis;
  const axis = shape.length > 1 ? node.axis(given, shape.length) : 0;
  const { unsigned: _, ...attrs } = affine(node, i, shape, axis, x);
  return node.emit('Dequantize', [x], attrs);
}

/** Constants of which each block along an axis has parameters of its own, as reals. */
function dequantizeBlocks(node: NodeImport, block: number): ValueId {
  const x = node.constant(0, 'blocks of values');
  const scales = node.constant(1, 'a scale');
  const zeroPoints = node.optional(2) === undefined ? undefined : numbers(node.constant(2, 'a zero point'));
  const axis = node.axis(node.attrs.int('axis', 1), x.shape.length);
  const shape = x.shape.map((d, i) => (i === axis ? Math.ceil(d / block) : d));
  const counts = [scales.data.length, zeroPoints?.length ?? scales.data.length];
  if (!(block >= 1) || !sameShape(scales.shape, shape) || counts[0] !== counts[1]) {
    throw new EdgecError('E_OP_SHAPE', 'blocks and their parameters do not fit', {
      expected: `scales [${shape}] and as many zero points`,
      found: `blocks of ${block}, scales [${scales.shape}], ${counts[1]} zero points`,
      where: node.name,
    });
  }
  checkScales(node, Array.from(numbers(scales)));
  const origin = node.context.isUnsigned(node.input(0)) ? -128 : 0;
  const inner = elementCount(x.shape.slice(axis + 1));
  const [values, factors] = [numbers(x), numbers(scales)];
  const data = Float32Array.from(values, (v, i) => {
    const along = Math.floor(i / inner) % x.shape[axis];
    const outer = Math.floor(i / (inner * x.shape[axis]));
    const at = (outer * shape[axis] + Math.floor(along / block)) * inner + (i % inner);
    return (v - (zeroPoints?.[at] ?? origin)) * factors[at];
  });
  return node.addConstant(tensor('float32', x.shape, data));
}

/** An int32 bias of the scale sx·sw, without parameters of its own. */
function dequantizeBias(node: NodeImport, i: number, xScale: number, wScale: number): ValueId | undefined {
  const bias = node.optional(i);
  if (bias === undefined) return undefined;
  const weightScales = numbers(node.constant(wScale, 'a scale'));
  const inputScale = numbers(node.constant(xScale, 'a scale'))[0];
  const scale = Array.from(weightScales, (s) => Math.fround(inputScale * s));
  checkScales(node, scale);
  const attrs = { scale, zeroPoint: scale.map(() => 0), axis: scale.length > 1 ? 0 : -1 };
  return node.emit('Dequantize', [bias], attrs);
}

function qLinearConv(node: NodeImport): ValueId {
  const x = dequantize(node, node.input(0), 1);
  const weight = dequantize(node, node.input(3), 4, 0);
  return quantize(node, convolve(node, x, weight, dequantizeBias(node, 8, 1, 4)), 6);
}

function qLinearMatMul(node: NodeImport): ValueId {
  const b = node.input(3);
  const product = matMul(node, dequantize(node, node.input(0), 1), dequantize(node, b, 4, node.rank(b) - 1));
  return quantize(node, product, 6);
}

function qGemm(node: NodeImport): ValueId {
  if (node.attrs.float('alpha', 1) !== 1 || node.attrs.flag('transA', false))
    throw node.unsupported('alpha or transA');
  const transB = node.attrs.flag('transB', false);
  const b = dequantize(node, node.input(3), 4, transB ? 0 : 1);
  const weight = transB ? b : node.transpose(b, [1, 0]);
  const y = fullyConnected(node, dequantize(node, node.input(0), 1), weight, dequantizeBias(node, 6, 1, 4));
  return node.optional(7) === undefined ? y : quantize(node, y, 7);
}

const qBinary =
  (op: string): Importer =>
  (node) =>
    quantize(
      node,
      node.emit(op, [dequantize(node, node.input(0), 1), dequantize(node, node.input(3), 4)]),
      6,
    );

/** x, its scale and zero point, then those of the output. */
const qUnary =
  (body: (node: NodeImport, x: ValueId) => ValueId): Importer =>
  (node) =>
    quantize(node, body(node, dequantize(node, node.input(0), 1)), 3);

function onNchw(node: NodeImport): void {
  if (node.attrs.flag('channels_last', false)) throw node.unsupported('channels_last');
}

/** Scale and zero point of the output, then value, scale and zero point of each input. */
function qConcat(node: NodeImport): ValueId {
  const parts: ValueId[] = [];
  for (let i = 2; i + 2 < node.inputCount; i += 3) parts.push(dequantize(node, node.input(i), i + 1));
  if (parts.length === 0)
    throw new EdgecError('E_GRAPH_INVALID', `${node.op} has no input`, { where: node.name });
  const axis = node.axis(node.attrs.int('axis'), node.rank(parts[0]));
  return quantize(node, node.emit('Concat', parts, { axis }), 0);
}

export const quantizedImporters: Importers = {
  QuantizeLinear: (node) => {
    if (node.attrs.int('block_size', 0) !== 0) throw node.unsupported('block_size', 'per tensor or per axis');
    return quantize(node, node.input(0), 1);
  },
  DequantizeLinear: (node) => {
    const block = node.attrs.int('block_size', 0);
    return block === 0 ? dequantize(node, node.input(0), 1) : dequantizeBlocks(node, block);
  },
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
};

/** Quantised ops of the domain com.microsoft: dequantise, the real op, quantise. */
export const contribQuantizedImporters: Importers = {
  QuantizeLinear: quantizedImporters.QuantizeLinear,
  DequantizeLinear: quantizedImporters.DequantizeLinear,
  QGemm: qGemm,
  QLinearAdd: qBinary('Add'),
  QLinearMul: qBinary('Mul'),
  QLinearConcat: qConcat,
  QLinearSigmoid: qUnary((node, x) => node.emit('Sigmoid', [x])),
  QLinearLeakyRelu: qUnary((node, x) =>
    node.emit('LeakyRelu', [x], { alpha: node.attrs.float('alpha', 0.01) }),
  ),
  QLinearSoftmax: qUnary((node, x) =>
    node.emit('Softmax', [x], { axis: node.axis(node.attrs.int('axis', -1), node.rank(x)) }),
  ),
  QLinearAveragePool: qUnary((node, x) => {
    onNchw(node);
    return averagePool(node, x);
  }),
  QLinearGlobalAveragePool: qUnary((node, x) => {
    onNchw(node);
    return globalPool(node, x, 'ReduceMean');
  }),
};
