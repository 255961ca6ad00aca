import { defineOp } from '../define-op.ts';
import { type DType, dtypes, type Tensor } from '../tensor.ts';
import { randomFloat, randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

const saturated = (x: number, low: number, high: number): number =>
  x !== x ? 0 : Math.max(low, Math.min(high, Math.trunc(x)));

const converters: Record<DType, (x: number) => number | bigint> = {
  float32: (x) => x,
  int8: (x) => saturated(x, -128, 127),
  uint8: (x) => saturated(x, 0, 255),
  int16: (x) => saturated(x, -32768, 32767),
  int32: (x) => saturated(x, -2147483648, 2147483647),
  int64: (x) => BigInt(saturated(x, -(2 ** 53), 2 ** 53)),
  bool: (x) => (x === 0 ? 0 : 1),
};

export const cast = defineOp({
  name: 'Cast',
  summary: 'Another element type; reals truncate, what does not fit saturates, NaN becomes 0.',
  source: 'ONNX Cast-13; what leaves the range is undefined there',
  inputs: [{ name: 'x', dtypes }],
  outputs: [{ name: 'y', dtypes }],
  attrs: { to: { kind: 'enum', values: dtypes } },
  infer: ([x], { to }) => [{ dtype: to, shape: operand(x, 'x').shape }],
  evaluate([x], { to }, [y]) {
    const convert = converters[to];
    const xd = (x as Tensor).data;
    const yd = y.data as { [index: number]: number | bigint };
    for (let i = 0; i < xd.length; i++) yd[i] = convert(Number(xd[i]));
  },
  permute: (a) => a,
  accuracy: { kind: 'exact' },
  samples: (random) => [
    { inputs: [randomFloat(random, [3, 5])], attrs: { to: 'int32' } },
    { inputs: [randomFloat(random, [67])], attrs: { to: 'bool' } },
    { inputs: [randomInt8(random, [2, 1, 3])], attrs: { to: 'float32' } },
  ],
});
