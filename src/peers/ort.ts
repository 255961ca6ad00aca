import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EdgecError, type TypedArray } from '../core/index.ts';
import type { Contender, NamedInput } from './contender.ts';

type Feeds = Record<string, unknown>;
type Fetches = Record<string, null>;

/** What of a native session of onnxruntime-node is used. */
interface NativeSession {
  readonly outputMetadata: readonly { name: string }[];
  loadModel(path: string, options: object): void;
  loadModel(buffer: ArrayBufferLike, offset: number, bytes: number, options: object): void;
  run(feeds: Feeds, fetches: Fetches, options: object): Record<string, { data: ArrayLike<unknown> }>;
  dispose(): void;
}

interface PublicSession {
  run(feeds: Feeds): Promise<unknown>;
  release(): Promise<void>;
}

interface Modules {
  api: {
    Tensor: new (type: string, data: TypedArray, shape: readonly number[]) => unknown;
    InferenceSession: { create(model: string | Uint8Array, options: object): Promise<PublicSession> };
  };
  native: { binding: { InferenceSession: new () => NativeSession }; initOrt?(): void };
  version: string;
}

/** onnxruntime-node as its users install it: in the project of the working directory, or beside edgec. */
export class Ort {
  readonly version: string;
  readonly #modules: Modules;

  private constructor(modules: Modules) {
    this.#modules = modules;
    this.version = modules.version;
  }

  /** Throws E_ENV_PEER where onnxruntime-node is not installed. */
  static resolve(): Ort {
    const found = [join(process.cwd(), 'package.json'), import.meta.url].map(modulesAt);
    const modules = found.find((m): m is Modules => !(m instanceof Error));
    if (modules) return new Ort(modules);
    throw new EdgecError('E_ENV_PEER', 'ONNX Runtime is not installed', {
      expected: 'onnxruntime-node in the project of the working directory',
      found: (found[0] as Error).message.split('\n')[0],
      remedy: 'install it with `npm install --ignore-scripts onnxruntime-node`',
    });
  }

  /** The native binding's run, without the JavaScript layer around it: ONNX Runtime at its best. */
  native(
    name: string,
    model: string | Uint8Array,
    inputs: readonly NamedInput[],
    options: OrtOptions,
  ): Contender {
    const session = this.#load(model, options);
    const run = this.#runner(session, inputs);
    return {
      name,
      burst(count) {
        const start = process.hrtime.bigint();
        for (let i = 0; i < count; i++) run();
        return Number(process.hrtime.bigint() - start) / count;
      },
      dispose: () => session.dispose(),
    };
  }

  #load(model: string | Uint8Array, options: OrtOptions): NativeSession {
    const { native } = this.#modules;
    native.initOrt?.();
    const session = new native.binding.InferenceSession();
    const given = sessionOptions(options);
    if (typeof model === 'string') session.loadModel(model, given);
    else session.loadModel(model.buffer, model.byteOffset, model.byteLength, given);
    return session;
  }

  #runner(session: NativeSession, inputs: readonly NamedInput[]) {
    const feeds = feedsOf(this.#modules.api, inputs);
    const fetches = Object.fromEntries(session.outputMetadata.map((output) => [output.name, null]));
    return () => session.run(feeds, fetches, {});
  }

  /** How many elements of the outputs change where products of bytes are asked to be exact. */
  saturation(model: string | Uint8Array, inputs: readonly NamedInput[]): Saturation {
    const [fast, exact] = [false, true].map((exact) => {
      const session = this.#load(model, { threads: 1, exact });
      const outputs = Object.values(this.#runner(session, inputs)()).flatMap(({ data }) => Array.from(data));
      session.dispose();
      return outputs;
    });
    return { elements: exact.length, changed: exact.filter((v, i) => !Object.is(v, fast[i])).length };
  }

  /** The documented interface, one awaited run after the other. */
  async public(
    name: string,
    model: string | Uint8Array,
    inputs: readonly NamedInput[],
    options: OrtOptions,
  ): Promise<Contender> {
    const { api } = this.#modules;
    const session = await api.InferenceSession.create(model, sessionOptions(options));
    const feeds = feedsOf(api, inputs);
    return {
      name,
      async burst(count) {
        const start = process.hrtime.bigint();
        for (let i = 0; i < count; i++) await session.run(feeds);
        return Number(process.hrtime.bigint() - start) / count;
      },
      dispose: () => session.release(),
    };
  }
}

/** Elements of the outputs of a model, and how many of them are not what exact products make of the same inputs. */
export interface Saturation {
  readonly elements: number;
  readonly changed: number;
}

export interface OrtOptions {
  readonly threads: number;
  /** Products of bytes that do not saturate on x86 processors without VNNI. They are slower. */
  readonly exact?: boolean;
  /** Where ONNX Runtime writes the graph that it really runs. */
  readonly optimizedModelFilePath?: string;
}

const errorsOnly = 3;

const sessionOptions = ({ threads, exact, optimizedModelFilePath }: OrtOptions): object => ({
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  logSeverityLevel: errorsOnly,
  ...(exact && { extra: { session: { x64quantprecision: '1' } } }),
  ...(optimizedModelFilePath && { optimizedModelFilePath }),
});

const feedsOf = ({ Tensor }: Modules['api'], inputs: readonly NamedInput[]): Feeds =>
  Object.fromEntries(inputs.map(({ name, dtype, data, shape }) => [name, new Tensor(dtype, data, shape)]));

function modulesAt(place: string): Modules | Error {
  try {
    const require = createRequire(place);
    return {
      api: require('onnxruntime-node'),
      native: require('onnxruntime-node/dist/binding.js'),
      version: require('onnxruntime-node/package.json').version,
    };
  } catch (error) {
    return error as Error;
  }
}
