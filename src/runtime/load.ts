import { readFile } from 'node:fs/promises';
import { EdgecError, readPackage } from '../core/index.ts';
import { openNative } from './native-session.ts';
import { ReferenceSession } from './reference.ts';
import type { Session } from './session.ts';

export interface LoadOptions {
  /** Default: native, or the reference with one warning where the addon cannot be loaded. */
  executor?: 'native' | 'reference';
  /** Narrows the dispatch of kernels; default: EDGEC_CPU, else the best that the CPU has. */
  isa?: string;
  /** Threads of one inference, which large layers share; 'auto': as many as there are cores. Default: 1. */
  threads?: number | 'auto';
  /** Keeps every value readable after a run, for calibration and analysis. */
  keepAll?: boolean;
  /** Compares the hashes of the package's sections first. */
  verify?: boolean;
}

let warned = false;

/** Loads a package from a file or from bytes. Throws coded errors for a bad file or a missing executor. */
export async function loadModel(source: string | Uint8Array, options: LoadOptions = {}): Promise<Session> {
  const bytes = typeof source === 'string' ? await readBytes(source) : source;
  const pkg = readPackage(bytes, { verify: options.verify });
  if (options.executor === 'reference') return new ReferenceSession(pkg);
  try {
    return openNative(bytes, pkg, options);
  } catch (error) {
    if (options.executor === 'native' || !isMissingAddon(error)) throw error;
    if (!warned) process.emitWarning(fallbackNotice(error), 'EdgecWarning');
    warned = true;
    return new ReferenceSession(pkg);
  }
}

const fallbackNotice = ({ message, detail }: EdgecError): string =>
  `${message} (${detail.found}); the reference executor is slow: ${detail.remedy}`;

const isMissingAddon = (error: unknown): error is EdgecError =>
  error instanceof EdgecError && error.code === 'E_ENV_ADDON';

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new EdgecError('E_FILE_READ', 'cannot read the package', {
      found: (error as NodeJS.ErrnoException).code,
      where: path,
      remedy: 'check the path and its permissions',
    });
  }
}
