import { elementCount, type Tensor, type TensorType } from '../core/index.ts';
import { malformed, mismatch } from './data-source.ts';
import type { Sample } from './dataset.ts';
import type { Evaluation, Judge } from './judge.ts';
import { accuracy, argMax, confusionMatrix, inTopK, macroF1, rocAuc } from './metrics.ts';
import { comparableValues, outputValues } from './output-values.ts';

const maxConfusionClasses = 100;

/** Judges a classifier of two classes or more by the arg-max of its output. */
export class Classification implements Judge {
  readonly #classes: number;
  readonly #truth: number[] = [];
  readonly #predicted: number[] = [];
  readonly #margins: number[] = [];
  readonly #topK: number;
  #inTopK = 0;

  constructor(outputType: TensorType, topK: number) {
    this.#topK = topK;
    this.#classes = elementCount(outputType.shape);
  }

  add(sample: Sample, output: Tensor): void {
    const label = labelOf(sample);
    if (!Number.isInteger(label) || label < 0 || label >= this.#classes) {
      throw mismatch(`a label of 0 to ${this.#classes - 1} for the model's output`, `${label}`, sample.where);
    }
    const values = comparableValues(output);
    this.#truth.push(label);
    this.#predicted.push(argMax(values));
    if (inTopK(values, label, this.#topK)) this.#inTopK++;
    if (this.#classes === 2) {
      const real = outputValues(output);
      this.#margins.push(real[1] - real[0]);
    }
  }

  result(): Evaluation {
    const samples = this.#truth.length;
    const both = new Set(this.#truth).size === 2;
    return {
      samples,
      metrics: {
        top1: accuracy(this.#truth, this.#predicted),
        ...(this.#classes > this.#topK && { [`top${this.#topK}`]: this.#inTopK / samples }),
        f1: macroF1(this.#truth, this.#predicted),
        ...(this.#classes === 2 && both && { auc: rocAuc(this.#margins, this.#truth) }),
      },
      ...(this.#classes <= maxConfusionClasses && {
        confusion: confusionMatrix(this.#truth, this.#predicted, this.#classes),
      }),
    };
  }
}

/** The label of a sample. Throws E_DATA_FORMAT where the data set has none. */
export function labelOf({ label, where }: Sample): number {
  if (label === undefined)
    throw malformed('the data set has no labels', 'a label for each sample', 'none', where);
  return label;
}
