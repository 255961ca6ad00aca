// Trains a small convolutional network on the seeded pictures with plain stochastic gradient descent and writes
// model.onnx. Two blocks of 3×3 convolution, Relu and 2×2 pooling, then one fully connected layer.
import { writeFileSync } from 'node:fs';
import { Random, tensor } from 'edgec';
import { canonicalize, GraphBuilder, writeFormat } from 'edgec/compiler';
import { part } from './make-data.mjs';

const size = 16;
const classes = 10;
const random = new Random(5);
const normal = (count, deviation) => Float32Array.from({ length: count }, () => random.normal(0, deviation));

/** A 3×3 convolution with zero padding, Relu and 2×2 max pooling on [height, width, channels]. */
class Block {
  constructor(side, inputs, outputs) {
    Object.assign(this, { side, inputs, outputs });
    this.weight = normal(outputs * 9 * inputs, Math.sqrt(2 / (9 * inputs)));
    this.bias = new Float32Array(outputs);
  }

  forward(x) {
    const { side, inputs, outputs, weight, bias } = this;
    const y = new Float32Array(side * side * outputs);
    this.each((at, tap, o) => {
      let sum = 0;
      for (let c = 0; c < inputs; c++) sum += x[at * inputs + c] * weight[(o * 9 + tap) * inputs + c];
      return sum;
    }, y);
    for (let i = 0; i < y.length; i++) y[i] = Math.max(0, y[i] + bias[i % outputs]);
    const half = side / 2;
    const pooled = new Float32Array(half * half * outputs);
    const chosen = new Int32Array(pooled.length);
    for (let i = 0; i < pooled.length; i++) {
      const [o, px, py] = [i % outputs, Math.floor(i / outputs) % half, Math.floor(i / outputs / half)];
      const corners = [0, 1, side, side + 1].map((d) => (2 * py * side + 2 * px + d) * outputs + o);
      chosen[i] = corners.reduce((best, k) => (y[k] > y[best] ? k : best));
      pooled[i] = y[chosen[i]];
    }
    Object.assign(this, { x, chosen, pooled });
    return pooled;
  }

  /** Adds f(input pixel, tap, output channel) into y for every tap inside the picture. */
  each(f, y) {
    const { side, outputs } = this;
    for (let py = 0; py < side; py++)
      for (let px = 0; px < side; px++)
        for (let tap = 0; tap < 9; tap++) {
          const [iy, ix] = [py + Math.floor(tap / 3) - 1, px + (tap % 3) - 1];
          if (iy < 0 || ix < 0 || iy >= side || ix >= side) continue;
          for (let o = 0; o < outputs; o++) y[(py * side + px) * outputs + o] += f(iy * side + ix, tap, o);
        }
  }

  backward(gradient, rate) {
    const { side, inputs, outputs, weight, bias, x, chosen, pooled } = this;
    const dx = new Float32Array(x.length);
    for (let i = 0; i < gradient.length; i++) {
      if (pooled[i] <= 0 || gradient[i] === 0) continue;
      const pixel = Math.floor(chosen[i] / outputs);
      const o = chosen[i] % outputs;
      const step = rate * gradient[i];
      bias[o] -= step;
      for (let tap = 0; tap < 9; tap++) {
        const iy = Math.floor(pixel / side) + Math.floor(tap / 3) - 1;
        const ix = (pixel % side) + (tap % 3) - 1;
        if (iy < 0 || ix < 0 || iy >= side || ix >= side) continue;
        const from = (iy * side + ix) * inputs;
        const at = (o * 9 + tap) * inputs;
        for (let c = 0; c < inputs; c++) {
          dx[from + c] += gradient[i] * weight[at + c];
          weight[at + c] -= step * x[from + c];
        }
      }
    }
    return dx;
  }
}

const blocks = [new Block(16, 1, 8), new Block(8, 8, 16)];
const features = 4 * 4 * 16;
const weight = normal(classes * features, Math.sqrt(1 / features));
const bias = new Float32Array(classes);

function step(x, label, rate) {
  const flat = blocks.reduce((value, block) => block.forward(value), x);
  const logits = Array.from(bias, (b, o) =>
    flat.reduce((sum, v, k) => sum + v * weight[o * features + k], b),
  );
  const peak = Math.max(...logits);
  const exponentials = logits.map((v) => Math.exp(v - peak));
  const total = exponentials.reduce((a, b) => a + b, 0);
  if (rate > 0) {
    const gradient = new Float32Array(features);
    exponentials.forEach((e, o) => {
      const d = e / total - (o === label ? 1 : 0);
      bias[o] -= rate * d;
      for (let k = 0; k < features; k++) {
        gradient[k] += d * weight[o * features + k];
        weight[o * features + k] -= rate * d * flat[k];
      }
    });
    blocks.reduceRight((g, block) => block.backward(g, rate), gradient);
  }
  return logits.indexOf(peak) === label;
}

function epoch(data, rate) {
  let right = 0;
  for (let i = 0; i < data.count; i++) {
    const x = Float32Array.from(data.x.subarray(i * size * size, (i + 1) * size * size), (v) => v / 255);
    right += step(x, data.y[i], rate) ? 1 : 0;
  }
  return right / data.count;
}

const [training, validation] = [part(1, 3000), part(12, 500)];
for (const rate of [0.01, 0.01, 0.006, 0.003, 0.0015]) {
  epoch(training, rate);
  console.log(`validation accuracy ${epoch(validation, 0).toFixed(3)}`);
}

const b = new GraphBuilder();
let x = b.input('image', { dtype: 'float32', shape: [1, 1, size, size] });
x = b.add1('Transpose', [x], { perm: [0, 2, 3, 1] });
blocks.forEach((block, i) => {
  const w = b.constant(
    `conv${i}.weight`,
    tensor('float32', [block.outputs, 3, 3, block.inputs], block.weight),
  );
  const bias_ = b.constant(`conv${i}.bias`, tensor('float32', [block.outputs], block.bias));
  x = b.add1('Conv2d', [x, w, bias_], { pads: [1, 1, 1, 1], clampMin: 0 }, { name: `conv${i}` });
  x = b.add1('MaxPool2d', [x], { kernel: [2, 2], strides: [2, 2] }, { name: `pool${i}` });
});
x = b.add1('Reshape', [x], { shape: [1, features] }, { name: 'flatten' });
const dense = [
  b.constant('dense.weight', tensor('float32', [classes, features], weight)),
  b.constant('dense.bias', tensor('float32', [classes], bias)),
];
x = b.add1('FullyConnected', [x, ...dense], {}, { name: 'dense' });
x = b.add1('Softmax', [x], { axis: 1 }, { name: 'scores' });
b.output(x);
const graph = canonicalize(b.build('glyphs', 'imported', { format: 'edgec', ops: {}, notes: [] }));
writeFileSync(new URL('./model.onnx', import.meta.url), writeFormat(graph, 'onnx'));
