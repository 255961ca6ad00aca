import { readFile } from 'node:fs/promises';
import { type Compiled, compileModel, writeFormat } from '../compiler/index.ts';
import { EdgecError, isPackage } from '../core/index.ts';
import { type Contender, edgecContender, namedInputs, Ort, type RaceResult, race } from '../peers/index.ts';
import { loadModel } from '../runtime/index.ts';
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

interface RaceReport {
  precision: Precision;
  edgec: Times;
  peer: Times;
  /** Time of the peer / time of edgec. */
  ratio: { min: number; median: number };
}

/** Differences below this share are called a tie. */
const tie = 0.03;

/** Races a model file against ONNX Runtime, in float and in int8. */
export async function versus(path: string, options: BenchVerbOptions): Promise<void> {
  const ort = Ort.resolve();
  const notes: string[] = [];
  const entries = await entriesOf(path, options, notes);
  const contenders: Contender[] = [];
  let threads = 1;
  try {
    for (const { precision, package: bytes, onnx } of entries) {
      const session = await loadModel(bytes, { executor: 'native', threads: options.threads });
      threads = session.threads;
      const inputs = namedInputs(session);
      contenders.push(edgecContender(`edgec ${precision}`, session, inputs));
      contenders.push(openPeer(ort, precision, onnx, inputs, threads));
    }
    const results = await race(contenders, { durationNs: options.duration * 1e9 });
    const races = entries.map(({ precision }, i) => report(precision, results[2 * i], results[2 * i + 1]));
    const findings = findingsOf(races);
    const cpu = cpuName();
    const peer = `onnxruntime-node ${ort.version}`;
    print(options, { peer, threads, cpu, races, findings, notes }, () => [
      `${path} on ${cpu}, ${threadCount(threads)}, against ${peer}`,
      ...races.map(row),
      ...findings,
      ...notes.map((note) => `note: ${note}`),
    ]);
  } finally {
    for (const contender of contenders) await contender.dispose();
  }
}

/** Throws E_ENV_PEER with what the peer says where it does not take the model. */
function openPeer(
  ort: Ort,
  precision: Precision,
  onnx: Entry['onnx'],
  inputs: ReturnType<typeof namedInputs>,
  threads: number,
): Contender {
  try {
    return ort.native(`ort ${precision}`, onnx, inputs, { threads });
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
    compileModel({ model: path, precision, target: { name: 'host' }, executor, ...reading });
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

const report = (precision: Precision, edgec: RaceResult, peer: RaceResult): RaceReport => ({
  precision,
  edgec: times(edgec),
  peer: times(peer),
  ratio: { min: peer.minNs / edgec.minNs, median: peer.medianNs / edgec.medianNs },
});

function row({ precision, edgec, peer, ratio }: RaceReport): string {
  const both = ({ minNs, medianNs }: Times): string => `${milliseconds(minNs)} | ${milliseconds(medianNs)}`;
  return (
    `${precision.padEnd(8)} edgec ${both(edgec)}   ONNX Runtime ${both(peer)}   ` +
    `ratio ${ratio.min.toFixed(2)} | ${ratio.median.toFixed(2)} (min | median)`
  );
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
