import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { EdgecError, type Tensor, type TypedArray, tensor } from '../core/index.ts';
import { readNpy, writeNpz } from '../evaluate/index.ts';
import type { PortInfo } from '../runtime/index.ts';
import { openSession, parseShapes } from './open.ts';
import { type OutputOptions, print } from './output.ts';
import { seededInputs } from './seeded-inputs.ts';
import { writeFiles } from './write-files.ts';

export interface RunVerbOptions extends OutputOptions {
  input?: string[];
  seed: number;
  output?: string;
  executor?: 'native' | 'reference';
  shape?: string[];
}

/** Runs a model once and prints the hashes of its outputs. */
export async function run(path: string, options: RunVerbOptions): Promise<void> {
  const { session } = await openSession(path, {
    executor: options.executor,
    shapes: parseShapes(options.shape),
  });
  try {
    const inputs = seededInputs(session.inputs, options.seed);
    for (const given of options.input ?? []) {
      const [name, data] = await readInput(given, session.inputs);
      inputs[name] = data;
    }
    const outputs = Object.entries(session.runSync(inputs));
    if (options.output) await writeFiles([{ path: options.output, bytes: writeNpz(outputs) }]);
    const result = {
      executor: session.executor,
      kernels: [...new Set(session.kernels)],
      outputs: outputs.map(([name, t]) => ({ name, dtype: t.dtype, shape: t.shape, sha256: sha256(t) })),
    };
    print(options, result, () => [
      ...result.outputs.map((o) => `${o.name}  ${o.dtype} [${o.shape}]  sha256 ${o.sha256}`),
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

async function readInput(given: string, ports: readonly PortInfo[]): Promise<[string, TypedArray]> {
  const split = given.lastIndexOf('=');
  const [name, path] = [given.slice(0, Math.max(0, split)), given.slice(split + 1)];
  const port = ports.find((p) => p.name === name);
  if (!port || path === '') {
    throw new EdgecError('E_CLI_USAGE', '--input cannot be understood', {
      expected: `<name>=<file>, the name one of ${ports.map((p) => p.name).join(', ')}`,
      found: given,
    });
  }
  const file = await readBytes(path);
  return [name, path.endsWith('.npy') ? fromNpy(file, port, path) : fromBinary(file, port, path)];
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new EdgecError('E_FILE_READ', 'cannot read an input', {
      found: (error as NodeJS.ErrnoException).code,
      where: path,
      remedy: 'check the path and its permissions',
    });
  }
}

function fromNpy(file: Uint8Array, { type }: PortInfo, where: string): TypedArray {
  const { data, dtype, shape } = readNpy(file, where);
  const isReal = dtype === 'float64' && type.dtype === 'float32';
  if ((dtype !== type.dtype && !isReal) || data.length !== tensor(type.dtype, type.shape).data.length) {
    throw misfit(`${type.dtype} [${type.shape}]`, `${dtype} [${shape}]`, where);
  }
  return data instanceof Float64Array ? Float32Array.from(data) : data;
}

function fromBinary(file: Uint8Array, { type }: PortInfo, where: string): TypedArray {
  const { data } = tensor(type.dtype, type.shape);
  if (file.length !== data.byteLength) throw misfit(`${data.byteLength} bytes`, `${file.length}`, where);
  new Uint8Array(data.buffer).set(file);
  return data;
}

const misfit = (expected: string, found: string, where: string): EdgecError =>
  new EdgecError('E_RUN_INPUT', 'the file does not fill the input', {
    expected,
    found,
    where,
    remedy: '`edgec inspect` shows the types of the inputs',
  });
