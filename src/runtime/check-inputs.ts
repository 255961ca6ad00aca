import { EdgecError, elementCount, type TypedArray, tensor } from '../core/loading.ts';
import type { PortInfo } from './session.ts';

/** The arrays of `inputs` in the order of `ports`. Throws E_RUN_INPUT. */
export function orderInputs(ports: readonly PortInfo[], inputs: Record<string, TypedArray>): TypedArray[] {
  for (const name of Object.keys(inputs)) {
    if (!ports.some((p) => p.name === name)) throw mismatch(name, ports.map((p) => p.name).join(', '), name);
  }
  return ports.map(({ name, type }) => {
    const data = inputs[name];
    const expected = `${type.dtype} [${type.shape}]`;
    if (data === undefined) throw mismatch(name, expected, 'nothing');
    const same = data.constructor === tensor(type.dtype, [0]).data.constructor;
    if (!same || data.length !== elementCount(type.shape)) {
      throw mismatch(name, expected, `${data.constructor.name} of ${data.length} elements`);
    }
    return data;
  });
}

const mismatch = (where: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_RUN_INPUT', 'the inputs do not fit the model', { expected, found, where });
