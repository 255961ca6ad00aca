import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { elementCount, Random } from '../../src/core/index.ts';
import { type Attribute, type Case, modelOf, type Value } from '../oracles/onnx-node.ts';
import { besideOrt } from '../oracles/ort-node.ts';

const random = new Random(19);
const floats = (...shape: number[]): Value => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from({ length: elementCount(shape) }, () => random.normal()),
});
const ints = (shape: number[], values: number[]): Value => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(values),
});
const longs = (shape: number[], values: bigint[]): Value => ({
  dtype: 'int64',
  shape,
  data: BigInt64Array.from(values),
});

const contrib = (
  op: string,
  inputs: Value[],
  constants: (Value | undefined)[],
  shape: number[],
  attributes: Record<string, Attribute> = {},
): Case => ({
  op,
  domain: 'com.microsoft',
  attributes,
  inputs,
  constants,
  output: { dtype: 'float32', shape },
});

const heads = { num_heads: 2 };
const rows = [2, 5, 8];
const three = (): Value[] => [floats(...rows), floats(2, 6, 8), floats(2, 6, 8)];
const [gamma, beta] = [floats(8), floats(8)];
/** Cosines and sines of 12 places. */
const angles = (): Value[] =>
  [Math.cos, Math.sin].map((f) => ({
    dtype: 'float32',
    shape: [12, 2],
    data: Float32Array.from({ length: 24 }, (_, i) => f(Math.floor(i / 2) * (i % 2 === 0 ? 1 : 0.1))),
  }));
const padding = ints([2, 6], [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1]);

const cases: Record<string, Case> = {
  MultiHeadAttention: contrib('MultiHeadAttention', three(), [], rows, heads),
  'MultiHeadAttention with a bias and a mask': contrib(
    'MultiHeadAttention',
    three(),
    [floats(24), padding],
    rows,
    heads,
  ),
  'MultiHeadAttention with scores that are given': contrib(
    'MultiHeadAttention',
    three(),
    [undefined, undefined, floats(1, 2, 5, 6)],
    rows,
    { ...heads, scale: { f: 0.3 } },
  ),
  'MultiHeadAttention that sees no later keys': contrib(
    'MultiHeadAttention',
    [floats(...rows), floats(...rows), floats(...rows)],
    [],
    rows,
    { ...heads, unidirectional: 1 },
  ),
  Attention: contrib('Attention', [floats(...rows)], [floats(8, 24), floats(24)], rows, heads),
  'Attention that sees no later keys, of narrow values': contrib(
    'Attention',
    [floats(...rows)],
    [floats(8, 20), floats(20)],
    [2, 5, 4],
    { ...heads, unidirectional: 1, qkv_hidden_sizes: [8, 8, 4] },
  ),
  SkipLayerNormalization: contrib(
    'SkipLayerNormalization',
    [floats(...rows), floats(...rows)],
    [gamma, beta, floats(8)],
    rows,
    { epsilon: { f: 1e-5 } },
  ),
  'SkipLayerNormalization without offsets': contrib(
    'SkipLayerNormalization',
    [floats(...rows), floats(...rows)],
    [gamma],
    rows,
  ),
  SkipSimplifiedLayerNormalization: contrib(
    'SkipSimplifiedLayerNormalization',
    [floats(...rows), floats(...rows)],
    [gamma, floats(8)],
    rows,
  ),
  EmbedLayerNormalization: {
    ...contrib(
      'EmbedLayerNormalization',
      [ints([2, 3], [4, 0, 2, 1, 1, 3])],
      [ints([2, 3], [0, 1, 1, 0, 0, 1]), floats(5, 8), floats(4, 8), floats(2, 8), gamma, beta],
      [2, 3, 8],
    ),
    unread: 1,
  },
  'RotaryEmbedding from a place on': contrib(
    'RotaryEmbedding',
    [floats(2, 5, 8)],
    [longs([1], [3n]), ...angles()],
    [2, 5, 8],
  ),
  'RotaryEmbedding of given places': contrib(
    'RotaryEmbedding',
    [floats(2, 3, 4, 4)],
    [longs([2, 4], [0n, 1n, 2n, 3n, 7n, 8n, 9n, 10n]), ...angles()],
    [2, 3, 4, 4],
  ),
  FastGelu: contrib('FastGelu', [floats(...rows)], [floats(8)], rows),
  BiasGelu: contrib('BiasGelu', [floats(...rows)], [floats(8)], rows),
  QuickGelu: contrib('QuickGelu', [floats(...rows)], [], rows, { alpha: { f: 1.5 } }),
  SimplifiedLayerNormalization: {
    op: 'SimplifiedLayerNormalization',
    inputs: [floats(...rows)],
    constants: [gamma],
    output: { dtype: 'float32', shape: rows },
  },
};

describe('parts of transformers that ONNX Runtime fuses give its results', () => {
  test.each(Object.entries(cases))('%s', async (_, sample) => {
    const { found, shape, expected } = await besideOrt(sample);
    expect(shape).toEqual(sample.output.shape);
    found.forEach((v, i) => {
      expect(Math.abs(v - expected[i])).toBeLessThan(1e-4);
    });
  });

  test('operands that are packed into one are refused', async () => {
    const model = modelOf(contrib('MultiHeadAttention', [floats(2, 5, 2, 3, 4)], [], rows, heads));
    await expect(
      compileModel({ model, precision: 'float32', target: { name: 'host' } }),
    ).rejects.toMatchObject({ code: 'E_OP_UNSUPPORTED', detail: { found: 'packed operands' } });
  });
});
