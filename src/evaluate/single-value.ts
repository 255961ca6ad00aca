import type { Tensor, TensorType } from '../core/index.ts';
import { labelOf } from './classification.ts';
import type { Sample } from './dataset.ts';
import type { Task } from './dataset-spec.ts';
import type { Evaluation, Judge } from './judge.ts';
import { accuracy, macroF1, meanSquaredError, pearson, rocAuc } from './metrics.ts';
import { outputValues } from './output-values.ts';

/**
 * Judges a model of one output element. Unless `task` says so: a class id where it is int32 or int64, the probability of
 * class 1 where labels are all 0 or 1, otherwise a regressed value.
 */
export class SingleValue implements Judge {
  readonly #task: Task | undefined;
  readonly #classId: boolean;
  readonly #truth: number[] = [];
  readonly #values: number[] = [];

  constructor({ dtype, quant }: TensorType, task?: Task) {
    this.#task = task;
    this.#classId = quant === undefined && (dtype === 'int32' || dtype === 'int64');
  }

  add(sample: Sample, output: Tensor): void {
    this.#truth.push(labelOf(sample));
    this.#values.push(outputValues(output)[0]);
  }

  result(): Evaluation {
    if (this.#task === 'regression') return this.#regressed();
    if (this.#classId) return this.#classified(this.#values);
    const binary = this.#truth.every((label) => label === 0 || label === 1);
    if (!binary && this.#task === undefined) return this.#regressed();
    const outcome = this.#classified(this.#values.map((value) => (value > 0.5 ? 1 : 0)));
    const both = binary && new Set(this.#truth).size === 2;
    return {
      ...outcome,
      metrics: { ...outcome.metrics, ...(both && { auc: rocAuc(this.#values, this.#truth) }) },
    };
  }

  #classified(predicted: readonly number[]): Evaluation {
    const metrics = { top1: accuracy(this.#truth, predicted), f1: macroF1(this.#truth, predicted) };
    return { samples: predicted.length, metrics };
  }

  #regressed(): Evaluation {
    const mse = meanSquaredError(this.#truth, this.#values);
    const correlation = pearson(this.#truth, this.#values);
    return {
      samples: this.#truth.length,
      metrics: { mse, ...(!Number.isNaN(correlation) && { correlation }) },
    };
  }
}
