import type { MachinePeaks } from 'edgec';
import type { Contest } from '../contest.ts';
import { productsOf, type Results, ratios, shareOfPeak, timesOf, totalWork } from '../results.ts';

/** A table for people: what Markdown and HTML both show. */
export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const microseconds = (ns: number): string => (ns / 1e3).toFixed(ns < 1e5 ? 2 : ns < 1e7 ? 1 : 0);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const kibibytes = (bytes: number): string => (bytes / 1024).toFixed(0);
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

export const explanation =
  'Columns of peers: time of the peer / time of edgec, of the minima | of the medians; above 1 edgec is faster. ' +
  'ort is the native binding of ONNX Runtime, ort-public its documented interface; int8 models are QDQ with u8 activations. ' +
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
      `${microseconds(ours.minNs)} | ${microseconds(ours.medianNs)}`,
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
  const rows = contests.map((c) => {
    const { edgec, ort } = c.footprints;
    return [
      c.model,
      c.precision,
      kibibytes(c.packageBytes),
      mebibytes(c.weightBytes + c.arenaBytes),
      ...[edgec, ort].map((f) => `${microseconds(f.loadNs)} | ${microseconds(f.warmLoadNs)}`),
      ...[edgec, ort].map((f) => mebibytes(f.growthBytes)),
    ];
  });
  const header = ['model', 'precision', 'package KiB', 'weights + arena MiB', 'edgec load µs', 'ort load µs'];
  return {
    title: 'Loading (first | warm) and peak of resident memory over a bare Node, a process each',
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
