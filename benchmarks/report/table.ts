import type { MachinePeaks } from 'edgec';
import type { RaceResult } from '#peers';
import type { Contest } from '../contest.ts';
import type { InstructionTimes } from '../instructions.ts';
import { productsOf, type Results, ratios, shareOfPeak, timesOf, totalWork } from '../results.ts';
import type { ThreadTimes } from '../threads.ts';

/** A table for people: what Markdown and HTML both show. */
export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const microseconds = (ns: number): string => (ns / 1e3).toFixed(ns < 1e5 ? 2 : ns < 1e7 ? 1 : 0);
const both = ({ minNs, medianNs }: RaceResult): string =>
  `${microseconds(minNs)} | ${microseconds(medianNs)}`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const kibibytes = (bytes: number): string => (bytes / 1024).toFixed(0);
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

export const explanation =
  'Columns of peers: time of the peer / time of edgec, of the minima | of the medians; above 1 edgec is faster. ' +
  'ort is the native binding of ONNX Runtime, ort-public its documented interface, ort-exact the native binding where its ' +
  'default saturates products of bytes; int8 models are QDQ with u8 activations. ' +
  'Products: how many convolutions and matrix products of the graph that ONNX Runtime really runs are in integers + in floats. ' +
  'Peak: the share of the multiply-accumulates that one core can do, measured in the same run.';

/** What was measured, on what. */
export function machine({ cpu, node, peers, peaks, addonBytes, contests }: Results): string {
  const threads = [...new Set(contests.map((c) => c.threads))].join(', ');
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  const giga = (rate: number): string => (rate / 1e9).toFixed(1);
  return (
    `${cpu}, ${threads} thread(s), Node ${node}, ${versions.join(', ')}. Peaks of one core: int8 ${giga(peaks.int8)} GMAC/s, ` +
    `float ${giga(peaks.float32)} GMAC/s, copies in its caches ${giga(peaks.bytes)} GB/s. Native engine: ${kibibytes(addonBytes)} KiB.`
  );
}

/** One contest in one line. */
export function line(contest: Contest, peaks: MachinePeaks): string {
  const peers = ratios(contest).map((r) => `${r.peer} ${r.min.toFixed(2)} | ${r.median.toFixed(2)}`);
  const absent = Object.entries(contest.absent).map(([peer, reason]) => `${peer} absent (${reason})`);
  return (
    `${contest.model} ${contest.precision}: ${microseconds(timesOf(contest).minNs)} µs, ` +
    `${percent(shareOfPeak(contest, peaks))} of peak; ${[...peers, ...absent].join(', ')}`
  );
}

const ratio = (time: RaceResult, of: RaceResult): string =>
  `${(time.minNs / of.minNs).toFixed(2)} | ${(time.medianNs / of.medianNs).toFixed(2)}`;

const counts = [2, 'auto'] as const;

const threadCells = ({ undisturbed, disturbed }: ThreadTimes): string[] => [
  both(undisturbed[1]),
  ...counts.map((n) => ratio(undisturbed[1], undisturbed[n])),
  ...counts.map((n) => ratio(disturbed[n], undisturbed[1])),
];

const threadHeader = [
  'one thread µs',
  'gain of two',
  'gain of auto',
  'time of two beside a busy loop',
  'time of auto beside it',
];

/** Two threads and `auto`: the time of one thread / theirs. Beside a busy loop: their time / that of one thread undisturbed. */
export const threadTable = ({ threadTimes }: Results): Table => ({
  title: 'Threads: gain over one; time beside a busy loop in times of one undisturbed',
  header: ['model', 'precision', ...threadHeader],
  rows: threadTimes.map((times) => [times.model, times.precision, ...threadCells(times)]),
});

const labelled = (labels: readonly string[], cells: readonly string[]): string =>
  labels.map((label, i) => `${label} ${cells[i]}`).join(', ');

export const threadLine = (times: ThreadTimes): string =>
  `${times.model} ${times.precision}: ${labelled(threadHeader, threadCells(times))}`;

const instructionCells = ({ isa, int8, float32, sameBytes, bestIsa }: InstructionTimes): string[] => [
  isa,
  both(int8),
  both(float32),
  ratio(float32, int8),
  `${sameBytes ? 'equal to' : 'differ from'} ${bestIsa}`,
];

const instructionHeader = ['instructions', 'int8 µs', 'float µs', 'gain of int8', 'bytes'];

export const instructionTable = ({ instructionTimes }: Results): Table => ({
  title: 'Instruction sets: int8 against float',
  header: ['model', ...instructionHeader],
  rows: instructionTimes.map((times) => [times.model, ...instructionCells(times)]),
});

export const instructionLine = (times: InstructionTimes): string =>
  `${times.model}: ${labelled(instructionHeader, instructionCells(times))}`;

export const leftOutTable = ({ leftOut }: Results): Table => ({
  title: 'Left out',
  header: ['model', 'reason'],
  rows: leftOut.map(({ model, reason }) => [model, reason]),
});

/** The tables of a run that say something. */
export const summaries = (results: Results): Table[] =>
  [ratioTable, threadTable, instructionTable, footprintTable, leftOutTable]
    .map((table) => table(results))
    .filter(({ rows }) => rows.length > 0);

export function ratioTable({ contests, peaks }: Results): Table {
  const names = [...new Set(contests.flatMap((c) => ratios(c).map((r) => r.peer)))];
  const rows = contests.map((contest) => {
    const ours = timesOf(contest);
    const found = ratios(contest);
    const products = productsOf(contest);
    return [
      contest.model,
      contest.precision,
      (totalWork(contest).macs / 1e6).toFixed(2),
      both(ours),
      percent(shareOfPeak(contest, peaks)),
      ...names.map((name) => {
        const ratio = found.find((r) => r.peer === name);
        return ratio ? `${ratio.min.toFixed(2)} | ${ratio.median.toFixed(2)}` : '–';
      }),
      `${products.integer} + ${products.float}`,
    ];
  });
  return {
    title: 'Ratios',
    header: ['model', 'precision', 'MMAC', 'edgec µs', 'peak', ...names, 'products'],
    rows,
  };
}

export function footprintTable({ contests }: Results): Table {
  const rows = contests.flatMap((c) => {
    if (!c.footprints) return [];
    const { edgec, ort } = c.footprints;
    return [
      [
        c.model,
        c.precision,
        kibibytes(c.packageBytes),
        mebibytes(c.weightBytes + c.arenaBytes),
        ...[edgec, ort].map((f) => `${microseconds(f.loadNs)} | ${microseconds(f.warmLoadNs)}`),
        ...[edgec, ort].map((f) => mebibytes(f.growthBytes)),
      ],
    ];
  });
  const header = ['model', 'precision', 'package KiB', 'weights + arena MiB', 'edgec load µs', 'ort load µs'];
  return {
    title:
      'Loading (first | warm) and peak of resident memory over a bare Node, medians of five processes each',
    header: [...header, 'edgec growth MiB', 'ort growth MiB'],
    rows,
  };
}

export function layerTable({ model, precision, layers }: Contest): Table {
  const total = layers.reduce((sum, layer) => sum + layer.latencyNs, 0);
  return {
    title: `Layers of ${model} ${precision}`,
    header: ['node', 'op', 'kernel', 'µs', 'share', 'GMAC/s'],
    rows: layers.map(({ node, op, kernel, latencyNs, macs }) => [
      node,
      op,
      kernel,
      microseconds(latencyNs),
      percent(latencyNs / total),
      (macs / latencyNs).toFixed(1),
    ]),
  };
}
