import { readFile } from 'node:fs/promises';
import { compileModel, type Executor } from '../compiler/index.ts';
import { EdgecError, isPackage } from '../core/index.ts';
import { loadModel, type Session } from '../runtime/index.ts';

/** The native engine where it is there, as the compiler needs it. */
export const executor: Executor = (bytes, { keepAll }) => loadModel(bytes, { keepAll });

export interface OpenOptions {
  executor?: 'native' | 'reference';
  shapes?: Record<string, number[]>;
  keepAll?: boolean;
}

export interface Opened {
  session: Session;
  bytes: Uint8Array;
}

/** Opens a package, or a model file through a package in memory in its own precision. */
export async function openSession(path: string, options: OpenOptions = {}): Promise<Opened> {
  let file: Uint8Array;
  try {
    file = await readFile(path);
  } catch (error) {
    throw new EdgecError('E_FILE_READ', 'cannot read the model', {
      found: (error as NodeJS.ErrnoException).code,
      where: path,
      remedy: 'check the path',
    });
  }
  const bytes = isPackage(file)
    ? file
    : (
        await compileModel({
          model: path,
          precision: 'float32',
          target: { name: 'host' },
          shapes: options.shapes,
        })
      ).package;
  return { bytes, session: await loadModel(bytes, { executor: options.executor, keepAll: options.keepAll }) };
}

/** `name:1x3x224x224` options as shapes by name. Throws E_CLI_USAGE. */
export function parseShapes(given: readonly string[] = []): Record<string, number[]> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((text) => {
      const at = text.lastIndexOf(':');
      const shape = text
        .slice(at + 1)
        .split('x')
        .map(Number);
      if (at < 1 || shape.some((d) => !Number.isInteger(d) || d < 1)) {
        throw new EdgecError('E_CLI_USAGE', 'a shape cannot be read', {
          expected: 'name:1x3x224x224',
          found: text,
        });
      }
      return [text.slice(0, at), shape];
    }),
  );
}
