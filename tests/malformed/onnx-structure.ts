import { WireWriter, wireType } from '../../src/compiler/formats/onnx/proto/wire.ts';
import { valueInfo } from '../../src/compiler/formats/onnx/write/protos.ts';
import { floatTensor } from '../oracles/onnx-ml.ts';
import { type Malformed, withoutUtf8 } from './malformed.ts';
import { constant, input, type Node, node, onnx, relu, subgraph, whole } from './onnx-file.ts';

const good = onnx();

const behind = (...bytes: number[]): Uint8Array => Uint8Array.of(...good, ...bytes);

/** A model whose graph is `bytes`. */
function withGraph(bytes: Uint8Array, wire: number = wireType.bytes): Uint8Array {
  const writer = new WireWriter();
  writer.tag(8, wireType.bytes);
  writer.bytes(Uint8Array.of(0x10, 13));
  writer.tag(7, wire);
  if (wire === wireType.bytes) writer.bytes(bytes);
  else writer.varint(7);
  return writer.finish();
}

const wire: Malformed[] = [
  ['no bytes', 'E_FORMAT_UNKNOWN', new Uint8Array()],
  ['one byte', 'E_FORMAT_UNKNOWN', Uint8Array.of(8)],
  ['half a file', 'E_FORMAT_CORRUPT', good.subarray(0, good.length / 2)],
  ['a file without its last byte', 'E_FORMAT_CORRUPT', good.subarray(0, -1)],
  ['a field of number 0', 'E_FORMAT_CORRUPT', behind(0, 0)],
  ['a field of number 2^29', 'E_FORMAT_CORRUPT', behind(0x80, 0x80, 0x80, 0x80, 0x10, 0)],
  ['a group', 'E_FORMAT_CORRUPT', behind(0x7b)],
  ['a wire type that nobody knows', 'E_FORMAT_CORRUPT', behind(0x7f)],
  ['an integer that never ends', 'E_FORMAT_CORRUPT', behind(0x28, ...new Array<number>(16).fill(0xff))],
  ['a tag that ends early', 'E_FORMAT_CORRUPT', behind(0x80)],
  ['a length beyond the end', 'E_FORMAT_CORRUPT', behind(0x12, 0xff, 0x7f)],
  [
    'a length of 2^63',
    'E_FORMAT_CORRUPT',
    behind(0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1),
  ],
  ['a double that ends early', 'E_FORMAT_CORRUPT', behind(0x79, 1, 2, 3)],
  ['a graph that is a number', 'E_FORMAT_UNKNOWN', withGraph(good, wireType.varint)],
  ['a graph of noise', 'E_FORMAT_CORRUPT', withGraph(Uint8Array.of(0x0a, 0xff, 0xff, 3, 9))],
  ['an empty graph', 'E_GRAPH_INVALID', withGraph(new Uint8Array())],
  ['a version that is a string', 'E_FORMAT_CORRUPT', behind(0x0a, 1, 65)],
  [
    'a name of a node that is no UTF-8',
    'E_FORMAT_CORRUPT',
    withoutUtf8(node('Relu', [input([4])]), 'the_node'),
  ],
  [
    'a name of a value that is no UTF-8',
    'E_FORMAT_CORRUPT',
    withoutUtf8(node('Relu', [input([4]), '']), 'x'),
  ],
  [
    'an attribute that is no UTF-8',
    'E_FORMAT_CORRUPT',
    withoutUtf8(
      node('MaxPool', [input([1, 1, 4, 4])], { auto_pad: 'SAME_UPPER', kernel_shape: [2, 2] }),
      'SAME_UPPER',
    ),
    'auto_pad',
  ],
];

