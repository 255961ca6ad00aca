import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';

/** What the low-level class of tfjs-tflite offers on one tensor. */
interface WasmTensor {
  name: string;
  shape: string;
  dataType: string;
  data(): ArrayLike<number> & { set(values: ArrayLike<number>): void; slice(): ArrayLike<number> };
}

interface WasmRunner {
  GetInputs(): { size(): number; get(i: number): WasmTensor };
  GetOutputs(): { size(): number; get(i: number): WasmTensor };
  Infer(): boolean;
  delete(): void;
}

interface WasmModule {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  TFLiteWebModelRunner: {
    CreateFromBufferAndOptions(
      at: number,
      bytes: number,
      options: { numThreads: number; enableProfiling: boolean; maxProfilingBufferEntries: number },
    ): { ok(): boolean; value(): WasmRunner; errorMessage(): string };
  };
}

let wasm: Promise<WasmModule> | undefined;

/** Loads the wasm of tfjs-tflite with the few browser names that its loader reads. */
function load(): Promise<WasmModule> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@tensorflow/tfjs-tflite/package.json')), 'wasm');
  const file = join(folder, 'tflite_web_api_cc_simd.js');
  const module = { exports: {} as unknown };
  const shim = { location: { href: `file://${file}` } };
  const loader = vm.runInThisContext(
    `(function (module, exports, require, __dirname, __filename, self, location) {${readFileSync(file, 'utf8')}\n;return typeof tflite_web_api_ModuleFactory === 'undefined' ? module.exports : tflite_web_api_ModuleFactory; })`,
  ) as (...args: unknown[]) => (options: object) => Promise<WasmModule>;
  const factory = loader(module, module.exports, require, folder, file, shim, shim.location);
  return factory({
    wasmBinary: readFileSync(file.replace('.js', '.wasm')),
    print: () => {},
    printErr: () => {},
  });
}

export interface TfliteRun {
  name: string;
  data: ArrayLike<number>;
}

/** A model in the wasm build of TFLite with XNNPACK, one thread. */
export class TfliteOracle {
  readonly #runner: WasmRunner;
  readonly #release: () => void;

  private constructor(runner: WasmRunner, release: () => void) {
    this.#runner = runner;
    this.#release = release;
  }

  static async open(model: Uint8Array): Promise<TfliteOracle> {
    wasm ??= load();
    const module = await wasm;
    const at = module._malloc(model.length);
    module.HEAPU8.set(model, at);
    const status = module.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, model.length, {
      numThreads: 1,
      enableProfiling: false,
      maxProfilingBufferEntries: 0,
    });
    const release = (): void => module._free(at);
    if (!status.ok()) {
      release();
      throw new Error(`tfjs-tflite refuses the model: ${status.errorMessage()}`);
    }
    return new TfliteOracle(status.value(), release);
  }

  inputs(): { name: string; dataType: string; shape: string }[] {
    const list = this.#runner.GetInputs();
    return Array.from({ length: list.size() }, (_, i) => list.get(i)).map(({ name, dataType, shape }) => ({
      name,
      dataType,
      shape,
    }));
  }

  /** Runs on inputs in the model's order and returns copies of the outputs. */
  run(inputs: readonly ArrayLike<number | bigint>[]): TfliteRun[] {
    this.set(inputs);
    this.infer();
    const outputs = this.#runner.GetOutputs();
    return Array.from({ length: outputs.size() }, (_, i) => outputs.get(i)).map((t) => ({
      name: t.name,
      data: t.data().slice(),
    }));
  }

  set(inputs: readonly ArrayLike<number | bigint>[]): void {
    const list = this.#runner.GetInputs();
    inputs.forEach((values, i) =>
      list
        .get(i)
        .data()
        .set(values as ArrayLike<number>),
    );
  }

  /** Runs on the inputs that are set. */
  infer(): void {
    if (!this.#runner.Infer()) throw new Error('tfjs-tflite fails to run the model');
  }

  close(): void {
    this.#runner.delete();
    this.#release();
  }
}
