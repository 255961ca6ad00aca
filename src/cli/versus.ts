import { readFile } from 'node:fs/promises';
import { type Compiled, compileModel, writeFormat } from '../compiler/index.ts';
import { EdgecError, isPackage } from '../core/index.ts';
import {
  type Contender,
  edgecContender,
  type NamedInput,
  namedInputs,
  Ort,
  type RaceResult,
  race,
  type Saturation,
  stateInputs,
} from '../peers/index.ts';
import { hostTarget, loadModel } from '../runtime/index.ts';
import type { BenchVerbOptions } from './bench.ts';
import { executor } from './open.ts';
import { cpuName, milliseconds, print, threadCount } from './output.ts';
import { readingOf } from './reading.ts';

type Precision = 'int8' | 'float32';

/** A model in one precision, as each runtime takes it. */
interface Entry {
  precision: Precision;
  package: Uint8Array;
  onnx: string | Uint8Array;
}

interface Times {
  minNs: number;
  medianNs: number;
}

/** Time of the peer / time of edgec. */
interface Ratio {
  min: number;
  median: number;
}

interface RaceReport {
  precision: Precision;
  edgec: Times;
  peer: Times;
  ratio: Ratio;
  /** Where the fast products of the peer saturate: how many elements of its outputs that changes, and its exact products. */
  exact?: Saturation & { peer: Times; ratio: Ratio };
}

/** A model in one precision with those who race on it. */
interface Field extends Entry {
  threads: number;
  edgec: Contender;
  peer: Contender;
  exact?: Saturation & { peer: Contender };
}

/** Differences below this share are called a tie. */
const tie = 0.03;

/** Races a model file against ONNX Runtime, in float and in int8. */
export async function versus(path: string, options: BenchVerbOptions): Promise<void> {
  const ort = Ort.resolve();
  const notes: string[] = [];
  const entries = await entriesOf(path, options, notes);
  const fields: Field[] = [];
  const contenders = (): Contender[] => fields.flatMap(contendersOf);
  try {
    for (const entry of entries) fields.push(await enter(entry, ort, options));
    const [{ threads }] = fields;
    const results = await race(contenders(), { durationNs: options.duration * 1e9 });
    const races = fields.map((field) => report(field, results));
    notes.push(...saturationNotes(races));
    const findings = findingsOf(races);
    const cpu = cpuName();
    const peer = `onnxruntime-node ${ort.version}`;
    print(options, { peer, threads, cpu, races, findings, notes }, () => [
      `${path} on ${cpu}, ${threadCount(threads)}, against ${peer}`,
      ...races.flatMap(row),
      ...findings,
      ...notes.map((note) => `note: ${note}`),
    ]);
  } finally {
    for (const contender of contenders()) await contender.dispose();
  }
}

const contendersOf = ({ edgec, peer, exact }: Field): Contender[] => [
  edgec,
  peer,
  ...(exact ? [exact.peer] : []),
];

async function enter(entry: Entry, ort: Ort, options: BenchVerbOptions): Promise<Field> {
  const { precision } = entry;
  const session = await loadModel(entry.package, { executor: 'native', threads: options.threads });
  const { threads } = session;
  const inputs = namedInputs(session);
  const edgec = edgecContender(`edgec ${precision}`, session, inputs);
  try {
    return {
      ...entry,
      threads,
      edgec,
      ...openPeer(ort, entry, [...inputs, ...stateInputs(entry.package)], threads),
    };
  } catch (error) {
    await edgec.dispose();
    throw error;
  }
}

/** Throws E_ENV_PEER with what the peer says where it does not take the model. */
function openPeer(
  ort: Ort,
  { precision, onnx }: Entry,
  inputs: readonly NamedInput[],
  threads: number,
): Pick<Field, 'peer' | 'exact'> {
  try {
    const peer = ort.native(`ort ${precision}`, onnx, inputs, { threads });
    if (precision === 'float32') return { peer };
    const saturation = ort.saturation(onnx, inputs);
    if (saturation.changed === 0) return { peer };
    const exact = ort.native('ort exact', onnx, inputs, { threads, exact: true });
    return { peer, exact: { ...saturation, peer: exact } };
  } catch (error) {
    throw new EdgecError('E_ENV_PEER', 'ONNX Runtime does not take the model', {
      found: (error as Error).message.split('\n')[0],
      where: precision,
    });
  }
}

