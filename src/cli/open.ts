import { readFile } from 'node:fs/promises';
import { compileModel, type Executor, type ReadOptions } from '../compiler/index.ts';
import { EdgecError, isPackage, type Manifest, readPackage, unreadable } from '../core/index.ts';
import { type Contracts, parseContracts } from '../evaluate/index.ts';
import { hostTarget, loadModel, type Session } from '../runtime/index.ts';

/** The runtime as the compiler needs it. */
export const executor: Executor = (bytes, { keepAll }) => loadModel(bytes, { keepAll });

export interface OpenOptions extends ReadOptions {
  executor?: 'native' | 'reference';
  threads?: number | 'auto';
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
  const bytes = isPackage(file) ? file : await packageOf(path, options);
  try {
    const { manifest } = readPackage(bytes);
    const contracts = parseContracts(manifest.preprocessing, 'manifest');
    return {
      bytes,
      manifest,
      contracts,
      session: await loadModel(bytes, options),
    };
  } catch (error) {
    throw error instanceof EdgecError ? error.within(path) : error;
  }
}

async function packageOf(path: string, { shapes, limits }: ReadOptions): Promise<Uint8Array> {
  const compiled = await compileModel({
    model: path,
    precision: 'float32',
    target: hostTarget(),
    shapes,
    limits,
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
