import { describe, expect, test } from 'vitest';
import { elementCount, Random } from '../../src/core/index.ts';
import type { Case, Value } from '../oracles/onnx-node.ts';
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

const cases: Record<string, Case> = {
  ...grids,
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
