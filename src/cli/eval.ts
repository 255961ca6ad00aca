import { evaluateModel, openDataset } from '../evaluate/index.ts';
import { openSession } from './open.ts';
import { describeMetrics, type OutputOptions, print, progressOf } from './output.ts';
import { type ReadingOptions, readingOf } from './reading.ts';

export interface EvalVerbOptions extends OutputOptions, ReadingOptions {
  data: string;
  executor?: 'native' | 'reference';
  limit?: number;
  top?: number;
}

/** Measures the accuracy of a model on labelled data. */
export async function evaluate(path: string, options: EvalVerbOptions): Promise<void> {
  const { session, contracts } = await openSession(path, {
    executor: options.executor,
    ...readingOf(options),
  });
  try {
    const dataset = await openDataset(options.data, contracts);
    const progress = progressOf(options);
    const onProgress = (done: number, total: number): void => progress('evaluate', done, total);
    const { samples, metrics, confusion, scores } = evaluateModel(session, dataset, {
      limit: options.limit,
      topK: options.top,
      onProgress,
    });
    const details = { ...(confusion && { confusion }), ...(scores && { scores }) };
    print(options, { samples, metrics, ...details }, () => [
      `${samples} samples: ${describeMetrics(metrics)}`,
    ]);
  } finally {
    session.dispose();
  }
}