const versions: Malformed[] = [
  ['an opset of the future', 'E_FORMAT_VERSION', onnx({}, [{ version: 99 }])],
  ['opset 0', 'E_FORMAT_VERSION', onnx({}, [{ version: 0 }])],
  ['a negative opset', 'E_FORMAT_VERSION', onnx({}, [{ version: -1 }])],
  ['an opset of 2^40', 'E_FORMAT_VERSION', onnx({}, [{ version: 2 ** 40 }])],
  ['no opset', 'E_FORMAT_VERSION', onnx({}, [])],
  ['an opset for another domain alone', 'E_FORMAT_VERSION', onnx({}, [{ domain: 'ai.onnx.ml', version: 3 }])],
  ['two opsets for one domain', 'E_GRAPH_INVALID', onnx({}, [{ version: 13 }, { version: 18 }])],
  ['a format of the future', 'E_FORMAT_VERSION', onnx({}, [{ version: 18 }], 99)],
];

const one = (op: string, inputs: string[], name = 'the_node'): Node => ({ op, inputs, outputs: ['y'], name });
const float = (name: string, shape: readonly number[]) => valueInfo(name, 'float32', shape);

const names: Malformed[] = [
  ['an op nobody knows', 'E_OP_UNSUPPORTED', onnx({ nodes: [one('Frobnicate', ['x'])] }), 'the_node'],
  ['an op without a name', 'E_OP_UNSUPPORTED', onnx({ nodes: [one('', ['x'])] }), 'the_node'],
  [
    'an op called as what objects inherit',
    'E_OP_UNSUPPORTED',
    onnx({ nodes: [one('constructor', ['x'])] }),
    'the_node',
  ],
  [
    'an op of a private domain',
    'E_OP_UNSUPPORTED',
    onnx({ nodes: [{ ...relu, domain: 'com.example', name: 'own' }] }),
    'own',
  ],
  [
    'a domain called as what objects inherit',
    'E_OP_UNSUPPORTED',
    onnx({ nodes: [{ ...relu, domain: '__proto__', name: 'own' }] }),
    'own',
  ],
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
  ['a node that reads itself', 'E_GRAPH_INVALID', onnx({ nodes: [one('Add', ['x', 'y'])] }), 'the_node'],
  ['an operand that nobody makes', 'E_GRAPH_INVALID', onnx({ nodes: [one('Add', ['x', 'ghost'])] }), 'ghost'],
  ['a value made twice', 'E_GRAPH_INVALID', onnx({ nodes: [relu, relu] }), 'y'],
  [
    'one node that makes a value twice',
    'E_GRAPH_INVALID',
    onnx({
      nodes: [
        {
          op: 'Split',
          inputs: ['x'],
          outputs: ['y', 'y'],
          attributes: { axis: { i: 1 }, num_outputs: { i: 2 } },
        },
      ],
    }),
    'y',
  ],
  [
    'a node that makes an input',
    'E_GRAPH_INVALID',
    onnx({ nodes: [{ ...relu, outputs: ['x'] }], outputs: ['x'] }),
    'x',
  ],
  [
    'a node that makes a constant',
    'E_GRAPH_INVALID',
    onnx({ nodes: [relu], constants: [constant('y', [1, 4])] }),
    'y',
  ],
  ['an output that nobody makes', 'E_GRAPH_INVALID', onnx({ outputs: ['z'] }), 'z'],
  ['no output', 'E_GRAPH_INVALID', onnx({ outputs: [] })],
  ['weights without any output', 'E_GRAPH_INVALID', onnx({ constants: [constant('w', [4])], outputs: [] })],
  ['an output listed twice', 'E_GRAPH_INVALID', onnx({ outputs: ['y', 'y'] }), 'y'],
  [
    'an operand too many',
    'E_GRAPH_INVALID',
    onnx({ nodes: [one('Relu', ['x', 'w'])], constants: [constant('w', [4])] }),
    'the_node',
  ],
  [
    'an operand too many, behind one that is left out',
    'E_GRAPH_INVALID',
    onnx({
      nodes: [one('Clip', ['x', '', '', 'w'])],
      constants: [constant('w', [4])],
    }),
    'the_node',
  ],
  ['an output without a name', 'E_GRAPH_INVALID', onnx({ outputs: [''] })],
  [
    'two inputs of one name',
    'E_GRAPH_INVALID',
    onnx({ inputs: [float('x', [1, 4]), float('x', [1, 4])] }),
    'x',
  ],
  ['an input without a name', 'E_GRAPH_INVALID', onnx({ inputs: [float('x', [1, 4]), float('', [1, 4])] })],
  [
    'two constants of one name',
    'E_GRAPH_INVALID',
    onnx({ constants: [constant('w', [1]), constant('w', [1])] }),
    'w',
  ],
  ['an attribute stated twice', 'E_OP_ATTRIBUTE', duplicated(), 'axis'],
];

