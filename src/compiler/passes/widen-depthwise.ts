import { transposeTensor } from '../../core/index.ts';
import { localPass } from './driver.ts';
import { reshaped } from './permutation.ts';

/** A depthwise convolution of one channel is an ordinary one, whose kernels know many outputs of one input. */
export const widenDepthwise = localPass('widen-depthwise', (node, view) => {
  const [x, w, bias] = node.inputs as [number, number, number | undefined];
  const weight = node.op === 'DepthwiseConv2d' ? view.constant(w) : undefined;
  if (!weight || view.type(x).shape[3] !== 1) return undefined;
  const [, height, width, outputs] = weight.shape;
  const patch = view.patch('widen-depthwise', node);
  const turned = transposeTensor(weight, [3, 1, 2, 0]);
  const kernel = patch.constant(`${node.name}.weight`, reshaped(turned, [outputs, height, width, 1]));
  const { quant } = view.type(node.outputs[0]);
  const [y] = patch.add('Conv2d', [x, kernel, bias], { ...node.attrs, group: 1 }, node.name, quant);
  patch.replace(node.outputs[0], y);
  return patch.build();
});
