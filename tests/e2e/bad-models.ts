import { encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import { modelSchema } from '../../src/compiler/formats/onnx/proto/onnx.ts';
import { attributeProto, tensorProto, valueInfo } from '../../src/compiler/formats/onnx/write/protos.ts';
import { ModelWriter } from '../../src/compiler/formats/tflite/write/model-writer.ts';
import {
  type DType,
  type ErrorCode,
  type TensorType,
  type TypedArray,
  tensor,
} from '../../src/core/index.ts';

export interface BadModel {
  readonly name: string;
  readonly extension: 'onnx' | 'tflite' | 'edgec';
  readonly bytes: Uint8Array;
  readonly code: ErrorCode;
  /** What the error has to name. */
  readonly names?: string;
}

interface OnnxNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Parameters<typeof attributeProto>[1]>>;
  name?: string;
  domain?: string;
}

interface OnnxParts {
  nodes: readonly OnnxNode[];
  constants?: readonly object[];
  shape?: readonly number[];
  opset?: number;
  outputs?: readonly string[];
}

const constant = (
  name: string,
  shape: readonly number[],
  data?: TypedArray | number[],
  type: DType = 'float32',
) => tensorProto(name, tensor(type, shape, data as number[]), type);

/** An ONNX file with one float input x. */
function onnx({ nodes, constants = [], shape = [1, 4], opset = 13, outputs = ['y'] }: OnnxParts): Uint8Array {
  const graph = {
    name: 'g',
    node: nodes.map(({ op, inputs, outputs: made, attributes = {}, name, domain }) => ({
      opType: op,
      input: [...inputs],
      output: [...made],
      attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      ...(name && { name }),
      ...(domain && { domain }),
    })),
    initializer: constants,
    sparseInitializer: [],
    input: [valueInfo('x', 'float32', shape)],
    output: outputs.map((output) => valueInfo(output, 'float32', shape)),
  };
  return encode(modelSchema, { irVersion: 8, opsetImport: [{ version: opset }], graph } as never);
}

const relu = { op: 'Relu', inputs: ['x'], outputs: ['y'] };
const single = (op: string, inputs: string[], attributes: OnnxNode['attributes'] = {}): OnnxNode[] => [
  { op, inputs, outputs: ['y'], attributes, name: 'the_node' },
];

function external(location: string, length: number): object {
  const fields = { location, length: `${length}` };
  const externalData = Object.entries(fields).map(([key, value]) => ({ key, value }));
  return { name: 'w', dims: [4], dataType: 1, dataLocation: 1, externalData };
}

/** Quantises x with a scale and hands the integers back as reals. */
function quantised(scale: number[], axis?: number): Uint8Array {
  const dims = scale.length === 1 ? [] : [scale.length];
  const zero = constant('zero', dims, new Int8Array(scale.length), 'int8');
  const attributes: OnnxNode['attributes'] = axis === undefined ? {} : { axis: { i: axis } };
  return onnx({
    nodes: [
      { op: 'QuantizeLinear', inputs: ['x', 'scale', 'zero'], outputs: ['q'], attributes },
      { op: 'DequantizeLinear', inputs: ['q', 'scale', 'zero'], outputs: ['y'], attributes },
    ],
    constants: [constant('scale', dims, scale), zero],
  });
}

const conv = (weight: readonly number[], attributes: OnnxNode['attributes'] = {}): Uint8Array =>
  onnx({
    shape: [1, 2, 5, 5],
    nodes: single('Conv', ['x', 'w'], attributes),
    constants: [constant('w', weight)],
  });

const indices = (values: number[]) => constant('i', [values.length], values, 'int32');

