import { describe, expect, test } from 'vitest';
import { EdgecError, elementCount, opByName, Random, type Tensor, tensor } from '../../../core/index.ts';
import { type Graph, GraphBuilder, valueOf } from '../../graph/index.ts';
import { lower } from '../../lower/index.ts';
import { onnxFormat } from './index.ts';
import { mostOperands } from './operand-counts.ts';
import { importers } from './ops/index.ts';
import { encode } from './proto/message.ts';
import { modelSchema } from './proto/onnx.ts';

const source = { format: 'test', ops: {}, notes: [] };

/** Evaluates a graph by the definitions of its ops; quantised ones are lowered first. */
function run(graph: Graph, feeds: readonly Tensor[]): Tensor[] {
  const { graph: program } = lower(graph);
  const values = program.values.map((v) => v.constant);
  program.inputs.forEach((id, i) => {
    values[id] = feeds[i];
  });
  for (const node of program.nodes) {
    const outputs = node.outputs.map((i) => {
      const { dtype, shape, quant } = program.values[i].type;
      return tensor(dtype, shape, undefined, quant);
    });
    const operands = node.inputs.map((i) => (i === undefined ? undefined : values[i]));
    opByName(node.op).evaluate(operands, node.attrs as never, outputs);
    node.outputs.forEach((i, k) => {
      values[i] = outputs[k];
    });
  }
  return program.outputs.map((i) => values[i] as Tensor);
}

const noise = (random: Random, shape: readonly number[], low = -1, high = 1): Tensor =>
  tensor(
    'float32',
    shape,
    Float32Array.from({ length: elementCount(shape) }, () => random.uniform(low, high)),
  );

function floatModel(): Graph {
  const random = new Random(7);
  const b = new GraphBuilder();
  const weight = (shape: readonly number[]): number => b.constant('w', noise(random, shape));
  const spatial = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1] };
  const x = b.input('x', { dtype: 'float32', shape: [1, 3, 8, 6] });
  const image = b.add1('Transpose', [x], { perm: [0, 2, 3, 1] });
  const c1 = b.add1('Conv2d', [image, weight([4, 3, 3, 3]), weight([4])], {
    ...spatial,
    group: 1,
    clampMin: 0,
  });
  const c2 = b.add1('DepthwiseConv2d', [c1, weight([1, 3, 3, 8])], { ...spatial, clampMin: 0, clampMax: 6 });
  const pool = b.add1('MaxPool2d', [c2], {
    kernel: [2, 2],
    strides: [2, 2],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
  });
  const up = b.add1('TransposeConv2d', [pool, weight([5, 2, 2, 8])], {
    strides: [2, 2],
    pads: [0, 0, 0, 0],
    outputPads: [0, 0],
    dilations: [1, 1],
  });
  const joined = b.add1('Concat', [up, b.add1('HardSwish', [up]), c1], { axis: 3 });
  const padded = b.add1('Pad', [joined], { pads: [0, 1, 0, 0, 0, 0, 2, 0] });
  const mean = b.add1('ReduceMean', [padded], { axes: [1, 2], keepDims: false });
  const y = b.add1('FullyConnected', [mean, weight([6, 14]), weight([6])]);
  b.output(b.add1('Softmax', [y], { axis: 1 }, { name: 'y' }));
  return b.build('net', 'canonical', source);
}

