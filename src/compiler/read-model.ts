import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { defaultLimits, EdgecError, type Limits, unreadable } from '../core/index.ts';
import { formats } from './formats/index.ts';
import type { Graph } from './graph/index.ts';

export interface ReadOptions {
  /** Fixed shapes of inputs with unknown dimensions, by name. */
  shapes?: Record<string, number[]>;
  /** What the model may take. Default: `defaultLimits`. */
  limits?: Partial<Limits>;
}

const maxModelBytes = 2 ** 31 - 1;

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > maxModelBytes) {
      throw new EdgecError('E_LIMIT_EXCEEDED', 'model file is too large', {
        expected: `at most ${maxModelBytes} bytes`,
        found: `${size}`,
        where: path,
      });
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof EdgecError) throw error;
    throw unreadable('the model', path, error);
  }
}

/** A model in memory, with the place that its errors name. */
export interface ModelSource {
  bytes: Uint8Array;
  name: string;
  directory?: string;
}

export async function openModel(model: string | Uint8Array): Promise<ModelSource> {
  if (typeof model !== 'string') return { bytes: model, name: 'model' };
  return { bytes: await readBytes(model), name: basename(model, extname(model)), directory: dirname(model) };
}

/** Reads `source` by the format that its bytes show. */
export function importModel(source: ModelSource, options: ReadOptions = {}): Graph {
  const format = formats.find((f) => f.matches(source.bytes));
  if (!format) {
    throw new EdgecError('E_FORMAT_UNKNOWN', 'the file is no model of a known format', {
      expected: formats.map((f) => f.name).join(' or '),
      found: `${source.bytes.length} bytes`,
      where: source.name,
      remedy: 'pass an .onnx or .tflite file',
    });
  }
  const limits = { ...defaultLimits, ...options.limits };
  try {
    const graph = format.read(source.bytes, { shapes: options.shapes, directory: source.directory, limits });
    return { ...graph, name: graph.name || source.name };
  } catch (error) {
    throw error instanceof EdgecError && !error.detail.where ? error.within(source.name) : error;
  }
}

/** The graph of a model file as its format's reader gives it, before any pass. */
export async function readModel(path: string, options: ReadOptions = {}): Promise<Graph> {
  const source = await openModel(path);
  try {
    return importModel(source, options);
  } catch (error) {
    throw error instanceof EdgecError ? error.within(path) : error;
  }
}
