import type { Graph } from 'edgec/compiler';
import { Layers, relu, relu6 } from './layers.ts';

const v1Blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, () => [512, 1]),
  [1024, 2],
  [1024, 1],
];

/** MobileNetV1 over a square image, with `width` times its channels. */
export function mobilenetV1(
  name: string,
  size: number,
  width: number,
  classes: number,
): (seed: number) => Graph {
  return (seed) => {
    const net = new Layers(name, seed);
    let x = net.conv(net.image(3, size, size), 32 * width, { kernel: [3, 3], stride: 2, relu: relu6 });
    for (const [channels, stride] of v1Blocks)
      x = net.conv(net.depthwise(x, { stride, relu: relu6 }), channels * width, { relu: relu6 });
    return net.build(net.dense(net.globalPool(x), classes));
  };
}

/** Expansion, channels, repeats, stride of the first: table 2 of the MobileNetV2 paper. */
const v2Stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** MobileNetV2 1.0 over 224 × 224. */
export function mobilenetV2(seed: number): Graph {
  const net = new Layers('mobilenetv2', seed);
  let x = net.conv(net.image(3, 224, 224), 32, { kernel: [3, 3], stride: 2, relu: relu6 });
  for (const [expansion, channels, repeats, first] of v2Stages) {
    for (let i = 0; i < repeats; i++) {
      const stride = i === 0 ? first : 1;
      const depth = net.shape(x)[3];
      const wide = expansion === 1 ? x : net.conv(x, depth * expansion, { relu: relu6 });
      const y = net.conv(net.depthwise(wide, { stride, relu: relu6 }), channels, { gain: 0.7 });
      x = stride === 1 && depth === channels ? net.add(x, y) : y;
    }
  }
  x = net.conv(x, 1280, { relu: relu6 });
  return net.build(net.dense(net.globalPool(x), 1000));
}

/** SqueezeNet 1.1 over 224 × 224. */
export function squeezenet(seed: number): Graph {
  const net = new Layers('squeezenet', seed);
  let x = net.conv(net.image(3, 224, 224), 64, { kernel: [3, 3], stride: 2, relu });
  const squeezes = [16, 16, 32, 32, 48, 48, 64, 64];
  for (const [i, squeeze] of squeezes.entries()) {
    if (i === 0 || i === 2 || i === 4) x = net.maxPool(x, 3, 2, false);
    const s = net.conv(x, squeeze, { relu });
    const [narrow, wide] = [
      net.conv(s, 4 * squeeze, { relu }),
      net.conv(s, 4 * squeeze, { kernel: [3, 3], relu }),
    ];
    x = net.apply('Concat', [narrow, wide], { axis: 3 });
  }
  return net.build(net.globalPool(net.conv(x, 1000, { relu })));
}