/** x → Quantize → Conv with Relu → Add → mean → FullyConnected → Dequantize. */
function quantisedModel(): Graph {
  const random = new Random(8);
  const b = new GraphBuilder();
  const q = (scale: number, zero: number) => ({ scale: [Math.fround(scale)], zeroPoint: [zero] });
  const int8 = (shape: readonly number[], quant: object): Tensor =>
    ({
      ...tensor(
        'int8',
        shape,
        Int8Array.from({ length: elementCount(shape) }, () => random.int(-127, 127)),
      ),
      quant,
    }) as Tensor;
  const x = b.input('x', { dtype: 'float32', shape: [1, 2, 5, 5] });
  const stored = b.add1('Quantize', [x], q(0.02, -3));
  const image = b.add1('Transpose', [stored], { perm: [0, 2, 3, 1] });
  const scale = [0.01, 0.02, 0.03].map(Math.fround);
  const w = b.constant('w', int8([3, 3, 3, 2], { scale, zeroPoint: [0, 0, 0], axis: 0 }));
  const biasQuant = {
    scale: scale.map((s) => Math.fround(s * Math.fround(0.02))),
    zeroPoint: [0, 0, 0],
    axis: 0,
  };
  const bias = b.constant('b', tensor('int32', [3], [100, -200, 300], biasQuant));
  const conv = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1, clampMin: 0 };
  const c = b.add1('Conv2d', [image, w, bias], conv, { outputQuant: [q(0.05, -128)] });
  const side = b.add1('Conv2d', [image, w, bias], { ...conv, clampMax: 3 }, { outputQuant: [q(0.1, -100)] });
  const sum = b.add1('Add', [c, side], {}, { outputQuant: [q(0.11, -128)] });
  const mean = b.add1(
    'ReduceMean',
    [sum],
    { axes: [1, 2], keepDims: true },
    { outputQuant: [q(0.03, -128)] },
  );
  const flat = b.add1('Reshape', [mean], { shape: [1, 3] });
  const fc = b.constant('fc', int8([4, 3], q(0.01, 0)));
  const y = b.add1('FullyConnected', [flat, fc], {}, { outputQuant: [q(0.02, 5)] });
  b.output(b.add1('Dequantize', [y], q(0.02, 5), { name: 'y' }));
  return b.build('net', 'quantized', source);
}

const codeOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    return error instanceof EdgecError ? error.code : `uncoded ${error}`;
  }
  return 'none';
};

describe('write and read', () => {
  test('a float graph gives the same numbers', () => {
    const graph = floatModel();
    const back = onnxFormat.read(onnxFormat.write(graph));
    const x = noise(new Random(3), [1, 3, 8, 6]);
    const [a, b] = [run(graph, [x])[0], run(back, [x])[0]];
    expect(back.stage).toBe('imported');
    expect(valueOf(back, back.outputs[0]).name).toBe('y');
    a.data.forEach((v, i) => {
      expect(Number(b.data[i])).toBeCloseTo(Number(v), 5);
    });
  });

  for (const activations of ['u8', 's8'] as const) {
    test(`a quantised graph gives the same bits through QDQ with ${activations}`, () => {
      const graph = quantisedModel();
      const back = onnxFormat.read(onnxFormat.write(graph, { activations }));
      const x = noise(new Random(4), [1, 2, 5, 5], -2, 2);
      expect(back.stage).toBe('quantized');
      expect(back.nodes.filter((n) => n.op === 'Dequantize')).toHaveLength(1);
      expect(run(back, [x])[0].data).toEqual(run(graph, [x])[0].data);
    });
  }

  test('convolutions in a row need one transpose or none', () => {
    const { source: written } = onnxFormat.read(onnxFormat.write(quantisedModel()));
    expect(written.ops.Transpose ?? 0).toBeLessThanOrEqual(1);
  });
});