/** A node whose only attribute is there twice: both are found under one length. */
function duplicated(): Uint8Array {
  const bytes = node('Flatten', [input([1, 4])], { axis: { i: 1 }, exis: { i: 0 } });
  const at = Buffer.from(bytes).indexOf('exis');
  bytes[at] = 'a'.charCodeAt(0);
  return bytes;
}

const dims = (...dim: object[]) => [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }];

const inputs: Malformed[] = [
  ['dimensions of zero', 'E_SHAPE_DYNAMIC', onnx({ inputs: [float('x', [0, 0, 3])] }), 'x'],
  ['two negative dimensions', 'E_SHAPE_DYNAMIC', onnx({ inputs: [float('x', [-1, -4])] }), 'x'],
  ['two unknown dimensions', 'E_SHAPE_DYNAMIC', onnx({ inputs: dims({ param: 'n' }, { param: 'm' }) }), 'x'],
  [
    'an input of no shape',
    'E_SHAPE_DYNAMIC',
    onnx({ inputs: [{ name: 'x', type: { tensorType: { elemType: 1 } } }] }),
    'x',
  ],
  ['an input too large', 'E_LIMIT_EXCEEDED', onnx({ inputs: [float('x', [65536, 65536])] }), 'x'],
  [
    'an input whose size wraps to 0',
    'E_LIMIT_EXCEEDED',
    onnx({ inputs: [float('x', [2 ** 32, 2 ** 32])] }),
    'x',
  ],
  ['a dimension of 2^62', 'E_OP_SHAPE', onnx({ inputs: [float('x', [1, 2 ** 62])] }), 'x'],
  ['an input of nine axes', 'E_OP_SHAPE', onnx({ inputs: [float('x', new Array<number>(9).fill(1))] }), 'x'],
  ['an input without a type', 'E_TENSOR_DTYPE', onnx({ inputs: [{ name: 'x' }] }), 'x'],
  [
    'an input of element type 0',
    'E_TENSOR_DTYPE',
    onnx({ inputs: [{ name: 'x', type: { tensorType: { elemType: 0, shape: { dim: [{ value: 4 }] } } } }] }),
    'x',
  ],
  [
    'an input of element type 99',
    'E_TENSOR_DTYPE',
    onnx({ inputs: [{ name: 'x', type: { tensorType: { elemType: 99, shape: { dim: [{ value: 4 }] } } } }] }),
    'x',
  ],
  [
    'an input of complex numbers',
    'E_TENSOR_DTYPE',
    onnx({ inputs: [{ name: 'x', type: { tensorType: { elemType: 14, shape: { dim: [{ value: 4 }] } } } }] }),
    'x',
  ],
];

const held = (change: object) => onnx({ constants: [{ ...constant('w', [4]), ...change }] });

