import { expect, it } from 'vitest';
import { tensor } from '../../core/index.ts';
import { activationParams, quantizeAccumulate } from './parameters.ts';

it('holds zero exactly, whatever the range', () => {
  expect(activationParams({ min: 0, max: 255 })).toEqual({ scale: [1], zeroPoint: [-128] });
  expect(activationParams({ min: 5, max: 127.5 })).toEqual({ scale: [0.5], zeroPoint: [-128] });
  expect(activationParams({ min: -255, max: -3 })).toEqual({ scale: [1], zeroPoint: [127] });
});

it('gives each output channel of the weights its own scale', () => {
  const weight = tensor('float32', [2, 2], [127, -63.5, 0.254, -0.02]);
  const bias = tensor('float32', [2], [10, 0.01]);
  const q = quantizeAccumulate(weight, bias, 0.5, 0);
  expect([...q.weight.data]).toEqual([127, -64, 127, -10]);
  expect(q.weight.quant?.scale).toEqual([1, Math.fround(0.002)]);
  expect([...(q.bias?.data ?? [])]).toEqual([20, 10]);
});
