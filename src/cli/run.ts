import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { EdgecError, elementBytes, type Tensor, type TypedArray, tensor } from '../core/index.ts';
import { readNpy, writeNpz } from '../evaluate/index.ts';
import type { PortInfo } from '../runtime/index.ts';
import { seededInputs } from './bench.ts';
import { openSession, parseShapes } from './open.ts';
import { type OutputOptions, print } from './output.ts';

interface Options extends OutputOptions {
  input?: string[];
  seed: number;
  output?: string;
  executor?: 'native' | 'reference';
  shape?: string[];
}

async function readInput(given: string, ports: readonly PortInfo[]): Promise<[string, TypedArray]> {
  const at = given.indexOf('=');
  const [name, path] = [given.slice(0, at), given.slice(at + 1)];
  const port = ports.find((p) => p.name === name);
  if (at < 1 || !port)
    throw new EdgecError('E_CLI_USAGE', 'an input cannot be read', {
      expected: `name=file, name one of ${ports.map((p) => p.name).join(', ')}`,
      found: given,
    });
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new EdgecError('E_FILE_READ', 'cannot read an input', { found: error.code, where: path });
  });
  if (path.endsWith('.npy'))
    return [name, tensor(port.type.dtype, port.type.shape, readNpy(bytes, path).data as TypedArray).data];
  const { data } = tensor(port.type.dtype, port.type.shape);
  if (bytes.length !== data.byteLength) {
    throw new EdgecError('E_RUN_INPUT', 'the file does not fill the input', {
      expected: `${data.byteLength} bytes (${elementBytes(port.type.dtype)} each)`,
      found: `${bytes.length}`,
      where: path,
    });
  }
  new Uint8Array(data.buffer).set(bytes);
  return [name, data];
}

const hash = (t: Tensor): string =>
  createHash('sha256')
    .update(new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength))
    .digest('hex');

/** Runs a model once and prints the hashes of its outputs. */
export async function run(path: string, options: Options): Promise<void> {
  const { session } = await openSession(path, {
    executor: options.executor,
    shapes: parseShapes(options.shape),
  });
  const inputs = seededInputs(session, options.seed);
  for (const given of options.input ?? []) {
    const [name, data] = await readInput(given, session.inputs);
    inputs[name] = data;
  }
  const outputs = Object.entries(session.runSync(inputs));
  if (options.output) await writeFile(options.output, writeNpz(outputs as never));
  const result = {
    executor: session.executor,
    kernels: [...new Set(session.kernels)],
    outputs: outputs.map(([name, t]) => ({ name, dtype: t.dtype, shape: t.shape, sha256: hash(t) })),
  };
  print(options, result, () =>
    result.outputs.map((o) => `${o.name}  ${o.dtype} [${o.shape}]  sha256 ${o.sha256}`),
  );
}
