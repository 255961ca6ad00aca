import { EdgecError, numericsId, type TypedArray, writePackage } from '../../core/index.ts';
import type { Executor, OpenModel } from '../executor.ts';
import { type Graph, givenInputs, type ValueId, valueOf } from '../graph/index.ts';
import { lower } from '../lower/index.ts';
import type { Range } from '../quantize/index.ts';
import { entropyRange, mseRange, percentileRange } from './choose-range.ts';
import { Histogram } from './histogram.ts';

export const observers = ['minmax', 'percentile', 'mse', 'entropy'] as const;
export type Observer = (typeof observers)[number];

/** One sample: the real values of every graph input, in the order of the inputs. */
export type CalibrationSample = readonly TypedArray[];

export interface CalibrateOptions {
  samples: readonly CalibrationSample[];
  observer: Observer;
  executor: Executor;
  onProgress?(done: number, total: number): void;
}

/** Values left out at each end by the percentile observer. */
const percentileShare = 1e-4;

/** Runs the float graph over samples on `executor` and returns the range of every float value. */
export async function calibrate(graph: Graph, options: CalibrateOptions): Promise<Map<ValueId, Range>> {
  const { graph: lowered, indexOf, states } = lower(graph, { everyValue: true });
  const watched = [...indexOf].filter(([id]) => {
    const { type, constant } = valueOf(graph, id);
    return type.dtype === 'float32' && constant === undefined;
  });
  const bytes = writePackage({
    manifest: { ...calibrationManifest(graph), states },
    graph: lowered,
    plans: [],
  });
  const model = await options.executor(bytes, { keepAll: true });
  try {
    return observe(graph, model, watched, options);
  } finally {
    model.dispose();
  }
}

const calibrationManifest = (graph: Graph) => ({
  name: graph.name,
  numerics: numericsId,
  precision: 'float32' as const,
  target: 'host',
  edgec: 'calibration',
  source: { file: '', format: graph.source.format, sha256: '' },
  floatIslands: [],
  notes: [],
  macs: 0,
});

function observe(
  graph: Graph,
  model: OpenModel,
  watched: readonly (readonly [ValueId, number])[],
  { samples, observer, onProgress }: CalibrateOptions,
): Map<ValueId, Range> {
  const passes = observer === 'minmax' ? 1 : 2;
  const ranges = new Map<ValueId, Range>();
  const visit = (pass: number, each: (id: ValueId, index: number) => void): void => {
    samples.forEach((sample, i) => {
      model.runSync(
        Object.fromEntries(givenInputs(graph).map((id, k) => [valueOf(graph, id).name, sample[k]])),
      );
      for (const [id, index] of watched) each(id, index);
      onProgress?.(pass * samples.length + i + 1, passes * samples.length);
    });
  };
  visit(0, (id, index) => {
    const found = model.rangeAt(index);
    if (!isFinite(found)) throw notFinite(valueOf(graph, id).name);
    const known = ranges.get(id) ?? found;
    ranges.set(id, { min: Math.min(known.min, found.min), max: Math.max(known.max, found.max) });
  });
  if (observer === 'minmax') return ranges;
  const histograms = new Map([...ranges].map(([id, range]) => [id, new Histogram(range)]));
  visit(1, (id, index) => histograms.get(id)?.add(model.valueAt(index).data as Float32Array));
  const choose = {
    percentile: (h: Histogram) => percentileRange(h, percentileShare),
    mse: mseRange,
    entropy: entropyRange,
  };
  return new Map([...histograms].map(([id, h]) => [id, choose[observer](h)]));
}

const isFinite = ({ min, max }: Range): boolean => Number.isFinite(min) && Number.isFinite(max);

const notFinite = (where: string): EdgecError =>
  new EdgecError('E_MODEL_NAN', 'a value is not a finite number during calibration', {
    expected: 'finite values',
    found: 'NaN or infinity',
    where,
    remedy: 'check the calibration data and its scaling',
  });
