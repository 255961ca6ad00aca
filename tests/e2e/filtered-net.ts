import { type Graph, GraphBuilder } from '../../src/compiler/index.ts';
import { type Random, tensor } from '../../src/core/index.ts';

/** One 3×3 convolution over an image [1, 12, 12, 16], of which int8 packages for x86_avx2 are filtered by Winograd's method. */
export function filteredNet(random: Random): Graph {
  const builder = new GraphBuilder();
  const image = builder.input('image', { dtype: 'float32', shape: [1, 12, 12, 16] });
  const data = Float32Array.from({ length: 16 * 9 * 16 }, () => random.normal(0, 0.1));
  const weights = builder.constant('weights', tensor('float32', [16, 3, 3, 16], data));
  builder.output(builder.add1('Conv2d', [image, weights], { pads: [1, 1, 1, 1], clampMin: 0 }));
  return builder.build('filtered', 'canonical', { format: 'edgec', ops: {}, notes: [] });
}
