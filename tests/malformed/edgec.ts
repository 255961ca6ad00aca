import {
  type Attrs,
  type Package,
  type PackageGraph,
  type PackageNode,
  type PackageValue,
  readPackage,
  type TensorType,
  writePackage,
} from '../../src/core/index.ts';
import { type Malformed, withWords } from './malformed.ts';

const headerBytes = 16;
const entryBytes = 64;
const kinds = { manifest: 1, graph: 2, data: 3, plan: 4 } as const;
const most = 0xffffffff;

interface Place {
  /** Of the section in the table, and of its first byte. */
  readonly entry: number;
  readonly first: number;
  readonly size: number;
}

function placeOf(bytes: Uint8Array, kind: number): Place {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let entry = headerBytes; ; entry += entryBytes)
    if (view.getUint32(entry, true) === kind)
      return { entry, first: view.getUint32(entry + 16, true), size: view.getUint32(entry + 24, true) };
}

function container(good: Uint8Array): Malformed[] {
  const [manifest, graph, data, plan] = Object.values(kinds).map((kind) => placeOf(good, kind));
  const words = (change: Record<number, number>): Uint8Array => withWords(good, change);
  const kind = (place: Place, id: number, required = 0): Uint8Array =>
    words({ [place.entry]: id, [place.entry + 4]: required });
  return [
    ['no bytes', 'E_PACKAGE_CORRUPT', new Uint8Array()],
    ['three bytes', 'E_PACKAGE_CORRUPT', good.slice(0, 3)],
    ['a header alone', 'E_PACKAGE_CORRUPT', good.slice(0, headerBytes)],
    ['half a header', 'E_PACKAGE_CORRUPT', good.slice(0, 8)],
    ['half a table', 'E_PACKAGE_CORRUPT', good.slice(0, headerBytes + entryBytes)],
    ['half a package', 'E_PACKAGE_CORRUPT', good.slice(0, good.length / 2)],
    ['another mark', 'E_PACKAGE_CORRUPT', words({ 0: 0x464c4554 })],
    ['a version of the future', 'E_PACKAGE_VERSION', words({ 4: 2 })],
    ['version 0', 'E_PACKAGE_VERSION', words({ 4: 0 })],
    ['version 2^32 − 1', 'E_PACKAGE_VERSION', words({ 4: most })],
    ['no sections', 'E_PACKAGE_CORRUPT', words({ 8: 0 })],
    ['a million sections', 'E_PACKAGE_CORRUPT', words({ 8: 1e6 })],
    ['2^32 − 1 sections', 'E_PACKAGE_CORRUPT', words({ 8: most })],
    ['a table whose size wraps', 'E_PACKAGE_CORRUPT', words({ 8: 0x04000000 })],
    ['a section outside the file', 'E_PACKAGE_CORRUPT', words({ [data.entry + 20]: 1 })],
    [
      'a section of 2^64 − 1 bytes',
      'E_PACKAGE_CORRUPT',
      words({ [data.entry + 24]: most, [data.entry + 28]: most }),
    ],
    [
      'a section whose end wraps',
      'E_PACKAGE_CORRUPT',
      words({ [data.entry + 16]: 0xffffffc0, [data.entry + 20]: most, [data.entry + 24]: 128 }),
    ],
    ['a section off its alignment', 'E_PACKAGE_CORRUPT', words({ [graph.entry + 16]: graph.first + 4 })],
    ['a section of half a word', 'E_PACKAGE_CORRUPT', words({ [graph.entry + 24]: graph.size - 2 })],
    ['a required section of the future', 'E_PACKAGE_VERSION', kind(plan, 99, 1)],
    ['no manifest', 'E_PACKAGE_CORRUPT', kind(manifest, 99)],
    ['no graph', 'E_PACKAGE_CORRUPT', kind(graph, 99)],
    ['no data', 'E_PACKAGE_CORRUPT', kind(data, 99)],
    ['two graphs', 'E_PACKAGE_CORRUPT', kind(manifest, kinds.graph)],
    ['two sections of data', 'E_PACKAGE_CORRUPT', kind(plan, kinds.data)],
    ['a damaged manifest', 'E_PACKAGE_CORRUPT', words({ [manifest.first]: most })],
    ['a manifest cut off', 'E_PACKAGE_CORRUPT', words({ [manifest.entry + 24]: 9 })],
    ['a damaged graph', 'E_PACKAGE_CORRUPT', words({ [graph.first]: most })],
    ['a graph of no bytes', 'E_PACKAGE_CORRUPT', words({ [graph.entry + 24]: 0 })],
    ['a graph cut off', 'E_PACKAGE_CORRUPT', words({ [graph.entry + 24]: 64 })],
    ['a graph with words left over', 'E_PACKAGE_CORRUPT', words({ [graph.entry + 24]: graph.size + 4 })],
    ['a damaged plan', 'E_PACKAGE_CORRUPT', words({ [plan.first]: most })],
    ['a plan cut off', 'E_PACKAGE_CORRUPT', words({ [plan.entry + 24]: 8 })],
    ['data cut off', 'E_PACKAGE_CORRUPT', words({ [data.entry + 24]: 64 })],
  ];
}

