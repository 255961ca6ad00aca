import { type DType, Random, type TypedArray, tensor } from '../core/loading.ts';
import type { PortInfo } from './session.ts';

const draws: Partial<Record<DType, (random: Random) => number>> = {
  float32: (random) => random.normal(),
  int8: (random) => random.int(-128, 127),
  uint8: (random) => random.int(0, 255),
  int16: (random) => random.int(-32768, 32767),
  bool: (random) => random.int(0, 1),
};

/**
 * Inputs by name, drawn from `seed`. Value: reals are standard normal, narrow integers cover their type, int32 and
 * int64 are 0, since they are mostly indexes.
 */
export function seededInputs(ports: readonly PortInfo[], seed: number): Record<string, TypedArray> {
  const random = new Random(seed);
  return Object.fromEntries(
    ports.map(({ name, type }) => {
      const { data } = tensor(type.dtype, type.shape);
      const draw = draws[type.dtype];
      if (draw) for (let i = 0; i < data.length; i++) data[i] = draw(random);
      return [name, data];
    }),
  );
}
