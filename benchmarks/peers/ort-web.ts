import { createRequire } from 'node:module';
import type { TypedArray } from 'edgec';
import type { Contender, NamedInput } from '#peers';

interface OrtWeb {
  env: { wasm: { numThreads: number }; logLevel: string };
  Tensor: new (type: string, data: TypedArray, shape: readonly number[]) => unknown;
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: Record<string, unknown>): Promise<unknown>; release(): Promise<void> }>;
  };
}

/** onnxruntime-web's WebAssembly with SIMD, one thread, by its documented interface. */
export async function ortWeb(onnx: Uint8Array, inputs: readonly NamedInput[]): Promise<Contender> {
  const ort = createRequire(import.meta.url)('onnxruntime-web') as OrtWeb;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const session = await ort.InferenceSession.create(onnx, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const feeds = Object.fromEntries(
    inputs.map(({ name, dtype, data, shape }) => [name, new ort.Tensor(dtype, data, shape)]),
  );
  return {
    name: 'ort-web',
    async burst(count) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < count; i++) await session.run(feeds);
      return Number(process.hrtime.bigint() - start) / count;
    },
    dispose: () => session.release(),
  };
}
