import { describe, expect, test } from 'vitest';
import { elementCount, Random } from '../../src/core/index.ts';
import type { Attribute, Case, Value } from '../oracles/onnx-node.ts';
import { besideOrt } from '../oracles/ort-node.ts';

const random = new Random(13);
const reals = (shape: number[], draw = () => random.normal()): Value => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from({ length: elementCount(shape) }, draw),
});

const sampled = (mode: string, padding: string, align: number, opset = 20): Case => ({
  op: 'GridSample',
  opset,
  attributes: { mode, padding_mode: padding, align_corners: align },
  inputs: [reals([2, 3, 5, 4]), reals([2, 6, 7, 2], () => random.uniform(-1.8, 1.8))],
  output: { dtype: 'float32', shape: [2, 3, 6, 7] },
});

const grids = Object.fromEntries(
  ['linear', 'nearest', 'cubic'].flatMap((mode) =>
    ['zeros', 'border', 'reflection'].flatMap((padding) =>
      [0, 1].map((align) => [
        `GridSample, ${mode}, ${padding}${align ? ', corners aligned' : ''}`,
        sampled(mode, padding, align),
      ]),
    ),
  ),
);

const grid = (align_corners: number): Case => ({
  op: 'AffineGrid',
  opset: 20,
  attributes: { align_corners },
  inputs: [reals([2, 2, 3])],
  constants: [{ dtype: 'int64', shape: [4], data: BigInt64Array.of(2n, 3n, 4n, 5n) }],
  output: { dtype: 'float32', shape: [2, 4, 5, 2] },
});

const regions = (attributes: Record<string, Attribute>, opset = 16): Case => ({
  op: 'RoiAlign',
  opset,
  attributes: { output_height: 3, output_width: 2, spatial_scale: { f: 0.5 }, ...attributes },
  inputs: [
    reals([2, 3, 8, 10]),
    {
      dtype: 'float32',
      shape: [4, 4],
      data: Float32Array.of(1, 2, 9, 12, 0, 0, 19, 15, -4, -3, 5, 6, 13, 3.5, 25, 22),
    },
    { dtype: 'int64', shape: [4], data: BigInt64Array.of(0n, 1n, 1n, 0n) },
  ],
  output: { dtype: 'float32', shape: [4, 3, 3, 2] },
});

const cases: Record<string, Case> = {
  ...grids,
  'AffineGrid, corners aligned': grid(1),
  AffineGrid: grid(0),
  'RoiAlign of two samples': regions({ sampling_ratio: 2 }),
  'RoiAlign of as many samples as pixels': regions({ sampling_ratio: 0 }),
  'RoiAlign of the greatest': regions({ sampling_ratio: 2, mode: 'max' }),
  'RoiAlign of whole pixels': regions({ coordinate_transformation_mode: 'output_half_pixel' }),
  'RoiAlign of opset 10': regions({ sampling_ratio: 1 }, 10),
  'GridSample of opset 16': sampled('bicubic', 'border', 1, 16),
};

describe('samples of images are those of ONNX Runtime', () => {
  test.each(Object.entries(cases))('%s', async (_, sample) => {
    const { found, shape, expected } = await besideOrt(sample);
    expect(shape).toEqual(sample.output.shape);
    found.forEach((v, i) => {
      expect(Math.abs(v - expected[i])).toBeLessThan(1e-4);
    });
  });
});
