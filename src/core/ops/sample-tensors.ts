import type { Random } from '../random.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';

/** Normal float32 values. */
export function randomFloat(random: Random, shape: readonly number[]): Tensor {
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: elementCount(shape) }, () => random.normal()),
  );
}

/** int8 values over the whole range, extremes included. */
export function randomInt8(random: Random, shape: readonly number[]): Tensor {
  return tensor(
    'int8',
    shape,
    Int8Array.from({ length: elementCount(shape) }, () => random.int(-128, 127)),
  );
}

/** int16 values over the whole range. */
export function randomInt16(random: Random, shape: readonly number[]): Tensor {
  const values = Int16Array.from({ length: elementCount(shape) }, () => random.int(-32768, 32767));
  return tensor('int16', shape, values);
}

/** Truth values. */
export function randomBool(random: Random, shape: readonly number[]): Tensor {
  return tensor(
    'bool',
    shape,
    Uint8Array.from({ length: elementCount(shape) }, () => random.int(0, 1)),
  );
}
