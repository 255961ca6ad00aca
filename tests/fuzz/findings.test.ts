import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileModel, GraphBuilder, writeFormat } from '../../src/compiler/index.ts';
import { Random } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { attempt } from './judge.ts';
import type { Format } from './mutant.ts';

/** What was found once, with what becomes of it now. */
const found: readonly [file: string, outcome: string][] = [
  ['affine-grid-of-no-rows.onnx', 'accepted'],
  ['attention-of-float-and-bytes.onnx', 'E_TENSOR_DTYPE'],
  ['average-pool-of-int8-without-scale.onnx', 'E_TENSOR_DTYPE'],
  ['convolution-with-computed-bias.tflite', 'E_OP_UNSUPPORTED'],
  ['convolution-with-integer-bias.onnx', 'E_TENSOR_DTYPE'],
  ['expand-to-nothing-but-huge.onnx', 'E_LIMIT_EXCEEDED'],
  ['floor-mod-of-two-types.tflite', 'E_TENSOR_DTYPE'],
  ['fully-connected-of-int8-without-scale.tflite', 'E_TENSOR_DTYPE'],
  ['fully-connected-without-outputs.tflite', 'E_OP_SHAPE'],
  ['int16-convolution-of-huge-scale.tflite', 'E_NUMERICS_SCALE'],
  ['leaky-relu-of-int8-without-scale.tflite', 'E_TENSOR_DTYPE'],
  ['lrn-of-huge-size.onnx', 'E_OP_ATTRIBUTE'],
  ['linear-resize-of-int8-without-scale.tflite', 'E_TENSOR_DTYPE'],
  ['log-softmax-of-int8.onnx', 'E_TENSOR_DTYPE'],
  ['maximum-of-66-million.tflite', 'E_LIMIT_EXCEEDED'],
  ['pad-of-a-scalar.tflite', 'E_OP_SHAPE'],
  ['quantised-convolution-of-truths.onnx', 'E_TENSOR_DTYPE'],
  ['dequantize-of-huge-zero-point.edgec', 'E_PACKAGE_CORRUPT'],
  ['depthwise-sum-that-wraps.edgec', 'accepted'],
  ['one-hot-of-huge-depth.onnx', 'E_LIMIT_EXCEEDED'],
  ['softmax-of-int8-without-scale.onnx', 'E_TENSOR_DTYPE'],
  ['states-that-are-no-list.edgec', 'E_PACKAGE_CORRUPT'],
  ['sub-of-float-and-integers.onnx', 'E_TENSOR_DTYPE'],
  ['transpose-convolution-without-weights.tflite', 'E_OP_SHAPE'],
  ['trees-with-a-cycle.onnx', 'E_GRAPH_INVALID'],
];

/** Draws of the judge, which choose the precision, the instruction set and the executors of a run. */
const choices = [1, 2, 3, 4, 5, 6, 7, 8];

test.each(found)('%s: %s', async (file, outcome) => {
  const bytes = Uint8Array.from(readFileSync(new URL(`corpus/${file}`, import.meta.url)));
  const format = file.split('.')[1] as Format;
  for (const choice of choices) {
    const random = new Random(choice);
    const verdict = await attempt({ format, bytes, structured: true, random });
    expect(verdict).toMatchObject({ outcome });
    expect(verdict.finding).toBeUndefined();
  }
});

test.each([
  ['the inputs are large', 2 ** 16, 1, 1],
  ['other values are large', 1, 2 ** 20, 2],
])('noise to calibrate on is drawn for fewer samples where %s', async (_, width, repeats, expected) => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [16, width] });
  builder.output(builder.add1('Tile', [builder.add1('Tanh', [x])], { repeats: [1, repeats] }));
  const graph = builder.build('large', 'canonical', { format: 'edgec', ops: {}, notes: [] });
  const executor = (bytes: Uint8Array) => loadModel(bytes, { executor: 'native', keepAll: true });
  const model = writeFormat(graph, 'onnx');
  const { manifest } = await compileModel({ model, precision: 'int8', target: { name: 'host' }, executor });
  expect(manifest.calibration?.samples).toBe(expected);
});

test('a loader stays under its limit of memory', async () => {
  const builder = new GraphBuilder();
  builder.output(builder.add1('Tanh', [builder.input('x', { dtype: 'float32', shape: [1024] })]));
  const model = writeFormat(
    builder.build('net', 'canonical', { format: 'edgec', ops: {}, notes: [] }),
    'onnx',
  );
  const options = { model, precision: 'float32', target: { name: 'host' } } as const;
  const { package: bytes, arenaBytes } = await compileModel(options);
  const tooMuch = expect.objectContaining({ code: 'E_LIMIT_EXCEEDED' });
  for (const executor of ['native', 'reference'] as const) {
    await expect(loadModel(bytes, { executor, limits: { memoryBytes: arenaBytes - 1 } })).rejects.toThrow(
      tooMuch,
    );
    await loadModel(bytes, { executor, limits: { memoryBytes: arenaBytes } });
  }
  await expect(compileModel({ ...options, limits: { memoryBytes: arenaBytes - 1 } })).rejects.toThrow(
    tooMuch,
  );
  await expect(compileModel({ ...options, limits: { nodes: 0 } })).rejects.toThrow(tooMuch);
});
