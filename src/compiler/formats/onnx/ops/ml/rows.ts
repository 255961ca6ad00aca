import { EdgecError } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { NodeImport } from '../../node-import.ts';

/** `x` as reals. */
export const real = (node: NodeImport, x: ValueId): ValueId =>
  node.type(x).dtype === 'float32' ? x : node.emit('Cast', [x], { to: 'float32' });

/** `x` as reals [N, C]; a vector is one row. Throws E_OP_SHAPE. */
export function realRows(node: NodeImport, x: ValueId): ValueId {
  const shape = node.shape(x);
  if (shape.length === 2) return real(node, x);
  if (shape.length === 1) return node.reshape(real(node, x), [1, shape[0]]);
  throw new EdgecError('E_OP_SHAPE', `the input of ${node.op} is no table`, {
    expected: '[N, C]',
    found: `[${shape}]`,
    where: node.name,
  });
}
