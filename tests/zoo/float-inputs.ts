import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { elementCount, type Random, type TensorType, type TypedArray } from '../../src/core/index.ts';
import { zooPath } from '../e2e/zoo.ts';

type Draw = (type: TensorType, random: Random) => Float32Array;

const folders = new Map<string, Uint8Array[]>();

/** Every file of a folder of raw samples, in the order of their names. */
function samplesIn(folder: string): Uint8Array[] {
  const known = folders.get(folder);
  if (known) return known;
  const names = readdirSync(zooPath(folder)).filter((name) => name.endsWith('.bin'));
  const files = names.sort().map((name) => new Uint8Array(readFileSync(zooPath(`${folder}/${name}`))));
  folders.set(folder, files);
  return files;
}

const pick = <T>(list: readonly T[], random: Random): T => list[random.int(0, list.length - 1)];

const normal: Draw = ({ shape }, random) =>
  Float32Array.from({ length: elementCount(shape) }, () => random.normal());

const uniform =
  (low: number, high: number): Draw =>
  ({ shape }, random) =>
    Float32Array.from({ length: elementCount(shape) }, () => random.uniform(low, high));

const keywords: Draw = (_, random) =>
  Float32Array.from(
    pick(samplesIn('mlperf_tiny/data/kws01'), random),
    (byte) => (((byte << 24) >> 24) - 83) * 0.5847029089927673,
  );

/** Five frames of 128 mel bands out of a recording of a machine. */
const machine: Draw = (_, random) => {
  const file = pick(samplesIn('mlperf_tiny/data/ad01'), random);
  const values = new Float32Array(file.buffer, file.byteOffset, file.length / 4);
  const frame = random.int(0, values.length / 128 - 5);
  return values.slice(frame * 128, frame * 128 + 640);
};

let digits: Uint8Array | undefined;

const digit =
  (scale: number, offset: number): Draw =>
  (_, random) => {
    digits ??= gunzipSync(readFileSync(zooPath('datasets/mnist/t10k-0-6000-images-idx3-ubyte.gz')));
    const at = 16 + 784 * random.int(0, 5999);
    return Float32Array.from(digits.subarray(at, at + 784), (v) => v * scale + offset);
  };

interface Picture {
  readonly data: Uint8Array;
  readonly side: number;
}

const photograph = (random: Random): Picture => ({
  data: pick(samplesIn('mlperf_tiny/data/vww01'), random),
  side: 96,
});
const thumbnail = (random: Random): Picture => ({
  data: pick(samplesIn('mlperf_tiny/data/ic01'), random),
  side: 32,
});

/** A real picture, enlarged to the input with bilinear steps, in the layout that the shape shows. */
const picture =
  (scale: number, offset = 0, source = photograph): Draw =>
  ({ shape }, random) => {
    const channelsFirst = shape[1] <= 3;
    const [height, width, channels] = channelsFirst ? [shape[2], shape[3], shape[1]] : shape.slice(1);
    const out = new Float32Array(elementCount(shape));
    const size = height * width * channels;
    for (let n = 0; n < shape[0]; n++) {
      const { data, side } = source(random);
      for (let y = 0, to = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          for (let c = 0; c < channels; c++, to++) {
            const value = pixelAt(data, side, (y / height) * (side - 1), (x / width) * (side - 1), c);
            const at = channelsFirst ? (c * height + y) * width + x : to;
            out[n * size + at] = value * scale + offset;
          }
        }
      }
    }
    return out;
  };

function pixelAt(data: Uint8Array, side: number, y: number, x: number, c: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [fy, fx] = [y - top, x - left];
  const at = (row: number, column: number): number =>
    data[(Math.min(row, side - 1) * side + Math.min(column, side - 1)) * 3 + c];
  const upper = at(top, left) * (1 - fx) + at(top, left + 1) * fx;
  const lower = at(top + 1, left) * (1 - fx) + at(top + 1, left + 1) * fx;
  return upper * (1 - fy) + lower * fy;
}

/** What goes into a model, by a part of its path: real samples where there are some, scaled as its authors do. */
const draws: readonly (readonly [part: string, draw: Draw])[] = [
  ['kws_', keywords],
  ['_kws', keywords],
  ['etrainedResnet', picture(1, 0, thumbnail)],
  ['ad01', machine],
  ['ToyCar', machine],
  ['mobilenet_v2_128', picture(1 / 127.5, -1)],
  ['sine', uniform(0, 2 * Math.PI)],
  ['hello_world', uniform(0, 2 * Math.PI)],
  ['cifar10', picture(1 / 255, 0, thumbnail)],
  ['cnn_mnist', digit(1 / 255 / 0.3081, -0.1307 / 0.3081)],
  ['mnist-8', digit(1, 0)],
  ['mnist', digit(1 / 255, 0)],
  ['autoencoder_example', uniform(0, 1)],
  ['image_example1', picture(1 / 64, -2)],
  ['rock_paper_scissors', picture(1 / 64, -2)],
  ['edsr', picture(1)],
  ['face_detection', picture(1 / 127.5, -1)],
  ['ultraface', picture(1 / 128, -127 / 128)],
  ['yunet', picture(1)],
  ['fastestdet', picture(1 / 255)],
  ['hand_gesture', uniform(-1, 1)],
  ['simplified_ssd', picture(1 / 58, -2)],
  ['super_resolution', picture(1 / 255)],
  ['SINet', picture(1 / 64 / 255, -1.7 / 255)],
  ['onnx_light', picture(1 / 58, -2)],
  ['espcn', picture(1 / 255)],
];

/** The one integer that a model of the zoo takes: samples of a second. */
const samplingRateHz = 16000n;

/** One seeded sample for an input of the model at `path`. */
export function drawInput(path: string, type: TensorType, random: Random): TypedArray {
  if (type.dtype === 'int64') return new BigInt64Array(elementCount(type.shape)).fill(samplingRateHz);
  const [, draw] = draws.find(([part]) => path.includes(part)) ?? ['', normal];
  return draw(type, random);
}
