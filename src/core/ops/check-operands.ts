import type { OpDefinition, OperandTypes, Port } from '../define-op.ts';
import { EdgecError } from '../errors.ts';

const portOf = (ports: readonly Port[], i: number): Port | undefined =>
  ports[i] ?? (ports.at(-1)?.variadic ? ports.at(-1) : undefined);

/**
 * Holds operands against the ports of `op`: none too many, none missing, each of a type that its port takes.
 * Throws E_OP_SHAPE or E_TENSOR_DTYPE naming the port.
 */
export function checkOperands(op: OpDefinition, types: OperandTypes): void {
  const count = Math.max(types.length, op.inputs.length);
  for (let i = 0; i < count; i++) {
    const [port, type] = [portOf(op.inputs, i), types[i]];
    if (!port) {
      throw new EdgecError('E_OP_SHAPE', `${op.name} has too many operands`, {
        expected: `${op.inputs.length}`,
        found: `${types.length}`,
      });
    }
    if (!type && !port.optional) {
      throw new EdgecError('E_OP_SHAPE', `operand ${port.name} of ${op.name} is missing`, {
        where: port.name,
      });
    }
    if (type && !port.dtypes.includes(type.dtype)) {
      throw new EdgecError('E_TENSOR_DTYPE', `${op.name} does not take this element type`, {
        expected: port.dtypes.join(' or '),
        found: type.dtype,
        where: port.name,
      });
    }
  }
}
