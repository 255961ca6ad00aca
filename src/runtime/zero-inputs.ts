import { type TypedArray, tensor } from '../core/loading.ts';
import type { PortInfo } from './session.ts';

/** Inputs by name whose elements are all 0. */
export const zeroInputs = (ports: readonly PortInfo[]): Record<string, TypedArray> =>
  Object.fromEntries(ports.map(({ name, type }) => [name, tensor(type.dtype, type.shape).data]));
