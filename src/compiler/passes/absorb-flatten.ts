import { elementCount, type Tensor, transposeTensor } from '../../core/index.ts';
import { localPass } from './driver.ts';
import { intsAttr } from './graph-view.ts';
import { invert, reshaped } from './permutation.ts';

/** FullyConnected(Reshape(Transpose(x))) that flattens: the weights take the order of x instead. */
export const absorbFlatten = localPass('absorb-flatten', (node, view) => {
  if (node.op !== 'FullyConnected') return undefined;
  const [x, w, bias] = node.inputs;
  const flatten = view.maker(x, 'Reshape');
  const transpose = view.maker(flatten?.inputs[0], 'Transpose');
  const weight = view.constant(w);
  if (!flatten || !transpose || !weight || weight.quant?.axis === 1) return undefined;
  const perm = intsAttr(transpose.attrs, 'perm');
  const wide = view.shape(flatten.inputs[0] as number);
  const flat = view.shape(flatten.outputs[0]);
  const rows = wide[0];
  const rowsStay =
    perm[0] === 0 && elementCount(flat.slice(0, -1)) === rows && elementCount(wide.slice(1)) === flat.at(-1);
  if (!rowsStay) return undefined;
  const patch = view.patch('absorb-flatten', node, flatten, transpose);
  const columns = patch.constant(`${node.name}.weight`, reorderColumns(weight, wide.slice(1), perm));
  const [input] = patch.add(
    'Reshape',
    [transpose.inputs[0]],
    { shape: flat },
    flatten.name,
    view.type(flatten.outputs[0]).quant,
  );
  const [y] = patch.add(
    node.op,
    [input, columns, bias],
    node.attrs,
    node.name,
    view.type(node.outputs[0]).quant,
  );
  patch.replace(node.outputs[0], y);
  return patch.build();
});

/** Weights whose columns count through `shape`, for an input in the order before the transpose by `perm`. */
function reorderColumns(weight: Tensor, shape: readonly number[], perm: readonly number[]): Tensor {
  const wide = reshaped(weight, [weight.shape[0], ...shape]);
  return reshaped(transposeTensor(wide, invert(perm)), weight.shape, weight.quant);
}