describe('refusals', () => {
  const model = (
    op: string,
    attribute: never[] = [],
    domain = '',
    version = 13,
    dim: object[] = [{ value: 1 }, { value: 4 }],
  ) => {
    const type = { tensorType: { elemType: 1, shape: { dim } } };
    return encode(modelSchema, {
      irVersion: 7,
      opsetImport: [{ version }],
      graph: {
        name: 'g',
        node: [{ opType: op, domain, input: ['x'], output: ['y'], attribute }],
        initializer: [],
        sparseInitializer: [],
        input: [{ name: 'x', type }],
        output: [{ name: 'y', type }],
      },
    } as never);
  };

  test('say what is wrong', () => {
    expect(codeOf(() => onnxFormat.read(model('Relu')))).toBe('none');
    expect(codeOf(() => onnxFormat.read(model('Det')))).toBe('E_OP_UNSUPPORTED');
    expect(codeOf(() => onnxFormat.read(model('toString')))).toBe('E_OP_UNSUPPORTED');
    expect(codeOf(() => onnxFormat.read(model('Relu', [], 'constructor')))).toBe('E_OP_UNSUPPORTED');
    expect(codeOf(() => onnxFormat.read(model('Relu', [], '', 0)))).toBe('E_FORMAT_VERSION');
    expect(codeOf(() => onnxFormat.read(model('Relu', [], '', 24)))).toBe('E_FORMAT_VERSION');
    expect(codeOf(() => onnxFormat.read(model('Add')))).toBe('E_GRAPH_INVALID');
    expect(codeOf(() => onnxFormat.read(model('Relu', [], '', 13, [{ value: 1 }, { param: 'n' }])))).toBe(
      'E_SHAPE_DYNAMIC',
    );
    expect(codeOf(() => onnxFormat.read(model('Relu'), { shapes: { z: [1] } }))).toBe('E_CLI_USAGE');
  });

  test('every operator states how many operands it takes', () => {
    for (const op of Object.keys(importers[''])) expect(mostOperands(op), op).toBeDefined();
  });

  test('a file that is older than opsets has the forms of opset 1', () => {
    const value = (name: string, ...dims: number[]) => ({
      name,
      type: { tensorType: { elemType: 1, shape: { dim: dims.map((d) => ({ value: d })) } } },
    });
    const ints = (name: string, list: number[]) => ({ name, ints: list, floats: [], strings: [] });
    const int = (name: string, i: number) => ({ ...ints(name, []), i });
    const file = (irVersion: number) =>
      encode(modelSchema, {
        irVersion,
        graph: {
          name: 'g',
          node: [
            {
              opType: 'Add',
              input: ['x', 'b'],
              output: ['s'],
              attribute: [int('broadcast', 1), int('axis', 1)],
            },
            { opType: 'Reshape', input: ['s'], output: ['y'], attribute: [ints('shape', [4, -1])] },
          ],
          initializer: [{ name: 'b', dims: [2], dataType: 1, floatData: [10, 20] }],
          input: [value('x', 1, 2, 2)],
          output: [value('y', 4, 1)],
        },
      } as never);
    const graph = onnxFormat.read(file(1));
    const [y] = run(graph, [tensor('float32', [1, 2, 2], [1, 2, 3, 4])]);
    expect([y.shape, [...y.data]]).toEqual([
      [4, 1],
      [11, 12, 23, 24],
    ]);
    expect(codeOf(() => onnxFormat.read(file(3)))).toBe('E_FORMAT_VERSION');
  });

  test('an unknown batch is 1, with a note', () => {
    const graph = onnxFormat.read(model('Relu', [], '', 13, [{ param: 'N' }, { value: 4 }]));
    expect(valueOf(graph, graph.inputs[0]).type.shape).toEqual([1, 4]);
    expect(graph.source.notes).toHaveLength(1);
  });

  test('external data outside the folder is not opened', () => {
    for (const location of ['../secret', '/etc/passwd', 'a/../../b', 'C:\\x', '']) {
      const bytes = encode(modelSchema, {
        opsetImport: [{ version: 13 }],
        graph: {
          initializer: [
            {
              name: 'w',
              dims: [1],
              dataType: 1,
              dataLocation: 1,
              externalData: [{ key: 'location', value: location }],
            },
          ],
        },
      } as never);
      expect(codeOf(() => onnxFormat.read(bytes, { directory: '/tmp' }))).toBe('E_FORMAT_CORRUPT');
    }
  });

  test('truncated and altered files give coded errors', () => {
    const bytes = onnxFormat.write(floatModel());
    const random = new Random(5);
    for (let i = 0; i < 300; i++) {
      const cut = bytes.slice(0, random.int(0, bytes.length - 1));
      expect(codeOf(() => onnxFormat.read(cut))).toMatch(/^(none|E_)/);
      const altered = bytes.slice();
      for (let k = 0; k < 3; k++) altered[random.int(0, altered.length - 1)] = random.int(0, 255);
      expect(codeOf(() => onnxFormat.read(altered))).toMatch(/^(none|E_)/);
    }
  });
});
