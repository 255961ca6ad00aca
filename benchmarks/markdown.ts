import type { Contest } from './contest.ts';
import { type Results, ratios } from './results.ts';

export const microseconds = (ns: number): string => (ns / 1e3).toFixed(ns < 1e5 ? 2 : ns < 1e7 ? 1 : 0);

/** One contest in one line. */
export function row(contest: Contest): string {
  const [ours] = contest.results;
  const peers = ratios(contest).map((r) => `${r.peer} ${r.min.toFixed(2)} / ${r.median.toFixed(2)}`);
  return `${contest.model} ${contest.precision}: ${microseconds(ours.minNs)} µs; ${peers.join(', ')}`;
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Ops in which ONNX Runtime multiplies integers. */
const integerProduct = /^(QLinearConv|QGemm|QLinearMatMul|MatMulInteger\w*|ConvInteger)$/;
const realProduct = /^(Conv|FusedConv|Gemm|FusedGemm|MatMul|FusedMatMul)$/;

const countOf = (ops: Contest['ortOps'], pattern: RegExp): number =>
  Object.entries(ops).reduce((sum, [op, count]) => sum + (pattern.test(op) ? count : 0), 0);

function contestRow(contest: Contest): string[] {
  const [ours] = contest.results;
  const gmacs = contest.macs / ours.minNs;
  return [
    contest.model,
    contest.precision,
    (contest.macs / 1e6).toFixed(2),
    microseconds(ours.minNs),
    gmacs.toFixed(1),
    ...ratios(contest).map((r) => `${r.min.toFixed(2)} / ${r.median.toFixed(2)}`),
    `${countOf(contest.ortOps, integerProduct)} + ${countOf(contest.ortOps, realProduct)}`,
    `${(contest.packageBytes / 1024).toFixed(0)}`,
  ];
}

function layers(contest: Contest): string {
  const total = contest.layers.reduce((sum, layer) => sum + layer.latencyNs, 0);
  const rows = contest.layers.map(({ node, op, kernel, latencyNs }) => [
    node,
    op,
    kernel,
    microseconds(latencyNs),
    `${((100 * latencyNs) / total).toFixed(1)} %`,
  ]);
  return `### ${contest.model} ${contest.precision}\n\n${table(['node', 'op', 'kernel', 'µs', 'share'], rows)}`;
}

/** The results as a page of Markdown. */
export function markdown(results: Results): string {
  const { contests } = results;
  const peers = contests[0] ? ratios(contests[0]).map((r) => r.peer) : [];
  const header = [
    'model',
    'precision',
    'MMAC',
    'edgec µs',
    'GMAC/s',
    ...peers,
    "ORT's products",
    'package KiB',
  ];
  const versions = Object.entries(results.peers).map(([name, version]) => `${name} ${version}`);
  const threads = [...new Set(contests.map((c) => c.threads))].join(', ');
  return [
    '# Benchmarks',
    `${results.cpu}, ${threads} thread(s), Node ${results.node}, ${versions.join(', ')}.`,
    'Columns of peers: time of the peer / time of edgec, of the minima / of the medians; above 1 edgec is faster. ' +
      "ORT's products: how many matrix products and convolutions of the graph that it really runs are in integers + in float.",
    table(header, contests.map(contestRow)),
    '## Layers of edgec',
    ...contests.map(layers),
    '',
  ].join('\n\n');
}
