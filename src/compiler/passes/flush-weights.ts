import { type Tensor, tensor } from '../../core/index.ts';
import { localPass } from './driver.ts';

/** Ops that multiply operand 1 with their input. */
const multiplies = ['Conv2d', 'DepthwiseConv2d', 'TransposeConv2d', 'FullyConnected', 'PRelu'];

/** Products of smaller weights with activations near 1 and below leave the normal numbers of binary32. */
const smallest = 2 ** -100;

/**
 * Weights that add nothing to a sum, as pruning and decay leave them, are zero: processors take a hundred times as long for
 * products below the normal numbers.
 */
export const flushWeights = localPass('flush-weights', (node, view) => {
  const weight = multiplies.includes(node.op) ? view.constant(node.inputs[1]) : undefined;
  if (weight?.dtype !== 'float32' || !(weight.data as Float32Array).some(isLost)) return undefined;
  const patch = view.patch('flush-weights', node);
  const [x, , ...rest] = node.inputs;
  const operands = [x, patch.constant(`${node.name}.weight`, flushed(weight)), ...rest];
  patch.replace(node.outputs[0], patch.add(node.op, operands, node.attrs, node.name)[0]);
  return patch.build();
});

const isLost = (w: number): boolean => w !== 0 && Math.abs(w) < smallest;

const flushed = ({ shape, data }: Tensor): Tensor =>
  tensor(
    'float32',
    shape,
    (data as Float32Array).map((w) => (isLost(w) ? 0 : w)),
  );
