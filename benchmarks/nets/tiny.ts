import type { Graph } from 'edgec/compiler';
import { Layers, relu } from './layers.ts';

/** Anomaly detection of MLPerf Tiny: an autoencoder of dense layers. */
export function autoencoder(seed: number): Graph {
  const net = new Layers('ad', seed);
  let x = net.input([1, 640]);
  for (const width of [128, 128, 128, 128, 8, 128, 128, 128, 128]) x = net.dense(x, width, { relu });
  return net.build(net.dense(x, 640));
}

/** Keyword spotting of MLPerf Tiny: DS-CNN over 49 frames of 10 coefficients. */
export function keywordSpotting(seed: number): Graph {
  const net = new Layers('kws', seed);
  let x = net.conv(net.image(1, 49, 10), 64, { kernel: [10, 4], stride: 2, relu });
  for (let block = 0; block < 4; block++) x = net.conv(net.depthwise(x, { relu }), 64, { relu });
  return net.build(net.dense(net.globalPool(x), 12));
}

/** Image classification of MLPerf Tiny: ResNet-8 over 32 × 32. */
export function resnet8(seed: number): Graph {
  const net = new Layers('resnet8', seed);
  let x = net.conv(net.image(3, 32, 32), 16, { kernel: [3, 3], relu });
  for (const [channels, stride] of [
    [16, 1],
    [32, 2],
    [64, 2],
  ]) {
    const branch = net.conv(x, channels, { kernel: [3, 3], stride, relu });
    const shortcut = stride === 1 ? x : net.conv(x, channels, { stride });
    x = net.add(net.conv(branch, channels, { kernel: [3, 3], gain: 0.5 }), shortcut, relu);
  }
  return net.build(net.dense(net.globalPool(x), 10));
}
