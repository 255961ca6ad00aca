import type { Attrs, OpDefinition, OperandTypes, Port } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import type { DType } from '../tensor.ts';

const portOf = (ports: readonly Port[], i: number): Port | undefined =>
  ports[i] ?? (ports.at(-1)?.variadic ? ports.at(-1) : undefined);

/**
 * Holds operands against the ports of `op`: none too many, none missing, each of a type that its port takes.
 * Throws E_OP_SHAPE or E_TENSOR_DTYPE naming the port.
 */
function checkPorts(op: OpDefinition, types: OperandTypes): void {
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

const dtypeError = (op: string, port: Port, expected: string, found: string): EdgecError =>
  new EdgecError('E_TENSOR_DTYPE', `${op} does not take these element types together`, {
    expected,
    found,
    where: port.name,
  });

/** Integers that mean reals are computed by other ops; the ops of reals take no such integers. */
function expectedOf(op: OpDefinition, port: Port, first: DType | undefined): DType | undefined {
  if (op.quantize?.kind === 'accumulate') return 'float32';
  return port.dtypes.length > 1 ? first : undefined;
}

/**
 * Holds the operands of a node of a package against its op: as `checkPorts`, and their types against each other. Ports
 * that take the same types take one of them, and where an op has an integer form, that is another op.
 * Throws E_OP_SHAPE or E_TENSOR_DTYPE naming the port.
 */
export function checkOperands(op: OpDefinition, types: OperandTypes, attrs: Attrs): void {
  checkPorts(op, types);
  const reals = op.realsOnly?.(attrs as never) ?? op.quantize?.kind === 'rescale';
  const chosen = new Map<string, DType>();
  types.forEach((type, i) => {
    const port = portOf(op.inputs, i);
    if (!type || !port) return;
    const { dtype } = type;
    const key = port.dtypes.join();
    const expected = expectedOf(op, port, chosen.get(key));
    if (expected !== undefined && dtype !== expected) throw dtypeError(op.name, port, expected, dtype);
    if (reals && dtype === 'int8') throw dtypeError(op.name, port, 'reals, or integers with scales', dtype);
    chosen.set(key, dtype);
  });
}
