import { describe, expect, test } from 'vitest';
import { EdgecError, Random, tensor } from '../../../core/index.ts';
import { type Graph, GraphBuilder, verify } from '../../graph/index.ts';
import { tfliteFormat } from './index.ts';
import { ModelWriter } from './write/model-writer.ts';

const source = { format: 'test', ops: {}, notes: [] };

function floatNet(): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [1, 8, 8, 3] });
  const w = b.constant('w', tensor('float32', [4, 3, 3, 3]));
  const conv = b.add1('Conv2d', [x, w], { strides: [2, 2], pads: [1, 1, 0, 0], clampMin: 0, clampMax: 6 });
  const mean = b.add1('ReduceMean', [conv], { axes: [1, 2], keepDims: false });
  const fc = b.constant('fc', tensor('float32', [5, 4]));
  b.output(b.add1('Softmax', [b.add1('FullyConnected', [mean, fc])], { axis: 1 }, { name: 'y' }));
  return b.build('net', 'canonical', source);
}

function int8Net(): Graph {
  const b = new GraphBuilder();
  const q = (scale: number, zero: number) => ({ scale: [Math.fround(scale)], zeroPoint: [zero] });
  const x = b.input('x', { dtype: 'int8', shape: [1, 6, 6, 2], quant: q(0.1, 3) });
  const scale = [0.01, 0.02, 0.03].map(Math.fround);
  const weightQuant = { scale, zeroPoint: [0, 0, 0], axis: 0 };
  const w = b.constant('w', tensor('int8', [3, 3, 3, 2], new Int8Array(54).fill(2), weightQuant));
  const outputQuant = [q(0.2, -5)];
  const conv = b.add1('Conv2d', [x, w], { pads: [1, 1, 1, 1] }, { outputQuant });
  b.output(b.add1('Reshape', [conv], { shape: [1, 108] }, { name: 'y', outputQuant }));
  return b.build('net', 'quantized', source);
}

const codeOf = (run: () => void): string | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof EdgecError) return error.code;
    throw error;
  }
  return undefined;
};

/** A file of one operator over given tensors. */
function file(fill: (model: ModelWriter) => { inputs: number[]; outputs: number[] }): Uint8Array {
  const model = new ModelWriter(false);
  const { inputs, outputs } = fill(model);
  return model.finish('test', inputs, outputs);
}

const vector = { dtype: 'float32', shape: [4] } as const;

describe('TFLite files', () => {
  test('begin with their identifier', () => {
    expect(tfliteFormat.matches(tfliteFormat.write(floatNet()))).toBe(true);
    expect(tfliteFormat.matches(new Uint8Array(7))).toBe(false);
  });

  test('keep ops, attributes and names of a float graph', () => {
    const again = tfliteFormat.read(tfliteFormat.write(floatNet()));
    verify(again);
    expect(again.stage).toBe('imported');
    expect(again.nodes.map((n) => n.op)).toEqual([
      'Pad',
      'Conv2d',
      'ReduceMean',
      'FullyConnected',
      'Softmax',
    ]);
    expect(again.nodes[1].attrs).toMatchObject({ strides: [2, 2], clampMin: 0, clampMax: 6 });
    expect(again.values.get(again.inputs[0])?.name).toBe('x');
    expect(again.values.get(again.outputs[0])?.name).toBe('y');
  });

  test('keep the parameters of an int8 graph', () => {
    const graph = int8Net();
    const again = tfliteFormat.read(tfliteFormat.write(graph));
    verify(again);
    expect(again.stage).toBe('quantized');
    const [conv] = again.nodes;
    expect(conv.attrs.pads).toEqual([1, 1, 1, 1]);
    expect(again.values.get(conv.inputs[1] as number)?.type.quant?.axis).toBe(0);
    expect(again.values.get(conv.inputs[2] as number)?.type.dtype).toBe('int32');
    expect(again.values.get(again.outputs[0])?.type).toEqual(graph.values.get(graph.outputs[0])?.type);
  });

  test('are refused with a code when they end early', () => {
    const bytes = tfliteFormat.write(int8Net());
    for (let length = 0; length < bytes.length; length += 7) {
      expect(codeOf(() => tfliteFormat.read(bytes.subarray(0, length)))).toMatch(/^E_/);
    }
  });

  test('never crash the reader, whatever bytes change', () => {
    const random = new Random(Number(process.env.EDGEC_SEED ?? 1));
    for (const bytes of [tfliteFormat.write(int8Net()), tfliteFormat.write(floatNet())]) {
      for (let round = 0; round < 3000; round++) {
        const copy = bytes.slice();
        for (let k = random.int(1, 4); k > 0; k--)
          copy[random.int(0, copy.length - 1)] = random.pick([0, 1, 127, 128, 255, random.int(0, 255)]);
        codeOf(() => tfliteFormat.read(copy));
      }
    }
  });

  test('are refused when an operator reads what is not made yet', () => {
    const bytes = file((m) => {
      const [x, y, z] = ['x', 'y', 'z'].map((name) => m.tensor(name, vector));
      m.operator('RELU', 1, [y], [z]);
      m.operator('RELU', 1, [x], [y]);
      return { inputs: [x], outputs: [z] };
    });
    expect(codeOf(() => tfliteFormat.read(bytes))).toBe('E_GRAPH_INVALID');
  });

  test('are refused for indices, scales and shapes that cannot be', () => {
    const single = (type: Parameters<ModelWriter['tensor']>[1], input = 0): string | undefined =>
      codeOf(() =>
        tfliteFormat.read(
          file((m) => {
            const x = m.tensor('x', type);
            const y = m.tensor('y', type);
            m.operator('RELU', 1, [input], [y]);
            return { inputs: [x], outputs: [y] };
          }),
        ),
      );
    const int8 = (scale: number) =>
      ({ dtype: 'int8', shape: [4], quant: { scale: [scale], zeroPoint: [0] } }) as const;
    expect(single(vector, 99)).toBe('E_FORMAT_CORRUPT');
    expect(single(vector, -2)).toBe('E_FORMAT_CORRUPT');
    expect(single({ dtype: 'float32', shape: [4, -3] })).toBe('E_LIMIT_EXCEEDED');
    expect(single({ dtype: 'float32', shape: [65536, 65536] })).toBe('E_LIMIT_EXCEEDED');
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(single(int8(scale))).toBe('E_NUMERICS_SCALE');
    expect(single(int8(0.5))).toBeUndefined();
  });

  test('name an operator that is not supported', () => {
    const bytes = file((m) => {
      const x = m.tensor('x', vector);
      const y = m.tensor('y', vector);
      m.operator('WHILE', 1, [x], [y]);
      return { inputs: [x], outputs: [y] };
    });
    expect(() => tfliteFormat.read(bytes)).toThrow(
      expect.objectContaining({
        code: 'E_OP_UNSUPPORTED',
        detail: expect.objectContaining({ found: 'WHILE', where: 'y' }),
      }),
    );
  });
});
