import type { Graph } from 'edgec/compiler';
import { Layers, relu } from './layers.ts';

const three = { kernel: [3, 3] } as const;

/** ResNet over 224 × 224: `blocks` of each stage, of two 3 × 3 layers or of bottlenecks four times as wide outside. */
export function resnet(
  name: string,
  blocks: readonly number[],
  bottleneck: boolean,
): (seed: number) => Graph {
  return (seed) => {
    const net = new Layers(name, seed);
    let x = net.conv(net.image(3, 224, 224), 64, { kernel: [7, 7], stride: 2, relu });
    x = net.maxPool(x, 3, 2, true);
    for (const [stage, count] of blocks.entries()) {
      const inner = 64 << stage;
      const outer = bottleneck ? 4 * inner : inner;
      for (let block = 0; block < count; block++) {
        const stride = block === 0 && stage > 0 ? 2 : 1;
        const shortcut = net.shape(x)[3] === outer ? x : net.conv(x, outer, { stride });
        const branch = bottleneck
          ? net.conv(net.conv(x, inner, { relu }), inner, { ...three, stride, relu })
          : net.conv(x, inner, { ...three, stride, relu });
        const last = net.conv(branch, outer, { ...(bottleneck ? {} : three), gain: 0.4 });
        x = net.add(last, shortcut, relu);
      }
    }
    return net.build(net.dense(net.globalPool(x), 1000));
  };
}
