import { describe, expect, test } from 'vitest';
import { elementCount, Random } from '../../src/core/index.ts';
import { type Attribute, type Case, type Value } from '../oracles/onnx-node.ts';
import { besideOrt } from '../oracles/ort-node.ts';

const random = new Random(8);
const floats = (...shape: number[]): Value => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from({ length: elementCount(shape) }, () => random.normal()),
});
const bytes = (...shape: number[]): Value => ({
  dtype: 'uint8',
  shape,
  data: Uint8Array.from({ length: elementCount(shape) }, () => random.int(0, 255)),
});
/** Small enough that ONNX Runtime saturates no sum of two products with bytes, as it does on processors without VNNI. */
const signed = (...shape: number[]): Value => ({
  dtype: 'int8',
  shape,
  data: Int8Array.from({ length: elementCount(shape) }, () => random.int(-64, 63)),
});

const volume = (op: string, attributes: Record<string, Attribute>, shape: number[]): Case => ({
  op,
  attributes,
  inputs: [floats(2, 4, 6, 5, 7)],
  output: { dtype: 'float32', shape },
});

const long = (value: number): Value => ({
  dtype: 'int64',
  shape: [],
  data: BigInt64Array.of(BigInt(value)),
});
const single = (value: number): Value => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

const spectrum = (
  op: string,
  attributes: Record<string, Attribute>,
  inputs: Value[],
  constants: (Value | undefined)[],
  shape: number[],
): Case => ({ op, attributes, inputs, constants, output: { dtype: 'float32', shape } });

/** Any bytes and small ones above 0. */
const bytePair = (op: string, attributes: Record<string, Attribute> = {}): Case => ({
  op,
  attributes,
  inputs: [bytes(4, 9), { dtype: 'uint8', shape: [9], data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 11) }],
  output: { dtype: 'uint8', shape: [4, 9] },
});

const turned = (
  attributes: Record<string, Attribute>,
  x: number[],
  weight: number[],
  shape: number[],
): Case => ({
  op: 'ConvTranspose',
  attributes,
  inputs: [floats(...x)],
  constants: [floats(...weight), floats(shape[1])],
  output: { dtype: 'float32', shape },
});

const einsum = (equation: string, inputs: Value[], shape: number[]): Case => ({
  op: 'Einsum',
  attributes: { equation },
  inputs,
  output: { dtype: 'float32', shape },
});

const bits = (zeroPoints: Value[]): Case => ({
  op: 'MatMulNBits',
  domain: 'com.microsoft',
  attributes: { K: 40, N: 6, bits: 4, block_size: 16 },
  inputs: [floats(3, 40)],
  constants: [bytes(6, 3, 8), floats(18), ...zeroPoints],
  output: { dtype: 'float32', shape: [3, 6] },
});

/** Constants [4, 6] in blocks of two rows. */
const blocks = (values: Value, zeroPoints: Value[] = []): Case => ({
  op: 'DequantizeLinear',
  opset: 21,
  attributes: { axis: 0, block_size: 2 },
  inputs: [],
  constants: [
    values,
    {
      dtype: 'float32',
      shape: [2, 6],
      data: Float32Array.from({ length: 12 }, () => random.uniform(0.1, 2)),
    },
    ...zeroPoints,
  ],
  output: { dtype: 'float32', shape: [4, 6] },
});

const rms: Case = {
  op: 'RMSNormalization',
  opset: 23,
  inputs: [floats(2, 5, 8), floats(8)],
  output: { dtype: 'float32', shape: [2, 5, 8] },
};

const heads = (q: number, kv: number, causal: number): Case => ({
  op: 'Attention',
  opset: 23,
  attributes: { q_num_heads: q, kv_num_heads: kv, is_causal: causal },
  inputs: [floats(2, 5, q * 4), floats(2, 5, kv * 4), floats(2, 5, kv * 4)],
  output: { dtype: 'float32', shape: [2, 5, q * 4] },
});

