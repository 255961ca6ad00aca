// Makes the data of this example: 16×16 pictures of ten strokes figures, shifted, scaled in brightness and noisy.
// Everything comes from one seed: running it again gives the same bytes.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Random } from 'edgec';
import { writeNpz } from 'edgec/evaluate';

const size = 16;
const figures = [
  (x, y) => Math.abs(Math.hypot(x, y) - 4.5) < 1.2,
  (x) => Math.abs(x) < 1.2,
  (_, y) => Math.abs(y) < 1.2,
  (x, y) => Math.abs(x - y) < 1.5,
  (x, y) => Math.abs(x + y) < 1.5,
  (x, y) => Math.abs(x) < 1.1 || Math.abs(y) < 1.1,
  (x, y) => Math.abs(x - y) < 1.3 || Math.abs(x + y) < 1.3,
  (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 5.2 && Math.max(Math.abs(x), Math.abs(y)) > 3.4,
  (x) => Math.abs(Math.abs(x) - 3.5) < 1.1,
  (x, y) => y > -4.5 && Math.abs(Math.abs(x) - (y + 4.5) / 2) < 1.1,
];

export function picture(random, label) {
  const [dx, dy] = [random.uniform(-2.5, 2.5), random.uniform(-2.5, 2.5)];
  const [scale, level] = [random.uniform(0.8, 1.25), random.uniform(110, 220)];
  return Uint8Array.from({ length: size * size }, (_, i) => {
    const x = ((i % size) - 7.5 - dx) * scale;
    const y = (Math.floor(i / size) - 7.5 - dy) * scale;
    const inside = Math.hypot(x, y) < 7 && figures[label](x, y);
    return Math.max(0, Math.min(255, Math.round((inside ? level : 30) + random.normal(0, 42))));
  });
}

export function part(seed, count) {
  const random = new Random(seed);
  const x = new Uint8Array(count * size * size);
  const y = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    y[i] = i % figures.length;
    x.set(picture(random, y[i]), i * size * size);
  }
  return { x, y, count };
}

function write(name, seed, count) {
  const { x, y } = part(seed, count);
  const file = writeNpz([
    ['x', { dtype: 'uint8', shape: [count, 1, size, size], data: x }],
    ['y', { dtype: 'int32', shape: [count], data: y }],
  ]);
  writeFileSync(new URL(`./${name}.npz`, import.meta.url), file);
  const spec = {
    format: 'npz',
    path: `${name}.npz`,
    dtype: 'uint8',
    shape: [1, size, size],
    layout: 'NCHW',
    scale: 1 / 255,
    zeroPoint: 0,
    input: 'x',
    labels: 'y',
  };
  writeFileSync(new URL(`./${name}.json`, import.meta.url), `${JSON.stringify(spec, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  write('calibration', 11, 200);
  write('validation', 12, 500);
  write('test', 13, 1000);
}
