import type { Graph, ValueId } from 'edgec/compiler';
import { Layers } from './layers.ts';

const [length, width, heads, layers] = [64, 128, 4, 2];
const epsilon = 1e-5;

/** A transformer encoder as BERT's, small: two layers of four heads over 64 positions of 128 channels. */
export function transformer(seed: number): Graph {
  const net = new Layers('transformer', seed);
  let x = net.input([1, length, width]);
  for (let layer = 0; layer < layers; layer++) {
    x = normalized(net, net.add(x, attention(net, x)));
    const wide = net.apply('Gelu', [net.dense(x, 4 * width)]);
    x = normalized(net, net.add(x, net.dense(wide, width)));
  }
  return net.build(x);
}

function attention(net: Layers, x: ValueId): ValueId {
  const split = (perm: readonly number[]): ValueId => {
    const projected = net.dense(x, width);
    const apart = net.apply('Reshape', [projected], { shape: [1, length, heads, width / heads] });
    return net.apply('Transpose', [apart], { perm });
  };
  const [query, key, value] = [split([0, 2, 1, 3]), split([0, 2, 3, 1]), split([0, 2, 1, 3])];
  const scaled = net.apply('Mul', [net.apply('MatMul', [query, key]), net.scalar(Math.sqrt(heads / width))]);
  const mixed = net.apply('MatMul', [net.apply('Softmax', [scaled], { axis: 3 }), value]);
  const together = net.apply('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  return net.dense(net.apply('Reshape', [together], { shape: [1, length, width] }), width);
}

/** Layer normalisation in ONNX's primitive ops, without scale and shift. */
function normalized(net: Layers, x: ValueId): ValueId {
  const mean = (v: ValueId): ValueId => net.apply('ReduceMean', [v], { axes: [2], keepDims: true });
  const centred = net.apply('Sub', [x, mean(x)]);
  const variance = mean(net.apply('Mul', [centred, centred]));
  const deviation = net.apply('Sqrt', [net.add(variance, net.scalar(epsilon))]);
  return net.apply('Div', [centred, deviation]);
}