const onnxModels = (): [string, ErrorCode, Uint8Array, string?][] => [
  ['no bytes', 'E_FORMAT_UNKNOWN', new Uint8Array()],
  ['an op nobody knows', 'E_OP_UNSUPPORTED', onnx({ nodes: single('Frobnicate', ['x']) }), 'the_node'],
  [
    'an op of a private domain',
    'E_OP_UNSUPPORTED',
    onnx({ nodes: [{ ...relu, domain: 'com.example', name: 'private' }] }),
    'private',
  ],
  ['an opset of the future', 'E_FORMAT_VERSION', onnx({ nodes: [relu], opset: 99 })],
  [
    'a cycle',
    'E_GRAPH_INVALID',
    onnx({
      nodes: [
        { op: 'Add', inputs: ['x', 'b'], outputs: ['a'], name: 'first' },
        { op: 'Relu', inputs: ['a'], outputs: ['b'] },
        { op: 'Relu', inputs: ['b'], outputs: ['y'] },
      ],
    }),
    'first',
  ],
  [
    'an operand that nobody makes',
    'E_GRAPH_INVALID',
    onnx({ nodes: single('Add', ['x', 'ghost']) }),
    'ghost',
  ],
  ['a value made twice', 'E_GRAPH_INVALID', onnx({ nodes: [relu, relu] })],
  ['an output that nobody makes', 'E_GRAPH_INVALID', onnx({ nodes: [relu], outputs: ['z'] })],
  ['no output', 'E_GRAPH_INVALID', onnx({ nodes: [relu], outputs: [] })],
  [
    'two constants of one name',
    'E_GRAPH_INVALID',
    onnx({ nodes: [relu], constants: [constant('w', [1]), constant('w', [1])] }),
  ],
  ['dimensions of zero', 'E_SHAPE_DYNAMIC', onnx({ nodes: [relu], shape: [0, 0, 3] })],
  ['an input too large', 'E_LIMIT_EXCEEDED', onnx({ nodes: [relu], shape: [65536, 65536] })],
  [
    'a constant too large',
    'E_LIMIT_EXCEEDED',
    onnx({ nodes: [relu], constants: [{ ...constant('w', [1]), dims: [2 ** 31, 2 ** 31, 4] }] }),
  ],
  [
    'a negative dimension',
    'E_FORMAT_CORRUPT',
    onnx({ nodes: [relu], constants: [{ ...constant('w', [1]), dims: [-1] }] }),
  ],
  [
    'a constant that its data does not fill',
    'E_FORMAT_CORRUPT',
    onnx({ nodes: [relu], constants: [{ ...constant('w', [1]), dims: [9] }] }),
    'w',
  ],
  [
    'strings as constant',
    'E_TENSOR_DTYPE',
    onnx({ nodes: [relu], constants: [{ ...constant('w', [1]), dataType: 8 }] }),
  ],
  [
    'NaN weights',
    'E_MODEL_NAN',
    onnx({ nodes: single('MatMul', ['x', 'w']), constants: [constant('w', [4, 1], [1, Number.NaN, 1, 1])] }),
  ],
  [
    'shapes that do not broadcast',
    'E_OP_SHAPE',
    onnx({ nodes: single('Add', ['x', 'w']), constants: [constant('w', [3])] }),
    'the_node',
  ],
  ['strides of zero', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { strides: [0, 0] })],
  ['no groups', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { group: { i: 0 } })],
  ['weights of other channels', 'E_OP_SHAPE', conv([2, 3, 3, 3])],
  ['weights of another rank', 'E_OP_SHAPE', conv([2, 2])],
  ['a window larger than its input', 'E_OP_SHAPE', conv([2, 2, 9, 9])],
  [
    'an index outside',
    'E_OP_SHAPE',
    onnx({ nodes: single('Gather', ['x', 'i'], { axis: { i: 1 } }), constants: [indices([99])] }),
  ],
  ['an axis outside', 'E_OP_ATTRIBUTE', onnx({ nodes: single('Concat', ['x', 'x'], { axis: { i: 5 } }) })],
  [
    'axes that are no permutation',
    'E_OP_ATTRIBUTE',
    onnx({ nodes: single('Transpose', ['x'], { perm: [0, 0] }) }),
  ],
  [
    'a reshape to another size',
    'E_OP_SHAPE',
    onnx({ nodes: single('Reshape', ['x', 'i']), constants: [constant('i', [2], [3, 3], 'int64')] }),
  ],
  ['a scale of zero', 'E_NUMERICS_SCALE', quantised([0])],
  ['a negative scale', 'E_NUMERICS_SCALE', quantised([-0.5])],
  ['a scale that is NaN', 'E_NUMERICS_SCALE', quantised([Number.NaN])],
  ['too few scales for the channels', 'E_OP_UNSUPPORTED', quantised([0.1, 0.2, 0.3], 1)],
  [
    'external data above its folder',
    'E_FORMAT_CORRUPT',
    onnx({ nodes: [relu], constants: [external('../w.bin', 16)] }),
  ],
  [
    'external data at an absolute path',
    'E_FORMAT_CORRUPT',
    onnx({ nodes: [relu], constants: [external('/etc/hostname', 16)] }),
  ],
  [
    'external data behind a link',
    'E_FORMAT_CORRUPT',
    onnx({ nodes: [relu], constants: [external('link.bin', 16)] }),
  ],
  [
    'external data that is missing',
    'E_FILE_READ',
    onnx({ nodes: [relu], constants: [external('none.bin', 16)] }),
  ],
  [
    'external data that ends early',
    'E_FORMAT_CORRUPT',
    onnx({ nodes: [relu], constants: [external('short.bin', 16)] }),
  ],
  [
    'external data that is a folder',
    'E_FILE_READ',
    onnx({ nodes: [relu], constants: [external('out', 16)] }),
  ],
];

/** A TFLite file of one operator over two tensors of one type. */
function tflite(type: TensorType, { op = 'RELU', input = 0 } = {}): Uint8Array {
  const model = new ModelWriter(false);
  const [x, y] = [model.tensor('x', type), model.tensor('y', type)];
  model.operator(op, 1, [input], [y]);
  return model.finish('bad', [x], [y]);
}

