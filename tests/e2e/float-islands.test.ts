import { expect, test } from 'vitest';
import { compileModel, GraphBuilder, writeFormat } from '../../src/compiler/index.ts';

test('a quantised source that computes in float is mixed, and the manifest names the node', async () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [1, 8] });
  const params = { scale: [0.5], zeroPoint: [0] };
  const stored = builder.add1('Quantize', [x], params, { name: 'stored' });
  const real = builder.add1('Dequantize', [stored], params, { name: 'real' });
  builder.output(builder.add1('Softmax', [real], { axis: 1 }, { name: 'scores' }));
  const graph = builder.build('islands', 'quantized', { format: 'test', ops: {}, notes: [] });
  const model = writeFormat(graph, 'onnx');
  const { manifest } = await compileModel({ model, precision: 'int8', target: { name: 'host' } });
  expect(manifest).toMatchObject({ precision: 'mixed', floatIslands: [expect.stringContaining('scores')] });
});
