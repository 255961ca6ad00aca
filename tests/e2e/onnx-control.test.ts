import { describe, expect, test } from 'vitest';
import { encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import { graphSchema, modelSchema } from '../../src/compiler/formats/onnx/proto/onnx.ts';
import { compileModel } from '../../src/compiler/index.ts';
import type { EdgecError } from '../../src/core/index.ts';
import { loadModel } from '../../src/runtime/index.ts';
import { OrtOracle } from '../oracles/ort.ts';

const none = { input: [], output: [], node: [], initializer: [], sparseInitializer: [] };
const float = (dim: number[]) => ({
  tensorType: { elemType: 1, shape: { dim: dim.map((value) => ({ value })) } },
});
const bool = { tensorType: { elemType: 9, shape: { dim: [] } } };
const long = { tensorType: { elemType: 7, shape: { dim: [] } } };

const node = (opType: string, input: string[], output: string[], attribute: object[] = []) => ({
  opType,
  name: output[0],
  input,
  output,
  attribute,
});

const branch = (op: string): Uint8Array =>
  encode(graphSchema, {
    ...none,
    name: op,
    node: [node(op, ['x', 'x'], ['result'])],
    output: [{ name: 'result', type: float([3]) }],
  } as never);

const subgraph = (name: string, g: Uint8Array) => ({ name, g, type: 5, floats: [], ints: [], strings: [] });

function modelOf(nodes: object[], input: object[], initializer: object[] = []): Uint8Array {
  const graph = {
    ...none,
    name: 'g',
    node: nodes,
    input,
    initializer,
    output: [{ name: 'y', type: float([3]) }],
  };
  return encode(modelSchema, { irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph } as never);
}

const x = { name: 'x', type: float([3]) };
const branches = [subgraph('then_branch', branch('Add')), subgraph('else_branch', branch('Mul'))];
const choice = node('If', ['c'], ['y'], branches);
const constant = (name: string, dataType: number, values: number[]) => ({
  name,
  dims: [],
  dataType,
  floatData: [],
  int32Data: dataType === 9 ? values : [],
  int64Data: dataType === 7 ? values : [],
  doubleData: [],
  uint64Data: [],
  externalData: [],
});

/** v ← v · v + x, a few times. */
const body = encode(graphSchema, {
  ...none,
  name: 'body',
  input: [
    { name: 'i', type: long },
    { name: 'goes', type: bool },
    { name: 'v', type: float([3]) },
  ],
  node: [
    node('Identity', ['goes'], ['goesOn']),
    node('Mul', ['v', 'v'], ['squared']),
    node('Add', ['squared', 'x'], ['next']),
  ],
  output: [
    { name: 'goesOn', type: bool },
    { name: 'next', type: float([3]) },
  ],
} as never);
const loop = node('Loop', ['n', 'c', 'x'], ['y'], [subgraph('body', body)]);

async function run(model: Uint8Array, data: Record<string, Float32Array | Uint8Array>) {
  const { package: bytes } = await compileModel({ model, precision: 'float32', target: { name: 'host' } });
  const session = await loadModel(bytes);
  const found = session.runSync(data).y.data;
  session.dispose();
  return found;
}

const values = Float32Array.of(0.5, -2, 3);

describe('subgraphs', () => {
  test.each([
    { flag: 1, expected: [1, -4, 6] },
    { flag: 0, expected: [0.25, 4, 9] },
  ])('a constant condition $flag chooses its branch', async ({ flag, expected }) => {
    const model = modelOf([choice], [x], [constant('c', 9, [flag])]);
    expect(Array.from(await run(model, { x: values }), Number)).toEqual(expected);
  });

  test('a computed condition selects', async () => {
    const model = modelOf([choice], [x, { name: 'c', type: bool }]);
    expect(Array.from(await run(model, { x: values, c: Uint8Array.of(1) }), Number)).toEqual([1, -4, 6]);
    expect(Array.from(await run(model, { x: values, c: Uint8Array.of(0) }), Number)).toEqual([0.25, 4, 9]);
  });

  test('a loop of three steps gives the result of ONNX Runtime', async () => {
    const model = modelOf([loop], [x], [constant('n', 7, [3]), constant('c', 9, [1])]);
    const oracle = await OrtOracle.open(model);
    const expected = (await oracle.run({ x: { data: values, shape: [3] } })).get('y');
    expect(Array.from(await run(model, { x: values }), Number)).toEqual(Array.from(expected ?? [], Number));
  });

  test.each([
    { what: 'an endless loop', counts: [2 ** 31 - 1], code: 'E_LIMIT_EXCEEDED' },
    { what: 'a loop without end', counts: [], code: 'E_LIMIT_EXCEEDED' },
  ])('$what is refused', async ({ counts, code }) => {
    const initializer = [constant('c', 9, [1]), ...(counts.length > 0 ? [constant('n', 7, counts)] : [])];
    const given = counts.length > 0 ? loop : node('Loop', ['', 'c', 'x'], ['y'], [subgraph('body', body)]);
    const compiled = compileModel({
      model: modelOf([given], [x], initializer),
      precision: 'float32',
      target: { name: 'host' },
    });
    await expect(compiled.catch((error: EdgecError) => error.code)).resolves.toBe(code);
  });

  test('subgraphs that nest too deep are refused', async () => {
    let inner = branch('Add');
    for (let i = 0; i < 40; i++) {
      inner = encode(graphSchema, {
        ...none,
        name: 'deep',
        node: [
          node(
            'If',
            ['c'],
            ['result'],
            [subgraph('then_branch', inner), subgraph('else_branch', branch('Mul'))],
          ),
        ],
        output: [{ name: 'result', type: float([3]) }],
      } as never);
    }
    const deep = node(
      'If',
      ['c'],
      ['y'],
      [subgraph('then_branch', inner), subgraph('else_branch', branch('Mul'))],
    );
    const compiled = compileModel({
      model: modelOf([deep], [x], [constant('c', 9, [1])]),
      precision: 'float32',
      target: { name: 'host' },
    });
    await expect(compiled.catch((error: EdgecError) => error.code)).resolves.toBe('E_LIMIT_EXCEEDED');
  });
});
