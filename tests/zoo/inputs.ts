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
import { zooHas } from '../e2e/zoo.ts';
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
  path: string;
  fits(shape: readonly number[]): boolean;
  spec?: DatasetSpec;
  /** Pictures take the size of the input. */
  picture: boolean;
}

const mfcc = { dtype: 'int8', shape: [49, 10, 1], scale: 0.5847029089927673, zeroPoint: 83 } as const;
const isPicture = (s: readonly number[], size?: number): boolean =>
  s.length === 4 && s[0] === 1 && s[3] === 3 && s[1] >= 32 && (size ?? s[1]) === s[1];

const sources: readonly Source[] = [
  {
    name: 'kws01',
    path: 'mlperf_tiny/data/kws01',
    fits: (s) => s.join() === '1,49,10,1',
    spec: mfcc,
    picture: false,
  },
  {
    name: 'ad01',
    path: 'mlperf_tiny/data/ad01',
    fits: (s) => s.join() === '1,640',
    picture: false,
  },
  {
    name: 'MNIST',
    path: 'datasets/mnist/t10k-0-6000-images-idx3-ubyte.gz',
    fits: (s) => s.join() === '1,28,28,1',
    spec: { format: 'idx', labels: false, scale: 1 / 255 },
    picture: false,
  },
  {
    name: 'ic01',
    path: 'mlperf_tiny/data/ic01',
    fits: (s) => isPicture(s, 32),
    spec: { shape: [32, 32, 3] },
    picture: true,
  },
  {
    name: 'vww01',
    path: 'mlperf_tiny/data/vww01',
    fits: (s) => isPicture(s),
    spec: { shape: [96, 96, 3] },
    picture: true,
  },
];

function openSource({ path, spec, picture }: Source, [, height, width]: readonly number[]): Promise<Dataset> {
  const resize = picture ? ({ height, width, fit: 'stretch', method: 'bilinear' } as const) : undefined;
  return openDataset(zooData(path.replaceAll('/', '-'), { ...spec, resize, path }));
}

/** Real inputs where the zoo has data of the shape of a lone input, else seeded ones. */
export async function inputsFor(ports: readonly PortInfo[], count: number): Promise<Inputs> {
  const [{ type }] = ports;
  const source = ports.length === 1 ? sources.find((s) => s.fits(type.shape) && zooHas(s.path)) : undefined;
  if (!source) return { source: 'seeded', samples: seededSamples(ports, count) };
  const dataset = await openSource(source, type.shape);
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
