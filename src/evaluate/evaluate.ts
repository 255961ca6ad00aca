import { elementCount, sameShape, type Tensor, type TensorType, type TypedArray } from '../core/index.ts';
import { Autoencoding } from './autoencoding.ts';
import { Classification } from './classification.ts';
import { mismatch } from './data-source.ts';
import type { Dataset, Sample } from './dataset.ts';
import type { Evaluation, Judge } from './judge.ts';
import { modelInputs } from './preprocess.ts';
import { SingleValue } from './single-value.ts';

export interface EvaluationPort {
  readonly name: string;
  readonly type: TensorType;
  /** The strings that its integers are indices into. */
  readonly labels?: readonly string[];
  /** What the columns of its last axis are called. */
  readonly columns?: readonly string[];
}

/** What evaluation needs of a loaded model. */
export interface EvaluationSession {
  readonly inputs: readonly EvaluationPort[];
  readonly outputs: readonly EvaluationPort[];
  runSync(inputs: Record<string, TypedArray>): Record<string, Tensor>;
}

export interface EvaluationOptions {
  /** At most so many samples, the first ones. */
  readonly limit?: number;
  /** The k of top-k. */
  readonly topK?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs a model over a data set and judges its first output, or that which the data
 * names, by the `task` of the data. Unsaid: an output of the shape of
 * the one input by its reconstruction error, one of a single element as a binary classifier or regressor, others as
 * classifiers.
 * Throws E_DATA_FORMAT without labels, E_DATA_SHAPE where data or labels do not fit the model.
 */
export function evaluateModel(
  session: EvaluationSession,
  dataset: Dataset,
  options: EvaluationOptions = {},
): Evaluation {
  const { inputs } = session;
  const output = outputOf(session, dataset);
  const total = Math.min(dataset.count, options.limit ?? dataset.count);
  const judge = judgeFor(inputs, output, dataset, options.topK ?? 5);
  for (let i = 0; i < total; i++) {
    const sample = dataset.sample(i);
    const values = modelInputs(sample, inputs);
    const outputs = session.runSync(Object.fromEntries(inputs.map(({ name }, k) => [name, values[k]])));
    judge.add(inTermsOf(output, sample, dataset), outputs[output.name]);
    options.onProgress?.(i + 1, total);
  }
  return judge.result();
}

/** A sample whose label is the place of its class among those that the output names, where it names some. */
function inTermsOf({ labels, columns }: EvaluationPort, sample: Sample, { classes }: Dataset): Sample {
  const names = labels ?? columns;
  if (!names || sample.label === undefined) return sample;
  return { ...sample, label: names.indexOf(classes?.[sample.label] ?? String(sample.label)) };
}

function outputOf({ inputs, outputs }: EvaluationSession, { output: name }: Dataset): EvaluationPort {
  const found = name === undefined ? outputs[0] : outputs.find((port) => port.name === name);
  if (inputs.length > 0 && found) return found;
  throw mismatch(
    `a model of inputs and an output${name === undefined ? '' : ` '${name}'`}`,
    `${inputs.length} inputs, outputs ${outputs.map((port) => port.name).join(', ')}`,
    'model',
  );
}

function judgeFor(
  [input, ...more]: readonly EvaluationPort[],
  output: EvaluationPort,
  { task }: Dataset,
  topK: number,
): Judge {
  const mirrors = more.length === 0 && sameShape(input.type.shape, output.type.shape);
  if (task === 'reconstruction' && !mirrors)
    throw mismatch(`an output of [${input.type.shape}]`, `[${output.type.shape}]`, output.name);
  if (mirrors && (task === undefined || task === 'reconstruction')) return new Autoencoding(input.type);
  return elementCount(output.type.shape) === 1
    ? new SingleValue(output.type, task)
    : new Classification(output.type, topK);
}