const constants: Malformed[] = [
  ['a constant too large', 'E_LIMIT_EXCEEDED', held({ dims: [2 ** 31, 2 ** 31, 4] }), 'w'],
  ['a constant whose size wraps to 16', 'E_LIMIT_EXCEEDED', held({ dims: [2 ** 32 + 1, 4, 2 ** 32] }), 'w'],
  ['a negative dimension', 'E_FORMAT_CORRUPT', held({ dims: [-1] }), 'w'],
  ['two negative dimensions of a constant', 'E_FORMAT_CORRUPT', held({ dims: [-2, -2] }), 'w'],
  ['a constant that its data does not fill', 'E_FORMAT_CORRUPT', held({ dims: [9] }), 'w'],
  ['a constant with data left over', 'E_FORMAT_CORRUPT', held({ dims: [3] }), 'w'],
  ['a constant of a dimension of zero with data', 'E_FORMAT_CORRUPT', held({ dims: [0, 9] }), 'w'],
  ['a constant of broken bytes', 'E_FORMAT_CORRUPT', held({ rawData: new Uint8Array(15) }), 'w'],
  ['a constant without data', 'E_FORMAT_CORRUPT', held({ rawData: undefined }), 'w'],
  [
    'a constant whose numbers are too few',
    'E_FORMAT_CORRUPT',
    onnx({ constants: [{ ...floatTensor('w', [1, 2]), dims: [3] }] }),
    'w',
  ],
  [
    'a constant of forty axes',
    'E_LIMIT_EXCEEDED',
    held({ dims: [4, ...new Array<number>(39).fill(1)] }),
    'w',
  ],
  ['strings as constant', 'E_TENSOR_DTYPE', held({ dataType: 8 }), 'w'],
  ['a constant of element type 77', 'E_TENSOR_DTYPE', held({ dataType: 77 }), 'w'],
  ['a constant of no element type', 'E_TENSOR_DTYPE', held({ dataType: 0 }), 'w'],
  ['a sparse constant', 'E_OP_UNSUPPORTED', onnx({ sparseInitializer: [Uint8Array.of(0x0a, 0)] })],
];

function external(fields: Readonly<Record<string, string>>): Uint8Array {
  const externalData = Object.entries(fields).map(([key, value]) => ({ key, value }));
  return onnx({ constants: [{ name: 'w', dims: [4], dataType: 1, dataLocation: 1, externalData }] });
}

const data: Malformed[] = [
  ['external data above its folder', 'E_FORMAT_CORRUPT', external({ location: '../w.bin' }), '../w.bin'],
  [
    'external data below and above its folder',
    'E_FORMAT_CORRUPT',
    external({ location: 'a/../../w.bin' }),
    'a/../../w.bin',
  ],
  [
    'external data above its folder, with backslashes',
    'E_FORMAT_CORRUPT',
    external({ location: 'a\\..\\..\\w.bin' }),
  ],
  [
    'external data at an absolute path',
    'E_FORMAT_CORRUPT',
    external({ location: '/etc/hostname' }),
    '/etc/hostname',
  ],
  ['external data on a drive', 'E_FORMAT_CORRUPT', external({ location: 'C:w.bin' }), 'C:w.bin'],
  ['external data behind a link', 'E_FORMAT_CORRUPT', external({ location: 'link.bin' }), 'link.bin'],
  [
    'external data in a linked folder',
    'E_FORMAT_CORRUPT',
    external({ location: 'linked/hostname' }),
    'linked/hostname',
  ],
  ['external data of no name', 'E_FORMAT_CORRUPT', external({ location: '' }), 'w'],
  ['external data of no location', 'E_FORMAT_CORRUPT', external({ length: '16' }), 'w'],
  ['external data whose name ends early', 'E_FORMAT_CORRUPT', external({ location: 'short.bin\0.txt' }), 'w'],
  ['external data that is missing', 'E_FILE_READ', external({ location: 'none.bin' }), 'none.bin'],
  [
    'external data that ends early',
    'E_FORMAT_CORRUPT',
    external({ location: 'short.bin', length: '16' }),
    'w',
  ],
  ['external data of another length', 'E_FORMAT_CORRUPT', external({ location: 'short.bin' }), 'w'],
  ['external data that is a folder', 'E_FILE_READ', external({ location: 'folder' }), 'folder'],
  [
    'external data from behind its end',
    'E_FORMAT_CORRUPT',
    external({ location: 'short.bin', offset: '99' }),
    'w',
  ],
  [
    'external data of a negative offset',
    'E_FORMAT_CORRUPT',
    external({ location: 'short.bin', offset: '-4' }),
    '-4',
  ],
  [
    'external data of a length that is no number',
    'E_FORMAT_CORRUPT',
    external({ location: 'short.bin', length: 'much' }),
    'much',
  ],
  [
    'external data of 2^60 bytes',
    'E_FORMAT_CORRUPT',
    external({ location: 'short.bin', length: `${2 ** 60}` }),
    'w',
  ],
  [
    'external data of 2^52 bytes',
    'E_FORMAT_CORRUPT',
    external({ location: 'short.bin', length: `${2 ** 52}` }),
    'w',
  ],
];

