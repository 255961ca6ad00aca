import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface OrtInput {
  readonly data: ArrayLike<number | bigint>;
  readonly shape: readonly number[];
}

const elementType: Readonly<Record<string, Tensor.Type>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int32Array: 'int32',
  BigInt64Array: 'int64',
  Int8Array: 'int8',
  Uint8Array: 'uint8',
};

/** Without it, products of bytes saturate on x86 processors that have no VNNI. */
const exact = { session: { x64quantprecision: '1' } };

/** A model in ONNX Runtime on the CPU, one thread. */
export class OrtOracle {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async open(model: Uint8Array, options: InferenceSession.SessionOptions = {}): Promise<OrtOracle> {
    const own = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3, extra: exact } as const;
    return new OrtOracle(await InferenceSession.create(model, { ...own, ...options }));
  }

  /** Runs on typed arrays by name; outputs by name, in the model's order. */
  async run(inputs: Readonly<Record<string, OrtInput>>): Promise<Map<string, ArrayLike<number | bigint>>> {
    const feeds = Object.entries(inputs).map(([name, { data, shape }]) => {
      const type = elementType[data.constructor.name];
      return [name, new Tensor(type, data as Float32Array, shape)];
    });
    const results = await this.#session.run(Object.fromEntries(feeds));
    const values = (name: string) => results[name].data as ArrayLike<number | bigint>;
    return new Map(this.#session.outputNames.map((name) => [name, values(name)]));
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
