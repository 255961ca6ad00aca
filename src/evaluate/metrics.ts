import { mismatch } from './data-source.ts';

type Numbers = ArrayLike<number>;

/** Index of the greatest entry, the first of equal ones. */
export function argMax(values: Numbers): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** True where `label` is among the `k` greatest entries; of equal ones the first is the greater. */
export function inTopK(values: Numbers, label: number, k: number): boolean {
  let above = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] > values[label] || (values[i] === values[label] && i < label)) above++;
  }
  return above < k;
}

/** Counts at [truth][predicted]. */
export function confusionMatrix(truth: Numbers, predicted: Numbers, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) matrix[truth[i]][predicted[i]]++;
  return matrix;
}

/** Mean F1 over the classes that occur as truth or as prediction. */
export function macroF1(truth: Numbers, predicted: Numbers): number {
  const counts = new Map<number, { hits: number; occurrences: number }>();
  const countOf = (id: number) => {
    const count = counts.get(id) ?? { hits: 0, occurrences: 0 };
    counts.set(id, count);
    return count;
  };
  for (let i = 0; i < truth.length; i++) {
    countOf(truth[i]).occurrences++;
    countOf(predicted[i]).occurrences++;
    if (truth[i] === predicted[i]) countOf(truth[i]).hits++;
  }
  return mean([...counts.values()].map(({ hits, occurrences }) => (2 * hits) / occurrences));
}

/** Share of predictions that are true. */
export function accuracy(truth: Numbers, predicted: Numbers): number {
  checkLengths(truth, predicted);
  let hits = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) hits++;
  return hits / truth.length;
}

/** Area under the ROC curve of scores against labels 0 and 1; ties count half. NaN where one class is absent. */
export function rocAuc(scores: Numbers, labels: Numbers): number {
  checkLengths(scores, labels);
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++;
    for (let i = start; i < end; i++) {
      if (labels[order[i]] !== 1) continue;
      positives++;
      rankSum += (start + 1 + end) / 2;
    }
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

/** Mean of the squared differences. */
export function meanSquaredError(a: Numbers, b: Numbers): number {
  checkLengths(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

/** Pearson's correlation. NaN where a side is constant. */
export function pearson(a: Numbers, b: Numbers): number {
  checkLengths(a, b);
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i] - meanA, b[i] - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Power of the reference over that of the difference, in dB. Infinity where they are equal. */
export function sqnrDb(reference: Numbers, quantized: Numbers): number {
  checkLengths(reference, quantized);
  let [signal, noise] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    signal += reference[i] ** 2;
    noise += (reference[i] - quantized[i]) ** 2;
  }
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}

export function mean(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function checkLengths(a: Numbers, b: Numbers): void {
  if (a.length !== b.length) throw mismatch(`${a.length} values`, `${b.length}`, 'metrics');
}
