import type { Tensor, TensorType } from '../core/index.ts';
import type { Sample } from './dataset.ts';
import type { Evaluation, Judge } from './judge.ts';
import { mean, meanSquaredError, rocAuc } from './metrics.ts';
import { outputValues } from './output-values.ts';
import { realInput } from './preprocess.ts';

interface Group {
  readonly label?: number;
  readonly errors: number[];
}

/** Judges by reconstruction error: a file scores the mean error of its windows, and labels of 1 should score high. */
export class Autoencoding implements Judge {
  readonly #inputType: TensorType;
  readonly #groups = new Map<string, Group>();
  readonly #windowScores: number[] = [];

  constructor(inputType: TensorType) {
    this.#inputType = inputType;
  }

  add(sample: Sample, output: Tensor): void {
    const error = meanSquaredError(realInput(sample, this.#inputType), outputValues(output));
    const name = sample.group ?? `#${this.#windowScores.length}`;
    this.#windowScores.push(error);
    const group = this.#groups.get(name);
    if (group) group.errors.push(error);
    else this.#groups.set(name, { label: sample.label, errors: [error] });
  }

  result(): Evaluation {
    const groups = [...this.#groups.values()];
    const scores = groups.map(({ errors }) => mean(errors));
    const labels = groups.flatMap(({ label }) => (label === 0 || label === 1 ? [label] : []));
    const judged = labels.length === groups.length && new Set(labels).size === 2;
    return {
      samples: groups.length,
      metrics: { mse: mean(this.#windowScores), ...(judged && { auc: rocAuc(scores, labels) }) },
      scores,
      windowScores: this.#windowScores,
    };
  }
}