const cases: Record<string, Case> = {
  'Einsum of matrices': einsum('ij,jk->ik', [floats(3, 4), floats(4, 5)], [3, 5]),
  'Einsum of attention scores': einsum(
    'bqhd,bkhd->bhqk',
    [floats(2, 3, 2, 4), floats(2, 5, 2, 4)],
    [2, 2, 3, 5],
  ),
  'Einsum that sums and transposes': einsum('abc->ca', [floats(2, 3, 4)], [4, 2]),
  'Einsum of three': einsum('ij,jk,kl', [floats(2, 3), floats(3, 4), floats(4, 2)], [2, 2]),
  'MatMulNBits around 8': bits([]),
  'MatMulNBits with zero points': bits([bytes(12)]),
  'MatMulInteger over more than 256 terms': {
    op: 'MatMulInteger',
    inputs: [bytes(3, 700)],
    constants: [signed(700, 5), { dtype: 'uint8', shape: [], data: Uint8Array.of(119) }],
    output: { dtype: 'int32', shape: [3, 5] },
  },
  LpPool: {
    op: 'LpPool',
    attributes: { p: 3, kernel_shape: [2, 3], strides: [1, 2], pads: [1, 1, 0, 1] },
    inputs: [floats(1, 2, 5, 7)],
    output: { dtype: 'float32', shape: [1, 2, 5, 4] },
  },
  GlobalLpPool: {
    op: 'GlobalLpPool',
    inputs: [floats(2, 3, 5, 4)],
    output: { dtype: 'float32', shape: [2, 3, 1, 1] },
  },
  RMSNormalization: rms,
  GroupNormalization: {
    op: 'GroupNormalization',
    opset: 21,
    attributes: { num_groups: 3 },
    inputs: [floats(2, 6, 4, 5), floats(6), floats(6)],
    output: { dtype: 'float32', shape: [2, 6, 4, 5] },
  },
  'Attention of 2 heads': heads(2, 2, 0),
  'Attention of grouped heads, causal': heads(4, 2, 1),
  'Attention with a mask': {
    op: 'Attention',
    opset: 23,
    inputs: [floats(1, 2, 3, 4), floats(1, 2, 6, 4), floats(1, 2, 6, 4), floats(3, 6)],
    output: { dtype: 'float32', shape: [1, 2, 3, 4] },
  },
  'Attention with a past': {
    op: 'Attention',
    opset: 23,
    attributes: { q_num_heads: 4, kv_num_heads: 2 },
    inputs: [
      floats(2, 3, 16),
      floats(2, 3, 8),
      floats(2, 3, 8),
      floats(3, 7),
      floats(2, 2, 4, 4),
      floats(2, 2, 4, 4),
    ],
    output: { dtype: 'float32', shape: [2, 3, 16] },
    unread: 2,
  },
  RotaryEmbedding: {
    op: 'RotaryEmbedding',
    opset: 23,
    inputs: [floats(2, 3, 5, 8), floats(2, 5, 4), floats(2, 5, 4)],
    output: { dtype: 'float32', shape: [2, 3, 5, 8] },
  },
  'Conv of volumes': {
    op: 'Conv',
    attributes: { strides: [2, 1, 2], pads: [1, 0, 1, 0, 1, 1], dilations: [2, 1, 1] },
    inputs: [floats(2, 4, 6, 5, 7)],
    constants: [floats(3, 4, 2, 3, 2), floats(3)],
    output: { dtype: 'float32', shape: [2, 3, 3, 4, 4] },
  },
  'Conv of volumes in groups, padded to the same size': {
    op: 'Conv',
    attributes: { group: 2, auto_pad: 'SAME_UPPER' },
    inputs: [floats(1, 4, 3, 4, 5)],
    constants: [floats(6, 2, 3, 3, 3)],
    output: { dtype: 'float32', shape: [1, 6, 3, 4, 5] },
  },
  'ConvTranspose in groups': turned(
    { group: 2, strides: [2, 1], pads: [1, 0, 0, 1], output_padding: [1, 0] },
    [2, 4, 5, 6],
    [4, 3, 3, 2],
    [2, 6, 11, 6],
  ),
  'ConvTranspose to a shape beyond its windows': turned(
    { strides: [3, 2], output_shape: [10, 8] },
    [1, 1, 3, 3],
    [1, 2, 3, 3],
    [1, 2, 10, 8],
  ),
  'DFT of real points': spectrum('DFT', { axis: 1, onesided: 1 }, [floats(2, 9, 3, 1)], [], [2, 5, 3, 2]),
  'DFT of complex points, of more than there are': spectrum(
    'DFT',
    { axis: 2 },
    [floats(2, 3, 6, 2)],
    [long(8)],
    [2, 3, 8, 2],
  ),
  'inverse DFT': spectrum('DFT', { axis: 1, inverse: 1 }, [floats(1, 7, 2)], [], [1, 7, 2]),
  STFT: spectrum('STFT', {}, [floats(2, 50, 1)], [long(4), floats(16)], [2, 9, 9, 2]),
  'STFT without a window, of both sides': spectrum(
    'STFT',
    { onesided: 0 },
    [floats(1, 40, 1)],
    [long(5), undefined, long(10)],
    [1, 7, 10, 2],
  ),
  MelWeightMatrix: {
    op: 'MelWeightMatrix',
    inputs: [],
    constants: [long(8), long(64), long(8000), single(20), single(3800)],
    output: { dtype: 'float32', shape: [33, 8] },
  },
  'ConvTranspose of each channel on its own': turned(
    { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] },
    [1, 3, 4, 4],
    [3, 1, 4, 4],
    [1, 3, 8, 8],
  ),
  'ConvTranspose of volumes': turned(
    { strides: [2, 1, 2], pads: [1, 0, 1, 0, 1, 0], dilations: [2, 1, 1], output_padding: [1, 0, 0] },
    [2, 3, 4, 3, 2],
    [3, 2, 3, 2, 3],
    [2, 2, 11, 3, 4],
  ),
  'ConvTranspose of volumes that crops more than a plane': turned(
    { pads: [3, 1, 1, 2, 1, 1], group: 2 },
    [1, 4, 4, 4, 5],
    [4, 1, 4, 3, 3],
    [1, 2, 2, 4, 5],
  ),
  'ConvTranspose of volumes of the same size': turned(
    { strides: [2, 2, 2], auto_pad: 'SAME_UPPER' },
    [1, 2, 3, 2, 2],
    [2, 2, 3, 3, 3],
    [1, 2, 6, 4, 4],
  ),
  'MaxPool of volumes': volume(
    'MaxPool',
    { kernel_shape: [3, 2, 2], strides: [2, 1, 2], pads: [1, 0, 1, 0, 1, 0] },
    [2, 4, 3, 5, 4],
  ),
  'AveragePool of volumes': volume(
    'AveragePool',
    { kernel_shape: [2, 3, 3], strides: [1, 2, 2], pads: [0, 1, 1, 1, 1, 1] },
    [2, 4, 6, 3, 4],
  ),
  'AveragePool of volumes whose border counts': volume(
    'AveragePool',
    { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1], count_include_pad: 1 },
    [2, 4, 6, 5, 7],
  ),
  'Mod of uint8': bytePair('Mod'),
  'Add of uint8': bytePair('Add'),
  'Sub of uint8': bytePair('Sub'),
  'Mul of uint8': bytePair('Mul'),
  'Div of uint8': bytePair('Div'),
  'BitShift to the left': bytePair('BitShift', { direction: 'LEFT' }),
  'BitShift to the right': bytePair('BitShift', { direction: 'RIGHT' }),
  ReduceLogSumExp: {
    op: 'ReduceLogSumExp',
    attributes: { axes: [0, 2], keepdims: 0 },
    inputs: [floats(3, 4, 5)],
    output: { dtype: 'float32', shape: [4] },
  },
  'LpNormalization of sums': {
    op: 'LpNormalization',
    attributes: { p: 1, axis: 1 },
    inputs: [floats(3, 4, 2)],
    output: { dtype: 'float32', shape: [3, 4, 2] },
  },
  'LpNormalization of squares': {
    op: 'LpNormalization',
    inputs: [floats(3, 4)],
    output: { dtype: 'float32', shape: [3, 4] },
  },
  CenterCropPad: {
    op: 'CenterCropPad',
    opset: 18,
    inputs: [floats(7, 4, 3)],
    constants: [{ dtype: 'int64', shape: [3], data: BigInt64Array.of(4n, 9n, 3n) }],
    output: { dtype: 'float32', shape: [4, 9, 3] },
  },
  'CenterCropPad of one axis': {
    op: 'CenterCropPad',
    opset: 18,
    attributes: { axes: [1] },
    inputs: [floats(3, 8)],
    constants: [{ dtype: 'int64', shape: [1], data: BigInt64Array.of(5n) }],
    output: { dtype: 'float32', shape: [3, 5] },
  },
  CastLike: {
    op: 'CastLike',
    opset: 15,
    inputs: [floats(3, 4), { dtype: 'int32', shape: [1], data: Int32Array.of(0) }],
    output: { dtype: 'int32', shape: [3, 4] },
  },
  'Pad that wraps': {
    op: 'Pad',
    opset: 19,
    attributes: { mode: 'wrap' },
    inputs: [floats(3, 4)],
    constants: [{ dtype: 'int64', shape: [4], data: BigInt64Array.of(0n, 2n, 1n, 3n) }],
    output: { dtype: 'float32', shape: [4, 9] },
  },
  'DequantizeLinear of blocks': blocks(bytes(4, 6), [bytes(2, 6)]),
  'DequantizeLinear of blocks of int4': blocks({ ...bytes(12), dtype: 'int4', shape: [4, 6] }),
  'DequantizeLinear of blocks of uint4': blocks({ ...bytes(12), dtype: 'uint4', shape: [4, 6] }, [
    { ...bytes(6), dtype: 'uint4', shape: [2, 6] },
  ]),
  ConvInteger: {
    op: 'ConvInteger',
    inputs: [bytes(1, 3, 5, 5)],
    constants: [bytes(4, 3, 3, 3), { dtype: 'uint8', shape: [], data: Uint8Array.of(7) }],
    output: { dtype: 'int32', shape: [1, 4, 3, 3] },
  },
};

describe('operators that are decomposed give the results of ONNX Runtime', () => {
  test.each(Object.entries(cases))('%s', async (_, sample) => {
    const { found, shape, expected } = await besideOrt(sample);
    expect(shape).toEqual(sample.output.shape);
    const exact = sample.output.dtype !== 'float32';
    for (let i = 0; i < expected.length; i++) {
      if (exact) expect(found[i]).toBe(expected[i]);
      else expect(Math.abs(found[i] - expected[i])).toBeLessThan(1e-4);
    }
  });
});
