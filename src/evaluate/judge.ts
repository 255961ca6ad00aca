import type { Tensor } from '../core/index.ts';
import type { Sample } from './dataset.ts';

export interface Metrics {
  readonly top1?: number;
  /** Top-k, for classifiers of more than k classes; k is 5 unless said. */
  readonly [top: `top${number}`]: number | undefined;
  /** Macro average. */
  readonly f1?: number;
  /** Where labels are 0 and 1 and both occur. */
  readonly auc?: number;
  /** Of reconstructions, or of regressed values. */
  readonly mse?: number;
  /** Of regressed values with the true ones. */
  readonly correlation?: number;
}

export interface Evaluation {
  /** Files of a windowed data set, otherwise inputs. */
  readonly samples: number;
  readonly metrics: Metrics;
  /** Counts at [truth][predicted], for classifiers of up to 100 classes. */
  readonly confusion?: readonly (readonly number[])[];
  /** Autoencoders: mean error of each sample, and of each of its windows. */
  readonly scores?: readonly number[];
  readonly windowScores?: readonly number[];
}

/** Gathers the outcome of one way to judge a model. */
export interface Judge {
  add(sample: Sample, output: Tensor): void;
  result(): Evaluation;
}
