import { elementCount } from '../../core/index.ts';
import type { ValueId } from '../graph/index.ts';
import { localPass } from './driver.ts';
import { numberAttr } from './graph-view.ts';

/** Gather of one known index becomes a slice, which transposes can cross. */
export const sliceGather = localPass('slice-gather', (node, view) => {
  if (node.op !== 'Gather') return undefined;
  const [x, indices] = node.inputs as [ValueId, ValueId];
  const index = view.constant(indices);
  if (!index || elementCount(index.shape) !== 1) return undefined;
  const shape = view.shape(x);
  const axis = numberAttr(node.attrs, 'axis');
  const at = Number(index.data[0]);
  const start = at < 0 ? at + shape[axis] : at;
  if (start < 0 || start >= shape[axis]) return undefined;
  const attrs = {
    starts: shape.map((_, i) => (i === axis ? start : 0)),
    sizes: shape.map((d, i) => (i === axis ? 1 : d)),
    steps: shape.map(() => 1),
  };
  const { quant, shape: result } = view.type(node.outputs[0]);
  const patch = view.patch('slice-gather', node);
  const [slice] = patch.add('Slice', [x], attrs, `${node.name}.slice`, quant);
  patch.replace(node.outputs[0], patch.add('Reshape', [slice], { shape: result }, node.name, quant)[0]);
  return patch.build();
});