const vector: TensorType = { dtype: 'float32', shape: [4] };
const int8 = (scale: number[], axis?: number): TensorType => ({
  dtype: 'int8',
  shape: [4],
  quant: { scale, zeroPoint: scale.map(() => 0), ...(axis !== undefined && { axis }) },
});

function disordered(): Uint8Array {
  const model = new ModelWriter(false);
  const [x, y, z] = ['x', 'y', 'z'].map((name) => model.tensor(name, vector));
  model.operator('RELU', 1, [y], [z]);
  model.operator('RELU', 1, [z], [y]);
  return model.finish('bad', [x], [z]);
}

function outside(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(0, 0x7fffffff, true);
  return copy;
}

const tfliteModels = (): [string, ErrorCode, Uint8Array, string?][] => [
  ['half a file', 'E_FORMAT_CORRUPT', tflite(vector).subarray(0, tflite(vector).length / 2)],
  ['a root outside the file', 'E_FORMAT_CORRUPT', outside(tflite(vector))],
  ['an operator that is not supported', 'E_OP_UNSUPPORTED', tflite(vector, { op: 'WHILE' }), 'WHILE'],
  ['a tensor that does not exist', 'E_FORMAT_CORRUPT', tflite(vector, { input: 99 })],
  ['a required operand left out', 'E_GRAPH_INVALID', tflite(vector, { input: -1 })],
  ['a cycle', 'E_GRAPH_INVALID', disordered()],
  ['a scale that is NaN', 'E_NUMERICS_SCALE', tflite(int8([Number.NaN]))],
  ['a scale of zero', 'E_NUMERICS_SCALE', tflite(int8([0]))],
  ['an infinite scale', 'E_NUMERICS_SCALE', tflite(int8([Number.POSITIVE_INFINITY]))],
  ['too few scales for the channels', 'E_NUMERICS_SCALE', tflite(int8([0.5, 0.5], 0))],
  ['dimensions of zero', 'E_SHAPE_DYNAMIC', tflite({ dtype: 'float32', shape: [0, 4] })],
  ['a negative dimension', 'E_LIMIT_EXCEEDED', tflite({ dtype: 'float32', shape: [4, -3] })],
  ['a tensor too large', 'E_LIMIT_EXCEEDED', tflite({ dtype: 'float32', shape: [65536, 65536] })],
];

const headerBytes = 16;
const entryBytes = 64;

/** A copy of a package with one 32-bit word set. */
function withWord(bytes: Uint8Array, at: number, word: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(at, word, true);
  return copy;
}

/** Where the table's entry of a kind of section lies, and where the section begins. */
function sectionOf(bytes: Uint8Array, kind: number): { entry: number; first: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let entry = headerBytes; ; entry += entryBytes)
    if (view.getUint32(entry, true) === kind) return { entry, first: view.getUint32(entry + 16, true) };
}

function packages(good: Uint8Array): [string, ErrorCode, Uint8Array][] {
  const [manifest, graph, data, plan] = [1, 2, 3, 4].map((kind) => sectionOf(good, kind));
  const bad = 0xffffffff;
  return [
    ['a header alone', 'E_PACKAGE_CORRUPT', good.slice(0, headerBytes)],
    ['half a package', 'E_PACKAGE_CORRUPT', good.slice(0, good.length / 2)],
    ['a package of another version', 'E_PACKAGE_VERSION', withWord(good, 4, 2)],
    ['a million sections', 'E_PACKAGE_CORRUPT', withWord(good, 8, 1e6)],
    ['a section outside the file', 'E_PACKAGE_CORRUPT', withWord(good, data.entry + 20, 1)],
    [
      'a required section of the future',
      'E_PACKAGE_VERSION',
      withWord(withWord(good, plan.entry, 99), plan.entry + 4, 1),
    ],
    ['no graph', 'E_PACKAGE_CORRUPT', withWord(withWord(good, graph.entry, 99), graph.entry + 4, 0)],
    ['a damaged manifest', 'E_PACKAGE_CORRUPT', withWord(good, manifest.first, bad)],
    ['a damaged graph', 'E_PACKAGE_CORRUPT', withWord(good, graph.first, bad)],
    ['a damaged plan', 'E_PACKAGE_CORRUPT', withWord(good, plan.first, bad)],
    ['data cut off', 'E_PACKAGE_CORRUPT', withWord(good, data.entry + 24, 64)],
  ];
}

/** Model files that have to be refused, each with the code of its error; `good` is a package to damage. */
export function badModels(good: Uint8Array): BadModel[] {
  const files = { onnx: onnxModels(), tflite: tfliteModels(), edgec: packages(good) };
  return Object.entries(files).flatMap(([extension, models]) =>
    (models as [string, ErrorCode, Uint8Array, string?][]).map(([name, code, bytes, names]) => ({
      name: `${extension}: ${name}`,
      extension: extension as BadModel['extension'],
      bytes,
      code,
      ...(names && { names }),
    })),
  );
}