/** The words of the first value: type, rank, shape, and the mark of a constant. */
function values(good: Uint8Array): Malformed[] {
  const at = placeOf(good, kinds.graph).first + 4;
  const word = (i: number, value: number): Uint8Array => withWords(good, { [at + 4 * i]: value });
  return [
    ['a value of an unknown type', 'E_PACKAGE_CORRUPT', word(0, 99)],
    ['a value of a negative type', 'E_PACKAGE_CORRUPT', word(0, most)],
    ['a value of nine axes', 'E_PACKAGE_CORRUPT', word(1, 9)],
    ['a value of −1 axes', 'E_PACKAGE_CORRUPT', word(1, most)],
    ['a value of 2^31 − 1 axes', 'E_PACKAGE_CORRUPT', word(1, 0x7fffffff)],
    ['a negative dimension', 'E_PACKAGE_CORRUPT', word(2, most)],
    [
      'a value of 2^62 elements',
      'E_PACKAGE_CORRUPT',
      withWords(good, { [at + 8]: 0x7fffffff, [at + 12]: 0x7fffffff }),
    ],
    ['a mark of a constant that nobody knows', 'E_PACKAGE_CORRUPT', word(6, 5)],
    ['a mark of a constant of −1', 'E_PACKAGE_CORRUPT', word(6, most)],
    ['a computed value called a constant', 'E_PACKAGE_CORRUPT', word(6, 1)],
    ['an impossible count of scales', 'E_PACKAGE_CORRUPT', word(7, 0x40000000)],
    ['a negative count of scales', 'E_PACKAGE_CORRUPT', word(7, most)],
  ];
}

type Change = (graph: PackageGraph) => Partial<PackageGraph>;

