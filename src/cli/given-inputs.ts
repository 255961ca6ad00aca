import { readFile } from 'node:fs/promises';
import { EdgecError, type TypedArray, tensor, unreadable } from '../core/index.ts';
import {
  type Contracts,
  modelInput,
  openPicture,
  type Preprocessing,
  readNpy,
  readSpec,
} from '../evaluate/index.ts';
import type { PortInfo } from '../runtime/index.ts';

export interface GivenInputs {
  /** `<name>=<file>` of .npy or raw binary files. */
  input?: string[];
  /** `[<name>=]<file>` of pictures. */
  image?: string[];
  /** A `dataset.json` that says how pictures are preprocessed, in place of the package. */
  preprocessing?: string;
}

/** The inputs that files give, by name. Throws E_CLI_USAGE, E_FILE_READ, E_RUN_INPUT, E_DATA_FORMAT or E_DATA_SHAPE. */
export async function givenInputs(
  { input = [], image = [], preprocessing }: GivenInputs,
  ports: readonly PortInfo[],
  contracts: Contracts,
): Promise<Record<string, TypedArray>> {
  const inputs: Record<string, TypedArray> = {};
  for (const given of input) {
    const { port, path } = assignment('--input', given, ports);
    const file = await readBytes(path);
    inputs[port.name] = path.endsWith('.npy') ? fromNpy(file, port, path) : fromBinary(file, port, path);
  }
  const told: Preprocessing | undefined = preprocessing === undefined ? undefined : readSpec(preprocessing);
  for (const given of image) {
    const named = ports.length === 1 && !given.includes('=') ? `${ports[0].name}=${given}` : given;
    const { port, path } = assignment('--image', named, ports);
    inputs[port.name] = modelInput(await openPicture(path, told ?? contracts[port.name]), port.type);
  }
  return inputs;
}

function assignment(
  option: string,
  given: string,
  ports: readonly PortInfo[],
): { port: PortInfo; path: string } {
  const split = given.lastIndexOf('=');
  const [name, path] = [given.slice(0, Math.max(0, split)), given.slice(split + 1)];
  const port = ports.find((p) => p.name === name);
  if (port && path !== '') return { port, path };
  throw new EdgecError('E_CLI_USAGE', `${option} cannot be understood`, {
    expected: `<name>=<file>, the name one of ${ports.map((p) => p.name).join(', ')}`,
    found: given,
  });
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable('an input', path, error);
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
