import { readFile } from 'node:fs/promises';
import { compileModel, type Executor } from '../compiler/index.ts';
import { EdgecError, isPackage, type Manifest, readPackage, unreadable } from '../core/index.ts';
import { type Contracts, parseContracts } from '../evaluate/index.ts';
import { loadModel, type Session } from '../runtime/index.ts';

/** The runtime as the compiler needs it. */
export const executor: Executor = (bytes, { keepAll }) => loadModel(bytes, { keepAll });

export interface OpenOptions {
  executor?: 'native' | 'reference';
  threads?: number | 'auto';
  shapes?: Record<string, number[]>;
}

export interface Opened {
  session: Session;
  /** The package that the session runs. */
  bytes: Uint8Array;
  manifest: Manifest;
  /** How it says that data becomes its inputs. */
  contracts: Contracts;
}

/** Opens a package, or a model file through a package in memory in its own precision. */
export async function openSession(path: string, options: OpenOptions = {}): Promise<Opened> {
  const file = await readBytes(path);
  const bytes = isPackage(file) ? file : await packageOf(path, options.shapes);
  try {
    const { manifest } = readPackage(bytes);
    const contracts = parseContracts(manifest.preprocessing, 'manifest');
    return {
      bytes,
      manifest,
      contracts,
      session: await loadModel(bytes, { executor: options.executor, threads: options.threads }),
    };
  } catch (error) {
    throw error instanceof EdgecError ? error.within(path) : error;
  }
}

async function packageOf(path: string, shapes: OpenOptions['shapes']): Promise<Uint8Array> {
  const compiled = await compileModel({
    model: path,
    precision: 'float32',
    target: { name: 'host' },
    shapes,
  });
  return compiled.package;
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable('the model', path, error);
  }
}

/** `name:1x3x224x224` options as shapes by name. Throws E_CLI_USAGE. */
export function parseShapes(given: readonly string[] = []): Record<string, number[]> | undefined {
  return given.length === 0 ? undefined : Object.fromEntries(given.map(parseShape));
}

function parseShape(text: string): [string, number[]] {
  const split = text.lastIndexOf(':');
  const shape = text
    .slice(split + 1)
    .split('x')
    .map(Number);
  if (split < 1 || shape.some((d) => !Number.isInteger(d) || d < 1)) {
    throw new EdgecError('E_CLI_USAGE', 'a shape cannot be understood', {
      expected: 'name:1x3x224x224',
      found: text,
    });
  }
  return [text.slice(0, split), shape];
}
