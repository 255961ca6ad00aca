import { evaluateModel, openDataset } from '../evaluate/index.ts';
import { openSession, parseShapes } from './open.ts';
import { type OutputOptions, print } from './output.ts';

interface Options extends OutputOptions {
  data: string;
  executor?: 'native' | 'reference';
  shape?: string[];
}

/** Measures the accuracy of a model on labelled data. */
export async function evaluate(path: string, options: Options): Promise<void> {
  const { session } = await openSession(path, {
    executor: options.executor,
    shapes: parseShapes(options.shape),
  });
  const { samples, metrics } = await evaluateModel(session as never, await openDataset(options.data), {});
  print(options, { samples, metrics }, () => [
    `${samples} samples`,
    ...Object.entries(metrics).flatMap(([name, value]) =>
      typeof value === 'number' ? [`${name.padEnd(8)}${value.toFixed(4)}`] : [],
    ),
  ]);
}
