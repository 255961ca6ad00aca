import { numbers, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';
import { convolve } from './convolution.ts';
import { fullyConnected, matMul } from './matrix.ts';

/** Products of 8-bit numbers whose sum binary32 holds exactly. */
const exactTerms = 256;

/** The integers of input `i` as reals, without their zero point. */
function centred(node: NodeImport, i: number, zeroAt: number, perRow: boolean): ValueId {
  const id = node.input(i);
  const zeroId = node.optional(zeroAt);
  const real = realOf(node, id);
  if (zeroId === undefined) {
    return node.context.isUnsigned(id) ? node.emit('Add', [real, node.scalar(128)]) : real;
  }
  const count = node.shape(zeroId).reduce((n, d) => n * d, 1);
  const zero = realOf(node, zeroId);
  const rows =
    count > 1 && perRow
      ? node.reshape(zero, [
          count,
          ...node
            .shape(id)
            .slice(1)
            .map(() => 1),
        ])
      : zero;
  return node.emit('Sub', [real, count === 1 ? node.reshape(zero, []) : rows]);
}

/** Stored integers as reals; those of a constant at once. */
function realOf(node: NodeImport, id: ValueId): ValueId {
  const constant = node.constantOf(id);
  if (!constant) return node.emit('Cast', [id], { to: 'float32' });
  return node.addConstant(tensor('float32', constant.shape, Float32Array.from(numbers(constant))));
}

/** Sums of at most 256 terms are exact in binary32; longer ones are sums of such in int32. */
function matMulInteger(node: NodeImport): ValueId {
  const [a, b] = [centred(node, 0, 2, true), centred(node, 1, 3, false)];
  const depth = node.shape(a).at(-1) as number;
  const part = (x: ValueId, axis: number, first: number, length: number): ValueId => {
    const sizes = node.shape(x).map((d, i) => (i === axis ? length : d));
    const starts = sizes.map((_, i) => (i === axis ? first : 0));
    return node.emit('Slice', [x], { starts, sizes, steps: sizes.map(() => 1) });
  };
  if (depth <= exactTerms) return node.emit('Cast', [matMul(node, a, b)], { to: 'int32' });
  if (node.rank(a) < 2 || node.rank(b) < 2) throw node.unsupported('long vectors', 'matrices');
  const sums = Array.from({ length: Math.ceil(depth / exactTerms) }, (_, k) => {
    const first = k * exactTerms;
    const length = Math.min(exactTerms, depth - first);
    const left = part(a, node.rank(a) - 1, first, length);
    const right = part(b, node.rank(b) - 2, first, length);
    return node.emit('Cast', [matMul(node, left, right)], { to: 'int32' });
  });
  return sums.reduce((sum, x) => node.emit('Add', [sum, x]));
}

function convInteger(node: NodeImport): ValueId {
  const [x, weight] = [centred(node, 0, 2, false), centred(node, 1, 3, true)];
  const terms = node
    .shape(weight)
    .slice(1)
    .reduce((n, d) => n * d, 1);
  if (terms > exactTerms) throw node.unsupported(`sums of ${terms} products`, `at most ${exactTerms}`);
  return node.emit('Cast', [convolve(node, x, weight, undefined)], { to: 'int32' });
}

/** uint8 with the range of the values, 0 among them; their scale and zero point. */
function dynamicQuantize(node: NodeImport): ValueId[] {
  const x = node.input(0);
  const axes = node.shape(x).map((_, i) => i);
  const zero = node.scalar(0);
  const bound = (reduce: string, extreme: string): ValueId =>
    node.emit(extreme, [node.emit(reduce, [x], { axes, keepDims: false }), zero]);
  const [low, high] = [bound('ReduceMin', 'Min'), bound('ReduceMax', 'Max')];
  const range = node.emit('Sub', [high, low]);
  const scale = node.emit('Div', [range, node.scalar(255)]);
  const divisor = node.emit('Where', [node.emit('Equal', [range, zero]), node.scalar(1), scale]);
  const saturated = (v: ValueId): ValueId =>
    node.emit('Clip', [node.emit('Round', [v])], { min: 0, max: 255 });
  const zeroPoint = saturated(node.emit('Neg', [node.emit('Div', [low, divisor])]));
  const rounded = node.emit('Round', [node.emit('Div', [x, divisor])]);
  const y = node.emit('Clip', [node.emit('Add', [rounded, zeroPoint])], { min: 0, max: 255 });
  const stored = (v: ValueId): ValueId =>
    node.context.markUnsigned(node.emit('Cast', [node.emit('Sub', [v, node.scalar(128)])], { to: 'int8' }));
  return [stored(y), scale, stored(zeroPoint)];
}

/** Numbers of `bits` bits out of bytes, the lowest first; each row of bytes is a row of numbers. */
function unpacked(bytes: ArrayLike<number>, rows: number, length: number, bits: number): Float32Array {
  const perByte = 8 / bits;
  const rowBytes = bytes.length / rows;
  const mask = 2 ** bits - 1;
  return Float32Array.from({ length: rows * length }, (_, i) => {
    const [row, k] = [Math.floor(i / length), i % length];
    const byte = bytes[row * rowBytes + Math.floor(k / perByte)] + 128;
    return (byte >> ((k % perByte) * bits)) & mask;
  });
}

/** A product with weights of 2, 4 or 8 bits in blocks, each with its scale and zero point. */
function matMulBits(node: NodeImport): ValueId {
  const [depth, outputs, bits] = [node.attrs.int('K'), node.attrs.int('N'), node.attrs.int('bits', 4)];
  const block = node.attrs.int('block_size');
  if (![2, 4, 8].includes(bits) || !(block >= 8 && depth >= 1 && outputs >= 1))
    throw node.unsupported(`${bits} bits in blocks of ${block}`, '2, 4 or 8 bits');
  if (node.optional(4) !== undefined) throw node.unsupported('reordered groups');
  const blocks = Math.ceil(depth / block);
  const packed = numbers(node.constant(1, 'weights'));
  const scales = numbers(node.constant(2, 'scales'));
  if (packed.length !== (outputs * blocks * block * bits) / 8 || scales.length !== outputs * blocks)
    throw node.unsupported('weights or scales of another size', `${outputs} × ${blocks} blocks`);
  const stored = unpacked(packed, outputs, blocks * block, bits);
  const zeros = zeroPointsOf(node, outputs, blocks, bits);
  const data = Float32Array.from({ length: outputs * depth }, (_, i) => {
    const [row, k] = [Math.floor(i / depth), i % depth];
    const at = row * blocks + Math.floor(k / block);
    return (stored[row * blocks * block + k] - zeros[at]) * scales[at];
  });
  const weight = node.addConstant(tensor('float32', [outputs, depth], data));
  return fullyConnected(node, node.input(0), weight, node.optional(5));
}

function zeroPointsOf(node: NodeImport, outputs: number, blocks: number, bits: number): ArrayLike<number> {
  const id = node.optional(3);
  if (id === undefined) return new Float32Array(outputs * blocks).fill(2 ** (bits - 1));
  const given = node.constant(3, 'zero points');
  if (given.dtype === 'float32') return numbers(given);
  return unpacked(numbers(given), outputs, blocks, bits);
}

export const integerProductImporters: Importers = {
  MatMulInteger: matMulInteger,
  ConvInteger: convInteger,
  DynamicQuantizeLinear: dynamicQuantize,
};

export const contribProductImporters: Importers = { MatMulNBits: matMulBits };
