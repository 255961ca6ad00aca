import { sameShape } from '../../core/index.ts';
import { localPass } from './driver.ts';
import { intsAttr } from './graph-view.ts';
import { compose, isIdentity, keepsOrder, permuted } from './permutation.ts';

/** Merges neighbouring transposes and reshapes; drops those that move nothing. */
export const mergeMovement = localPass('merge-movement', (node, view) => {
  if (node.op !== 'Transpose' && node.op !== 'Reshape') return undefined;
  const [x] = node.inputs as [number];
  const [y] = node.outputs;
  const { quant } = view.type(y);
  const from = view.shape(x);
  const replaceBy = (
    op: string,
    input: number,
    attrs: { shape: readonly number[] } | { perm: readonly number[] },
  ) => {
    const patch = view.patch('merge-movement', node);
    patch.replace(y, patch.add(op, [input], attrs, node.name, quant)[0]);
    return patch.build();
  };
  const unchanged =
    node.op === 'Reshape' ? sameShape(from, view.shape(y)) : isIdentity(intsAttr(node.attrs, 'perm'));
  if (unchanged) {
    const patch = view.patch('merge-movement', node);
    patch.replace(y, x);
    return patch.build();
  }
  const inner = view.maker(x, node.op);
  if (node.op === 'Reshape')
    return inner && replaceBy('Reshape', inner.inputs[0] as number, { shape: view.shape(y) });
  const perm = intsAttr(node.attrs, 'perm');
  if (inner)
    return replaceBy('Transpose', inner.inputs[0] as number, {
      perm: compose(intsAttr(inner.attrs, 'perm'), perm),
    });
  return keepsOrder(from, perm) ? replaceBy('Reshape', x, { shape: permuted(from, perm) }) : undefined;
});