function graphs(pkg: Package): Malformed[] {
  const { graph } = pkg;
  const nodeOf = (op: string): number => graph.nodes.findIndex((n) => n.op === op);
  const [conv, dense] = [nodeOf('Conv2d'), nodeOf('FullyConnected')];
  const constant = graph.values.findIndex((v) => v.constant);
  const made = graph.nodes[conv].outputs[0];
  const [x] = graph.inputs;
  const changed = (change: Change): Uint8Array =>
    writePackage({ ...pkg, graph: { ...graph, ...change(graph) } });
  const node = (i: number, change: Partial<PackageNode>): Uint8Array =>
    changed(({ nodes }) => ({ nodes: nodes.with(i, { ...nodes[i], ...change }) }));
  const attrs = (i: number, change: Attrs): Uint8Array =>
    node(i, { attrs: { ...graph.nodes[i].attrs, ...change } });
  const value = (i: number, change: Partial<PackageValue>): Uint8Array =>
    changed((g) => ({ values: g.values.with(i, { ...g.values[i], ...change }) }));
  const type = (i: number, change: Partial<TensorType>): Uint8Array =>
    value(i, { type: { ...graph.values[i].type, ...change } });
  const operand = (i: number, place: number, id: number | undefined): Uint8Array =>
    node(i, { inputs: graph.nodes[i].inputs.with(place, id) });
  const bad = 'E_PACKAGE_CORRUPT';
  return [
    ['an input that does not exist', bad, changed(() => ({ inputs: [99] }))],
    ['an input of −1', bad, changed(() => ({ inputs: [-1] }))],
    ['an input listed twice', bad, changed(() => ({ inputs: [x, x] }))],
    ['an input that is a constant', bad, changed(() => ({ inputs: [x, constant] }))],
    ['no input', bad, changed(() => ({ inputs: [] }))],
    ['an output that does not exist', bad, changed(() => ({ outputs: [99] }))],
    ['an output of −1', bad, changed(() => ({ outputs: [-1] }))],
    [
      'an output that nobody makes',
      bad,
      changed((g) => ({
        outputs: [g.values.length],
        values: [...g.values, { name: 'z', type: graph.values[x].type }],
      })),
    ],
    ['an operand that does not exist', bad, operand(conv, 0, 99)],
    ['an operand left out', bad, operand(conv, 0, undefined)],
    ['weights left out', bad, operand(conv, 1, undefined)],
    ['a node that reads what it makes', bad, operand(conv, 0, made)],
    ['nodes out of their order', bad, changed((g) => ({ nodes: g.nodes.toReversed() }))],
    ['a value made twice', bad, changed((g) => ({ nodes: [...g.nodes, g.nodes[conv]] }))],
    ['a node that makes a constant', bad, node(conv, { outputs: [constant] })],
    ['a node that makes an input', bad, node(conv, { outputs: [x] })],
    ['a node that makes a value that does not exist', bad, node(conv, { outputs: [99] })],
    ['a node that makes nothing', bad, node(conv, { outputs: [] })],
    [
      'a node that makes too much',
      bad,
      changed((g) => ({
        values: [...g.values, { name: 'z', type: g.values[x].type }],
        nodes: g.nodes.with(conv, { ...g.nodes[conv], outputs: [made, g.values.length] }),
      })),
    ],
    ['a node of too many operands', bad, node(conv, { inputs: [x, constant, constant, constant, constant] })],
    ['a node of no operands', bad, node(conv, { inputs: [] })],
    ['a node of another op than its operands', bad, node(conv, { op: 'Where', attrs: {} })],
    [
      'weights that are an input',
      bad,
      changed((g) => ({
        inputs: [...g.inputs, graph.nodes[dense].inputs[1] as number],
        values: g.values.with(graph.nodes[dense].inputs[1] as number, {
          name: 'w',
          type: { ...graph.values[graph.nodes[dense].inputs[1] as number].type, dtype: 'int32' },
        }),
      })),
    ],
    ['a value of another shape than is made', bad, type(made, { shape: [1, 6, 6, 5] })],
    ['a value of another type than is made', bad, type(made, { dtype: 'int32' })],
    ['an input of another shape', bad, type(x, { shape: [1, 2, 6, 7] })],
    ['an input of another type', bad, type(x, { dtype: 'bool' })],
    ['strides of zero', bad, attrs(conv, { strides: [0, 0] })],
    ['negative strides', bad, attrs(conv, { strides: [-1, 1] })],
    ['dilations of zero', bad, attrs(conv, { dilations: [0, 1] })],
    ['pads of −1', bad, attrs(conv, { pads: [-1, 0, 0, 0] })],
    ['pads of 2^31 − 1', bad, attrs(conv, { pads: [2 ** 31 - 1, 0, 0, 0] })],
    ['groups of zero', bad, attrs(conv, { group: 0 })],
    ['groups of −1', bad, attrs(conv, { group: -1 })],
    ['groups that do not divide', bad, attrs(conv, { group: 7 })],
  ];
}

/** The words of a plan: instruction set, threads, keep, arena (two), count, and eleven for each buffer. */
function plans(good: Uint8Array): Malformed[] {
  const { first } = placeOf(good, kinds.plan);
  const word = (i: number, value: number): Uint8Array => withWords(good, { [first + 4 * i]: value });
  const bad = 'E_PACKAGE_CORRUPT';
  return [
    ['a plan for an unknown machine', bad, word(0, 77)],
    ['a plan of 2^31 − 1 buffers', bad, word(5, 0x7fffffff)],
    ['a plan of −1 buffers', bad, word(5, most)],
    ['a plan of an arena of 2^60 bytes', 'E_LIMIT_EXCEEDED', word(4, 0x10000000)],
    ['a plan of an arena of no bytes', bad, withWords(good, { [first + 12]: 0, [first + 16]: 0 })],
    ['a buffer of a value that does not exist', bad, word(6, 999)],
    ['a buffer of value −1', bad, word(6, most)],
    ['a buffer outside the arena', bad, word(7, 0x7fffffc0)],
    ['a buffer at 2^60', bad, word(8, 0x10000000)],
    ['a buffer off its alignment', bad, word(7, 1)],
    ['a buffer smaller than its value', bad, word(9, 1)],
    ['a buffer of 2^60 bytes', bad, word(10, 0x10000000)],
    ['a buffer of an unknown storage', 'E_PACKAGE_VERSION', word(11, 9)],
    ['a buffer with a negative border', 'E_PACKAGE_VERSION', word(12, most)],
    ['a buffer with a border of 2^31 − 1', 'E_PACKAGE_VERSION', word(12, 0x7fffffff)],
  ];
}

/** Packages that have to be refused; `good` is one to damage. */
export const malformedPackages = (good: Uint8Array): readonly Malformed[] => [
  ...container(good),
  ...values(good),
  ...graphs(readPackage(good)),
];

/** Packages that the engine has to refuse for their plan, which no other executor reads. */
export const malformedPlans = plans;
