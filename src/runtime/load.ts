import { EdgecError, type Limits } from '../core/loading.ts';
import { type Addon, loadAddon } from './native.ts';
import { openNative } from './native-session.ts';
import { readBytes } from './package-file.ts';
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
  /** Throws E_LIMIT_EXCEEDED where a run takes more memory. Default: `defaultLimits`. */
  limits?: Partial<Pick<Limits, 'memoryBytes'>>;
}

let warned = false;

/**
 * Loads a package from a file or from bytes. The native engine maps a file, unless it is verified: replace it by renaming
 * another over it; cut short while it is open, it ends the process. Bytes can be changed after loading.
 * Throws coded errors for a bad file or a missing executor.
 */
export async function loadModel(source: string | Uint8Array, options: LoadOptions = {}): Promise<Session> {
  try {
    return await open(source, options);
  } catch (error) {
    const place = typeof source === 'string' ? source : 'the package';
    throw error instanceof EdgecError && !error.detail.where ? error.within(place) : error;
  }
}

async function open(source: string | Uint8Array, options: LoadOptions): Promise<Session> {
  const checked = options.verify ? await verified(source) : source;
  const addon = options.executor === 'reference' ? undefined : addonOrNotice(options);
  if (addon) return openNative(addon, checked, options);
  const { ReferenceSession } = await import('./reference.ts');
  return ReferenceSession.open(typeof checked === 'string' ? readBytes(checked) : checked, options.limits);
}

async function verified(source: string | Uint8Array): Promise<Uint8Array> {
  const { verifyPackage } = await import('../core/index.ts');
  const bytes = typeof source === 'string' ? readBytes(source) : source;
  verifyPackage(bytes);
  return bytes;
}

/** Undefined with one warning where the addon is missing and not asked for. */
function addonOrNotice({ executor }: LoadOptions): Addon | undefined {
  try {
    return loadAddon();
  } catch (error) {
    if (executor === 'native' || !(error instanceof EdgecError)) throw error;
    if (!warned) process.emitWarning(fallbackNotice(error), 'EdgecWarning');
    warned = true;
    return undefined;
  }
}

const fallbackNotice = ({ message, detail }: EdgecError): string =>
  `${message} (${detail.found}); the reference executor is slow: ${detail.remedy}`;
