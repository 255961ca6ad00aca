import type { Contender, NamedInput } from '#peers';
import { TfliteOracle } from '../../tests/oracles/tflite.ts';

/** TFLite's WebAssembly with SIMD and XNNPACK, one thread, by its own run without the TensorFlow.js around it. */
export async function tflite(model: Uint8Array, inputs: readonly NamedInput[]): Promise<Contender> {
  const runner = await TfliteOracle.open(model);
  runner.set(inputs.map(({ data }) => data));
  return {
    name: 'tfjs-tflite',
    burst(count) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < count; i++) runner.infer();
      return Number(process.hrtime.bigint() - start) / count;
    },
    dispose: () => runner.close(),
  };
}
