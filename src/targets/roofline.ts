import { opByName, type PackageGraph, tensorBytes } from '../core/index.ts';
import type { Target } from './define-target.ts';

/** A latency with the interval that nine of ten models should fall into. Never a bare number. */
export interface LatencyPrediction {
  readonly valueNs: number;
  readonly p10Ns: number;
  readonly p90Ns: number;
  readonly method: 'roofline' | 'measured';
  readonly calibrated: boolean;
}

/** Share of the ceiling that networks reach, and how far models spread around it. */
const efficiency = { low: 0.12, middle: 0.3, high: 0.7 };
const nodeOverheadNs = 300;

/** Each node takes the longer of its arithmetic and its memory traffic; uncalibrated, hence the wide interval. */
export function predictLatency(target: Target, graph: PackageGraph): LatencyPrediction {
  let idealNs = 0;
  for (const node of graph.nodes) {
    const types = node.inputs.map((i) => (i === undefined ? undefined : graph.values[i].type));
    const outputs = node.outputs.map((i) => graph.values[i].type);
    const macs = opByName(node.op).cost?.(types, outputs, node.attrs as never).macs ?? 0;
    const rate = types[0]?.dtype === 'int8' ? target.macsPerCycle.int8 : target.macsPerCycle.float32;
    const bytes = [...types, ...outputs].reduce((n, t) => n + (t ? tensorBytes(t) : 0), 0);
    idealNs += Math.max((macs / rate / target.clockHz) * 1e9, (bytes / target.memoryBytesPerSecond) * 1e9);
  }
  const overheadNs = graph.nodes.length * nodeOverheadNs;
  const at = (share: number): number => Math.round(idealNs / share + overheadNs);
  return {
    valueNs: at(efficiency.middle),
    p10Ns: at(efficiency.high),
    p90Ns: at(efficiency.low),
    method: 'roofline',
    calibrated: false,
  };
}
