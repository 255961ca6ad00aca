import { createHash } from 'node:crypto';
import type { Tensor } from '../core/index.ts';
import { outputValues, writeNpz } from '../evaluate/index.ts';
import { type PortInfo, seededInputs } from '../runtime/index.ts';
import { type GivenInputs, givenInputs } from './given-inputs.ts';
import { openSession } from './open.ts';
import { type OutputOptions, print } from './output.ts';
import { type ReadingOptions, readingOf } from './reading.ts';
import { writeFiles } from './write-files.ts';

export interface RunVerbOptions extends OutputOptions, ReadingOptions, GivenInputs {
  seed: number;
  output?: string;
  executor?: 'native' | 'reference';
}

/** Runs a model once and prints the hashes of its outputs. */
export async function run(path: string, options: RunVerbOptions): Promise<void> {
  const { session, contracts } = await openSession(path, {
    executor: options.executor,
    ...readingOf(options),
  });
  try {
    const inputs = seededInputs(session.inputs, options.seed);
    Object.assign(inputs, await givenInputs(options, session.inputs, contracts));
    const outputs = Object.entries(session.runSync(inputs));
    if (options.output) await writeFiles([{ path: options.output, bytes: writeNpz(outputs) }]);
    const result = {
      executor: session.executor,
      kernels: [...new Set(session.kernels)],
      outputs: outputs.map(([name, t], i) => ({
        name,
        dtype: t.dtype,
        shape: t.shape,
        sha256: sha256(t),
        ...labelsOf(t, session.outputs[i]),
      })),
    };
    print(options, result, () => [
      ...result.outputs.flatMap((o, i) => [
        `${o.name}  ${o.dtype} [${o.shape}]  sha256 ${o.sha256}`,
        ...described(outputs[i][1], session.outputs[i]),
      ]),
      `${result.executor} executor: ${result.kernels.join(', ')}`,
    ]);
  } finally {
    session.dispose();
  }
}

/** The hash of the raw bytes of a tensor's elements, little-endian. */
function sha256({ data }: Tensor): string {
  return createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');
}

const shown = 3;

/** The strings that an output stands for, if its integers are indices into some. */
function labelsOf(output: Tensor, { labels }: PortInfo): { labels?: string[] } {
  return labels ? { labels: Array.from(outputValues(output), (i) => labels[i]) } : {};
}

/** An output in a line: its labels or integers, its one value, or its greatest ones. */
function described(output: Tensor, port: PortInfo): string[] {
  const { labels } = labelsOf(output, port);
  if (labels) return [listed(labels)];
  const isWhole = output.dtype === 'int64' || output.dtype === 'int32';
  if (isWhole || output.data.length === 1) return [listed(Array.from(outputValues(output)))];
  return greatest(output, port.columns);
}

const listed = (values: readonly (string | number)[]): string =>
  `  ${values.slice(0, shown).join(', ')}${values.length > shown ? ', …' : ''}`;

/** The greatest elements of an output vector with their places, as a classifier ranks its classes. */
function greatest(output: Tensor, names?: readonly string[]): string[] {
  const values = outputValues(output);
  if (values.length < 2 || values.length !== output.shape.at(-1)) return [];
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a]);
  return [
    `  greatest ${order
      .slice(0, shown)
      .map((i) => `[${names?.[i] ?? i}] ${values[i].toPrecision(4)}`)
      .join(', ')}`,
  ];
}