const nothing = subgraph({ nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }] });

/** `depth` branches, each inside the one before it. */
function nested(depth: number): { g: Uint8Array } {
  let inner = nothing;
  for (let i = 0; i < depth; i++)
    inner = subgraph({
      nodes: [
        { op: 'If', inputs: ['c'], outputs: ['y'], attributes: { then_branch: inner, else_branch: nothing } },
      ],
    });
  return inner;
}

const flag = constant('c', [], [1], 'bool');
const branches = (then_branch: { g: Uint8Array }, else_branch = nothing): Uint8Array =>
  onnx({
    nodes: [
      { op: 'If', inputs: ['c'], outputs: ['y'], attributes: { then_branch, else_branch }, name: 'the_node' },
    ],
    constants: [flag],
  });

const steps = (name: string): object => ({ name, type: { tensorType: { elemType: 7, shape: { dim: [] } } } });
const condition = { name: 'go', type: { tensorType: { elemType: 9, shape: { dim: [] } } } };
const pass: Node = { op: 'Identity', inputs: ['go'], outputs: ['on'] };

/** `depth` loops in each other, of which the innermost does nothing. */
function loop(depth: number, x = 'x'): Node {
  const [v, go, on, made] = ['v', 'go', 'on', 'made'].map((name) => `${name}_${depth}`);
  const inner: Node =
    depth === 1 ? { op: 'Relu', inputs: [v], outputs: [made] } : { ...loop(depth - 1, v), outputs: [made] };
  const body = subgraph({
    nodes: [{ op: 'Identity', inputs: [go], outputs: [on] }, inner],
    inputs: [steps(`i_${depth}`), { ...condition, name: go }, float(v, [1, 4])],
    outputs: [on, made],
  });
  return { op: 'Loop', inputs: ['trips', 'c', x], outputs: ['y'], name: 'the_node', attributes: { body } };
}
const looped = (trips: number, node = loop(1)): Uint8Array =>
  onnx({ nodes: [node], constants: [flag, constant('trips', [], [trips], 'int64')] });

const subgraphs: Malformed[] = [
  ['branches nested thirty deep', 'E_LIMIT_EXCEEDED', branches(nested(30)), 'the_node'],
  [
    'a branch that is missing',
    'E_OP_ATTRIBUTE',
    onnx({
      nodes: [
        { op: 'If', inputs: ['c'], outputs: ['y'], attributes: { else_branch: nothing }, name: 'the_node' },
      ],
      constants: [flag],
    }),
    'then_branch',
  ],
  ['a branch of noise', 'E_FORMAT_CORRUPT', branches({ g: Uint8Array.of(0x0a, 0xff, 0xff, 3) }), 'the_node'],
  [
    'a branch with inputs',
    'E_GRAPH_INVALID',
    branches(subgraph({ inputs: [float('v', [1, 4])] })),
    'the_node',
  ],
  [
    'a branch with a cycle',
    'E_GRAPH_INVALID',
    branches(
      subgraph({
        nodes: [
          { op: 'Relu', inputs: ['b'], outputs: ['y'] },
          { op: 'Relu', inputs: ['y'], outputs: ['b'] },
        ],
      }),
    ),
    'b',
  ],
  [
    'a branch that makes a value around it',
    'E_GRAPH_INVALID',
    branches(subgraph({ nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['x'] }] })),
    'x',
  ],
  [
    'a branch whose output nobody makes',
    'E_GRAPH_INVALID',
    branches(subgraph({ outputs: ['ghost'] })),
    'ghost',
  ],
  ['a loop of a thousand million steps', 'E_LIMIT_EXCEEDED', looped(1e9), 'the_node'],
  ['a loop that never ends', 'E_LIMIT_EXCEEDED', looped(2 ** 53), 'the_node'],
  ['loops of a thousand steps in each other', 'E_LIMIT_EXCEEDED', looped(1000, loop(3)), 'the_node'],
  [
    'a scan without inputs',
    'E_OP_ATTRIBUTE',
    onnx({
      nodes: [
        {
          op: 'Scan',
          inputs: ['x'],
          outputs: ['y'],
          name: 'the_node',
          attributes: { body: nothing, num_scan_inputs: { i: 0 } },
        },
      ],
    }),
    'the_node',
  ],
  [
    'a scan of more inputs than it has',
    'E_OP_ATTRIBUTE',
    onnx({
      nodes: [
        {
          op: 'Scan',
          inputs: ['x'],
          outputs: ['y'],
          name: 'the_node',
          attributes: { body: nothing, num_scan_inputs: { i: 7 } },
        },
      ],
    }),
    'the_node',
  ],
  [
    'a loop whose body makes too little',
    'E_GRAPH_INVALID',
    looped(2, {
      ...loop(1),
      attributes: {
        body: subgraph({
          nodes: [pass],
          inputs: [steps('i'), condition, float('v', [1, 4])],
          outputs: ['on'],
        }),
      },
    }),
    'the_node',
  ],
];

