import { Random } from '../../src/core/index.ts';
import { mutateBytes } from './mutate/bytes.ts';
import { mutateEdgec } from './mutate/edgec.ts';
import { mutateOnnx } from './mutate/onnx.ts';
import { mutateTflite } from './mutate/tflite.ts';
import { edgecSeeds } from './seeds/edgec.ts';
import { onnxSeeds } from './seeds/onnx.ts';
import { tfliteSeeds } from './seeds/tflite.ts';

export const formats = ['onnx', 'tflite', 'edgec'] as const;
export type Format = (typeof formats)[number];

/** Unbroken files by format. */
export type Corpus = Readonly<Record<Format, readonly Uint8Array[]>>;

export interface Mutant {
  readonly format: Format;
  readonly bytes: Uint8Array;
  readonly structured: boolean;
  /** Draws what else a run needs. */
  readonly random: Random;
}

/** Seeds made by the generators of this folder, the same for the same `seed`. */
export const corpusOf = async (seed: number): Promise<Corpus> => ({
  onnx: onnxSeeds(seed),
  tflite: tfliteSeeds(seed),
  edgec: await edgecSeeds(seed),
});

const mutators: Readonly<
  Record<Format, (bytes: Uint8Array, other: Uint8Array, random: Random) => Uint8Array>
> = {
  onnx: mutateOnnx,
  tflite: (bytes, _, random) => mutateTflite(bytes, random),
  edgec: mutateEdgec,
};

/** Mutant `n` of `seed`, whatever came before it. Formats take turns; three of four mutants know the format. */
export function mutantOf(corpus: Corpus, seed: number, n: number): Mutant {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ n);
  const format = formats[n % formats.length];
  const [bytes, other] = [random.pick(corpus[format]), random.pick(corpus[format])];
  const structured = random.int(0, 3) > 0;
  const mutate = structured ? mutators[format] : mutateBytes;
  return { format, structured, random, bytes: mutate(bytes, other, random) };
}
