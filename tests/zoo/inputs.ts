import { elementCount, Random, rne, type TensorType, type TypedArray } from '../../src/core/index.ts';
import {
  type Dataset,
  type DatasetSpec,
  modelInput,
  openDataset,
  realInput,
  spreadIndexes,
} from '../../src/evaluate/index.ts';
import type { PortInfo } from '../../src/runtime/index.ts';
import { zooData } from './data.ts';

export interface Inputs {
  /** Where they come from. */
  source: string;
  /** Of each sample, one array an input. */
  samples: TypedArray[][];
}

type Values = (random: Random) => number;

const draws: Partial<Record<TensorType['dtype'], Values>> = {
  int8: (random) => random.int(-128, 127),
  uint8: (random) => random.int(0, 255),
  float32: (random) => random.uniform(-1, 1),
};

/** Seeded elements over the whole range of a type; reals in [-1, 1). */
export function drawn(random: Random, { dtype, shape }: TensorType): TypedArray {
  const draw = draws[dtype] ?? (() => 0);
  const values = Array.from({ length: elementCount(shape) }, () => draw(random));
  if (dtype === 'int8') return Int8Array.from(values);
  return dtype === 'uint8' ? Uint8Array.from(values) : Float32Array.from(values);
}

/** Pixels 0 to 255 fill the range of an integer input; a real one takes them from 0 to 1. */
function pixels(values: Float32Array, { dtype }: TensorType): TypedArray {
  if (dtype === 'float32') return values.map((v) => v / 255);
  return dtype === 'int8' ? Int8Array.from(values, (v) => rne(v) - 128) : Uint8Array.from(values, rne);
}

interface Source {
  name: string;
  fits(shape: readonly number[]): boolean;
  open(shape: readonly number[]): Promise<Dataset>;
  picture: boolean;
}

const zooDataset = (path: string, spec: DatasetSpec = {}): Promise<Dataset> =>
  openDataset(zooData(path.replaceAll('/', '-'), { ...spec, path }));

const tiny = 'mlperf_tiny/data';
const mfcc = { dtype: 'int8', shape: [49, 10, 1], scale: 0.5847029089927673, zeroPoint: 83 } as const;
const isPicture = (s: readonly number[], size?: number): boolean =>
  s.length === 4 && s[0] === 1 && s[3] === 3 && s[1] >= 32 && (size ?? s[1]) === s[1];

const sources: readonly Source[] = [
  {
    name: 'kws01',
    fits: (s) => s.join() === '1,49,10,1',
    open: () => zooDataset(`${tiny}/kws01`, mfcc),
    picture: false,
  },
  {
    name: 'ad01',
    fits: (s) => s.join() === '1,640',
    open: () => zooDataset(`${tiny}/ad01`),
    picture: false,
  },
  {
    name: 'MNIST',
    fits: (s) => s.join() === '1,28,28,1',
    open: () =>
      zooDataset('datasets/mnist/t10k-0-6000-images-idx3-ubyte.gz', {
        format: 'idx',
        labels: false,
        scale: 1 / 255,
      }),
    picture: false,
  },
  {
    name: 'ic01',
    fits: (s) => isPicture(s, 32),
    open: () => zooDataset(`${tiny}/ic01`, { shape: [32, 32, 3] }),
    picture: true,
  },
  {
    name: 'vww01',
    fits: (s) => isPicture(s),
    open: ([, height, width]) =>
      zooDataset(`${tiny}/vww01`, {
        shape: [96, 96, 3],
        resize: { height, width, fit: 'stretch', method: 'bilinear' },
      }),
    picture: true,
  },
];

/** Real inputs where the zoo has data of the shape of a lone input, else seeded ones. */
export async function inputsFor(ports: readonly PortInfo[], count: number): Promise<Inputs> {
  const [{ type }] = ports;
  const source = ports.length === 1 ? sources.find((s) => s.fits(type.shape)) : undefined;
  if (!source) return { source: 'seeded', samples: seededSamples(ports, count) };
  const dataset = await source.open(type.shape);
  const samples = spreadIndexes(dataset.count, count).map((i) => {
    const sample = dataset.sample(i);
    return [source.picture ? pixels(realInput(sample, type), type) : modelInput(sample, type)];
  });
  return { source: source.name, samples };
}

export function seededSamples(ports: readonly PortInfo[], count: number): TypedArray[][] {
  const random = new Random(7);
  return Array.from({ length: count }, () => ports.map(({ type }) => drawn(random, type)));
}