/** A chain of Tile, each of which repeats what the one before it made. */
function bomb(repeats: number, count: number, constantFirst: boolean): Uint8Array {
  const nodes = Array.from(
    { length: count },
    (_, i): Node => ({
      op: 'Tile',
      inputs: [i === 0 ? (constantFirst ? 'w' : 'x') : `t_${i}`, 'r'],
      outputs: [i === count - 1 ? 'y' : `t_${i + 1}`],
      name: `tile_${i}`,
    }),
  );
  return onnx({ nodes, constants: [constant('w', [1, 4]), constant('r', [2], [1, repeats], 'int64')] });
}

const bombs: Malformed[] = [
  [
    'a one-hot of depth 2^40',
    'E_LIMIT_EXCEEDED',
    node('OneHot', [input([4], 'int64'), whole([2 ** 40]), constant('', [2], [0, 1])]),
    'the_node',
  ],
  ['tiles that multiply', 'E_LIMIT_EXCEEDED', bomb(1000, 8, false), 'tile_'],
  ['tiles that multiply a constant', 'E_LIMIT_EXCEEDED', bomb(1000, 8, true), 'tile_'],
  [
    'a constant expanded to 2^40 elements',
    'E_LIMIT_EXCEEDED',
    node('Expand', [input([1]), whole([2 ** 20, 2 ** 20])]),
    'the_node',
  ],
  [
    'a constant of 2^40 elements made of a shape',
    'E_LIMIT_EXCEEDED',
    node('ConstantOfShape', [whole([2 ** 20, 2 ** 20])]),
    'the_node',
  ],
  [
    'a range of 2^50 elements',
    'E_LIMIT_EXCEEDED',
    node('Range', [whole([0], []), whole([2 ** 50], []), whole([1], [])]),
    'the_node',
  ],
  [
    'an upscaling to 2^40 pixels',
    'E_LIMIT_EXCEEDED',
    node('Resize', [input([1, 1, 2, 2]), '', '', whole([1, 1, 2 ** 20, 2 ** 20])]),
    'the_node',
  ],
  [
    'a border of 2^40 pixels',
    'E_LIMIT_EXCEEDED',
    node('Pad', [input([1, 1]), whole([0, 0, 2 ** 30, 2 ** 30])]),
    'the_node',
  ],
  [
    'a window function of 2^40 samples',
    'E_LIMIT_EXCEEDED',
    node('HannWindow', [whole([2 ** 40], [])]),
    'the_node',
  ],
  ['an identity of 2^40 elements', 'E_LIMIT_EXCEEDED', node('EyeLike', [input([2 ** 20, 2 ** 20])]), 'x'],
];

export const structureOfOnnx: readonly Malformed[] = [
  ...wire,
  ...versions,
  ...names,
  ...inputs,
  ...constants,
  ...data,
  ...subgraphs,
  ...bombs,
];
