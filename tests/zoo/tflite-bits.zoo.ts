import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.ts';
import { loadModel, type Session } from '../../src/runtime/index.ts';
import { hasZoo, type ZooModel, zooModels, zooPath } from '../e2e/zoo.ts';
import { TfliteOracle } from '../oracles/tflite.ts';
import { TfliteFile } from '../oracles/tflite-file.ts';
import { type Inputs, inputsFor } from './inputs.ts';
import { printTable } from './table.ts';

/** What cannot be compared, with what stops it. An entry that compares after all, or fits no model, fails. */
const gaps: Readonly<Record<string, RegExp>> = {
  'coral/models/keras_lstm_mnist_ptq.tflite': /computes in float/,
  'tflm/models/audio_preprocessor_int8.tflite': /custom op 'SignalWindow' is not supported/,
  'tflm/models/person_detect.tflite': /tfjs-tflite refuses the model/,
};

/**
 * Graphs with variables, which TFLite runs on its builtin kernels instead of XNNPACK's: those round products and the sums
 * of depthwise convolutions twice, which is 1 off in a few elements of a thousand, and layers behind carry that on.
 */
const isBuiltin = (path: string): boolean => path.startsWith('mcu_misc/microwakeword/');
const builtinBound = { share: 0.05, greatest: 3 };

const eightBits = new Set(['INT8', 'UINT8']);

/** int8 and uint8 models, and single operators on such values. */
const isInteger = ({ format, precision, inputs, outputs }: ZooModel): boolean =>
  format === 'tflite' &&
  (precision === 'int8' ||
    precision === 'uint8' ||
    (precision === 'other' && [...inputs, ...outputs].some((t) => eightBits.has(t.dtype))));

const models = zooModels().filter(isInteger);

interface Comparison {
  elements: number;
  different: number;
  greatest: number;
}

const none: Comparison = { elements: 0, different: 0, greatest: 0 };

const sum = (a: Comparison, b: Comparison): Comparison => ({
  elements: a.elements + b.elements,
  different: a.different + b.different,
  greatest: Math.max(a.greatest, b.greatest),
});

function difference(found: ArrayLike<number>, expected: ArrayLike<number>): Comparison {
  expect(found.length).toBe(expected.length);
  let [different, greatest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(found[i] - expected[i]);
    if (distance === 0) continue;
    different++;
    if (!(distance <= greatest)) greatest = distance;
  }
  return { elements: expected.length, different, greatest };
}

/** Our outputs beside TFLite's on the same samples, one comparison an output. An int64 output cannot be had of the oracle. */
async function compare(bytes: Uint8Array, samplesFor: (session: Session, macs: number) => Promise<Inputs>) {
  const compiled = await compileModel({ model: bytes, precision: 'int8', target: { name: 'host' } });
  const { floatIslands } = compiled.manifest;
  if (floatIslands.length > 0) throw new Error(`computes in float: ${floatIslands}`);
  const session = await loadModel(compiled.package);
  const oracle = await TfliteOracle.open(bytes);
  const outputs = session.outputs.map(() => none);
  try {
    const inputs = await samplesFor(session, compiled.macs);
    if (session.outputs.some(({ type }) => type.dtype === 'int64')) return { inputs, outputs };
    for (const sample of inputs.samples) {
      const theirs = oracle.run(sample);
      const ours = session.runSync(
        Object.fromEntries(session.inputs.map(({ name }, i) => [name, sample[i]])),
      );
      session.outputs.forEach(({ name }, i) => {
        outputs[i] = sum(outputs[i], difference(ours[name].data as Int8Array, theirs[i].data));
      });
    }
    return { inputs, outputs };
  } finally {
    oracle.close();
    session.dispose();
  }
}

const macBudget = 2e9;
const countFor = (macs: number): number => Math.max(1, Math.min(32, Math.floor(macBudget / macs)));
const readable = new Set(['int8', 'uint8', 'int32', 'float32']);

interface Measured {
  source: string;
  final: Comparison;
  beforeSoftmax: Comparison;
  /** Every tensor that an operator makes. */
  inside: Comparison;
}

async function measure(path: string): Promise<Measured> {
  const bytes = readFileSync(zooPath(path));
  const { inputs, outputs } = await compare(bytes, (session, macs) =>
    inputsFor(session.inputs, countFor(macs)),
  );
  const file = new TfliteFile(bytes);
  const made = file.made().filter((t) => readable.has(t.dtype));
  const shown = file.showing(made.map((t) => t.index));
  const inside = (await compare(shown, async () => inputs)).outputs;
  const logits = file.beforeSoftmax()?.index;
  return {
    source: `${inputs.samples.length} ${inputs.source}`,
    final: outputs.reduce(sum, none),
    beforeSoftmax: inside.filter((_, i) => made[i].index === logits).reduce(sum, none),
    inside: inside.reduce(sum, none),
  };
}

const percent = ({ elements, different }: Comparison): string =>
  elements === 0 ? '-' : `${(100 * (1 - different / elements)).toFixed(different === 0 ? 0 : 4)} %`;

describe.skipIf(!hasZoo)('integer TFLite models give the bits of TFLite', () => {
  const rows: (string | number)[][] = [];
  afterAll(() => {
    const head = ['model', 'inputs', 'elements', 'equal', 'before softmax', 'inside', 'equal', 'greatest'];
    printTable('Bits of integer TFLite models against TFLite', head, rows);
  });

  test.each(models.map(({ path }) => path))('%s', async (path) => {
    const gap = gaps[path];
    if (gap) {
      await expect(measure(path), 'delete this gap').rejects.toThrow(gap);
      return;
    }
    const { source, final, beforeSoftmax, inside } = await measure(path);
    const all = sum(sum(final, beforeSoftmax), inside);
    rows.push([
      path,
      source,
      final.elements,
      percent(final),
      percent(beforeSoftmax),
      inside.elements,
      percent(inside),
      all.greatest,
    ]);
    if (isBuiltin(path)) {
      expect(all.different / all.elements).toBeLessThan(builtinBound.share);
      expect(all.greatest).toBeLessThanOrEqual(builtinBound.greatest);
      return;
    }
    expect(all, path).toMatchObject({ different: 0, greatest: 0 });
  });

  test('every gap names a model', () => {
    const paths = new Set(models.map(({ path }) => path));
    expect(Object.keys(gaps).filter((path) => !paths.has(path))).toEqual([]);
  });
});
