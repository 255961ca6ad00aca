import { type Graph, GraphBuilder } from '../../src/compiler/index.ts';
import { type Random, tensor } from '../../src/core/index.ts';
import { writeNpz } from '../../src/evaluate/index.ts';

/** A convolution and a dense layer over an NCHW image [1, 2, 6, 6], three scores. */
export function smallNet(random: Random): Graph {
  const normal = (shape: number[]) =>
    tensor(
      'float32',
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal(0, 0.4)),
    );
  const builder = new GraphBuilder();
  let x = builder.input('image', { dtype: 'float32', shape: [1, 2, 6, 6] });
  x = builder.add1('Transpose', [x], { perm: [0, 2, 3, 1] });
  const weight = builder.constant('weight', normal([4, 3, 3, 2]));
  x = builder.add1('Conv2d', [x, weight], { pads: [1, 1, 1, 1], clampMin: 0 }, { name: 'conv' });
  x = builder.add1('Reshape', [x], { shape: [1, 144] }, { name: 'flatten' });
  x = builder.add1(
    'FullyConnected',
    [x, builder.constant('dense', normal([3, 144]))],
    {},
    { name: 'scores' },
  );
  builder.output(x);
  return builder.build('net', 'canonical', { format: 'edgec', ops: {}, notes: [] });
}

/** Random images and labels for `smallNet`, as the bytes of an .npz. */
export function labelled(random: Random, samples: number): Buffer {
  const data = Float32Array.from({ length: samples * 72 }, () => random.normal());
  const labels = Uint8Array.from({ length: samples }, () => random.int(0, 2));
  return writeNpz([
    ['x', { dtype: 'float32', shape: [samples, 2, 6, 6], data }],
    ['labels', { dtype: 'uint8', shape: [samples], data: labels }],
  ]);
}