async function entriesOf(path: string, options: BenchVerbOptions, notes: string[]): Promise<Entry[]> {
  const reading = readingOf(options);
  const compile = (precision: Precision): Promise<Compiled> =>
    compileModel({ model: path, precision, target: hostTarget(), executor, ...reading });
  await refusePackage(path);
  const int8 = await compile('int8');
  const quantised: Entry = {
    precision: 'int8',
    package: int8.package,
    onnx: writeFormat(int8.quantizedGraph ?? int8.graph, 'onnx', { activations: 'u8' }),
  };
  notes.push(...int8.notes);
  if (int8.graph.stage === 'quantized') return [quantised];
  const float = await compile('float32');
  const onnx = float.graph.source.format === 'onnx' ? path : writeFormat(float.graph, 'onnx');
  return [quantised, { precision: 'float32', package: float.package, onnx }];
}

async function refusePackage(path: string): Promise<void> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes || !isPackage(bytes)) return;
  throw new EdgecError('E_CLI_USAGE', 'no other runtime takes a package', {
    expected: 'an .onnx or .tflite file',
    found: path,
    remedy: 'pass the model that the package was compiled from',
  });
}

const times = ({ minNs, medianNs }: RaceResult): Times => ({ minNs, medianNs });

const ratioOf = (peer: Times, edgec: Times): Ratio => ({
  min: peer.minNs / edgec.minNs,
  median: peer.medianNs / edgec.medianNs,
});

function report(field: Field, results: readonly RaceResult[]): RaceReport {
  const timesOf = ({ name }: Contender): Times => times(results.find((r) => r.name === name) as RaceResult);
  const [edgec, peer] = [timesOf(field.edgec), timesOf(field.peer)];
  const exactOf = ({ peer: exact, ...saturation }: NonNullable<Field['exact']>): RaceReport['exact'] => ({
    ...saturation,
    peer: timesOf(exact),
    ratio: ratioOf(timesOf(exact), edgec),
  });
  return {
    precision: field.precision,
    edgec,
    peer,
    ratio: ratioOf(peer, edgec),
    ...(field.exact && { exact: exactOf(field.exact) }),
  };
}

function row({ precision, edgec, peer, ratio, exact }: RaceReport): string[] {
  const both = ({ minNs, medianNs }: Times): string => `${milliseconds(minNs)} | ${milliseconds(medianNs)}`;
  const words = ({ min, median }: Ratio): string =>
    `ratio ${min.toFixed(2)} | ${median.toFixed(2)} (min | median)`;
  const first = `${precision.padEnd(8)} edgec ${both(edgec)}   ONNX Runtime ${both(peer)}   ${words(ratio)}`;
  if (!exact) return [first];
  return [
    first,
    `${precision.padEnd(8)} exact products: ONNX Runtime ${both(exact.peer)}   ${words(exact.ratio)}`,
  ];
}

/** Who is faster by the medians, in words. */
function findingsOf(races: readonly RaceReport[]): string[] {
  const found = races.map(({ precision, ratio: { median } }) => {
    if (Math.abs(median - 1) <= tie) return `${precision}: edgec and ONNX Runtime are equally fast`;
    return median > 1
      ? `${precision}: edgec is ${median.toFixed(2)} times as fast as ONNX Runtime`
      : `${precision}: ONNX Runtime is faster, ${(1 / median).toFixed(2)} times as fast as edgec`;
  });
  const [int8, float] = races;
  if (!float) return found;
  const gain = float.edgec.medianNs / int8.edgec.medianNs;
  const words =
    gain < 1
      ? `float is faster than int8 here, ${(1 / gain).toFixed(2)} times as fast`
      : `int8 is ${gain.toFixed(2)} times as fast as float`;
  return [...found, `edgec: ${words}`];
}

const saturationNotes = (races: readonly RaceReport[]): string[] =>
  races.flatMap(({ exact }) =>
    exact
      ? [
          `ONNX Runtime's fast products of bytes saturate on this CPU: ${exact.changed} of ${exact.elements} elements of its outputs are not what exact ones make`,
        ]
      : [],
  );
