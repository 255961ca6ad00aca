import { expect, test } from 'vitest';
import { elementCount, Random, tensor } from '../../core/index.ts';
import { type Graph, GraphBuilder, interpret, parseGraph, printGraph, valueOf } from '../graph/index.ts';
import { canonicalize } from './index.ts';

/** Inputs of a graph, seeded. */
function inputsOf(graph: Graph, seed: number) {
  const random = new Random(seed);
  return graph.inputs.map((id) => {
    const { shape } = valueOf(graph, id).type;
    return tensor(
      'float32',
      shape,
      Float32Array.from({ length: elementCount(shape) }, () => random.normal()),
    );
  });
}

/** The canonical form of a text, after a check that it computes the same. */
function canonical(text: string): Graph {
  const before = parseGraph(text);
  const after = canonicalize(before);
  const inputs = inputsOf(before, 7);
  const [expected, found] = [interpret(before, inputs), interpret(after, inputs)];
  expected.forEach((t, i) => {
    expect(found[i].shape).toEqual(t.shape);
    t.data.forEach((v, at) => {
      expect(Math.abs(Number(found[i].data[at]) - Number(v))).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(Number(v))),
      );
    });
  });
  expect(printGraph(canonicalize(after))).toBe(printGraph(after));
  return after;
}

const ops = (graph: Graph): string[] => graph.nodes.map((n) => n.op);

test('batch norm and activation between transposes join the convolution', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[1,3,6,5]
const %1 "w" float32[4,3,3,3] = seed(1)
const %2 "s" float32[1,4,1,1] = seed(2)
const %3 "t" float32[4,1,1] = seed(3)
const %4 "w2" float32[1,3,3,4] = seed(4)
%10 "a" float32[1,6,5,3] = Transpose "t0" (%0) {perm=[0,2,3,1]}
%11 "b" float32[1,6,5,4] = Conv2d "conv" (%10, %1, _) {pads=[1,1,1,1]}
%12 "c" float32[1,4,6,5] = Transpose "t1" (%11) {perm=[0,3,1,2]}
%13 "d" float32[1,4,6,5] = Mul "scale" (%12, %2)
%14 "e" float32[1,4,6,5] = Add "shift" (%13, %3)
%15 "f" float32[1,4,6,5] = Clip "relu" (%14) {min=0}
%16 "g" float32[1,6,5,4] = Transpose "t2" (%15) {perm=[0,2,3,1]}
%17 "h" float32[1,4,3,4] = DepthwiseConv2d "dw" (%16, %4, _)
%18 "y" float32[1,4,4,3] = Transpose "t3" (%17) {perm=[0,3,1,2]}
output %18`);
  expect(ops(graph)).toEqual(['Transpose', 'Conv2d', 'DepthwiseConv2d', 'Transpose']);
  expect(graph.nodes[1].attrs.clampMin).toBe(0);
  expect(valueOf(graph, graph.outputs[0]).name).toBe('y');
});

test('a flattened transpose permutes the columns of the weights', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[2,3,4,5]
const %1 "w" float32[60,6] = seed(1)
const %2 "b" float32[6] = seed(2)
%10 "a" float32[2,5,3,4] = Transpose "t" (%0) {perm=[0,3,1,2]}
%11 "b1" float32[2,5,3,4] = Clip "relu" (%10) {min=0}
%12 "c" float32[2,60] = Reshape "flat" (%11) {shape=[2,60]}
%13 "d" float32[2,6] = MatMul "fc" (%12, %1)
%14 "y" float32[2,6] = Add "bias" (%13, %2)
output %14`);
  expect(ops(graph)).toEqual(['Clip', 'Reshape', 'FullyConnected']);
});

test('a channel shuffle keeps one transpose of its own', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[1,4,4,6]
const %1 "w" float32[6,1,1,6] = seed(1)
%9 "p" float32[1,4,4,6] = Conv2d "c0" (%0, %1, _)
%10 "a" float32[1,6,4,4] = Transpose "t0" (%9) {perm=[0,3,1,2]}
%11 "b" float32[1,2,3,4,4] = Reshape "r0" (%10) {shape=[1,2,3,4,4]}
%12 "c" float32[1,3,2,4,4] = Transpose "t1" (%11) {perm=[0,2,1,3,4]}
%13 "d" float32[1,6,4,4] = Reshape "r1" (%12) {shape=[1,6,4,4]}
%14 "e" float32[1,4,4,6] = Transpose "t2" (%13) {perm=[0,2,3,1]}
%15 "y" float32[1,4,4,6] = Conv2d "c1" (%14, %1, _)
output %15`);
  expect(ops(graph)).toEqual(['Conv2d', 'Reshape', 'Transpose', 'Reshape', 'Conv2d']);
});

test('a split of interleaved channels by index needs no transpose', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[1,4,4,6]
const %1 "i0" int32[] = [0]
const %2 "i1" int32[] = [1]
%10 "a" float32[1,6,4,4] = Transpose "t0" (%0) {perm=[0,3,1,2]}
%11 "b" float32[3,2,16] = Reshape "r0" (%10) {shape=[3,2,16]}
%12 "c" float32[2,3,16] = Transpose "t1" (%11) {perm=[1,0,2]}
%13 "d" float32[2,1,3,4,4] = Reshape "r1" (%12) {shape=[2,1,3,4,4]}
%14 "e" float32[1,3,4,4] = Gather "g0" (%13, %1)
%15 "f" float32[1,3,4,4] = Gather "g1" (%13, %2)
%16 "h" float32[1,3,4,4] = Mul "m" (%14, %15)
%17 "y" float32[1,4,4,3] = Transpose "t2" (%16) {perm=[0,2,3,1]}
output %17`);
  expect(ops(graph)).not.toContain('Transpose');
});

test.each([true, false])('reductions over height and width, keepDims=%s', (keepDims) => {
  const shape = keepDims ? '[1,3,1,1]' : '[1,3]';
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[1,4,5,3]
%10 "a" float32[1,3,4,5] = Transpose "t0" (%0) {perm=[0,3,1,2]}
%11 "b" float32${shape} = ReduceMean "mean" (%10) {axes=[2,3] keepDims=${keepDims}}
%12 "y" float32${shape} = Sigmoid "s" (%11)
output %12`);
  expect(ops(graph)).not.toContain('Transpose');
});

test('normalised inputs join the first convolution across the transpose; zero pads join it too', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[1,3,6,6]
const %1 "mean" float32[1,3,1,1] = [0.4,0.5,0.6]
const %2 "std" float32[1,3,1,1] = [0.2,0.25,0.3]
const %3 "w" float32[4,3,3,3] = seed(1)
%10 "a" float32[1,3,6,6] = Sub "sub" (%0, %1)
%11 "b" float32[1,3,6,6] = Div "div" (%10, %2)
%12 "c" float32[1,6,6,3] = Transpose "t0" (%11) {perm=[0,2,3,1]}
%13 "d" float32[1,4,4,4] = Conv2d "c0" (%12, %3, _)
%14 "e" float32[1,6,7,4] = Pad "pad" (%13) {pads=[0,1,1,0,0,1,2,0] mode=constant}
const %4 "w1" float32[1,3,3,4] = seed(2)
%15 "y" float32[1,4,5,4] = DepthwiseConv2d "dw" (%14, %4, _)
output %15`);
  expect(ops(graph)).toEqual(['Transpose', 'Conv2d', 'DepthwiseConv2d']);
});

test.each([
  [
    'x * clip(x + 3) / 6',
    '%10 "a" float32[2,5] = Add "add" (%0, %1)\n%11 "b" float32[2,5] = Clip "clip" (%10) {min=0 max=6}\n%12 "c" float32[2,5] = Mul "mul" (%0, %11)\n%13 "y" float32[2,5] = Div "div" (%12, %2)',
    'HardSwish',
  ],
  [
    'x * (clip(x + 3) / 6)',
    '%10 "a" float32[2,5] = Add "add" (%0, %1) {clampMin=0 clampMax=6}\n%11 "b" float32[2,5] = Div "div" (%10, %2)\n%13 "y" float32[2,5] = Mul "mul" (%11, %0)',
    'HardSwish',
  ],
  [
    'clip(x + 3) / 6',
    '%10 "a" float32[2,5] = Add "add" (%0, %1) {clampMin=0 clampMax=6}\n%13 "y" float32[2,5] = Div "div" (%10, %2)',
    'HardSigmoid',
  ],
  [
    'x / 2 * (1 + erf(x / sqrt 2))',
    '%10 "a" float32[2,5] = Div "div" (%0, %3)\n%11 "b" float32[2,5] = Erf "erf" (%10)\n%12 "c" float32[2,5] = Add "add" (%11, %4)\n%14 "d" float32[2,5] = Mul "mul" (%0, %12)\n%13 "y" float32[2,5] = Mul "half" (%14, %5)',
    'Gelu',
  ],
])('%s is recognised', (_, body, op) => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[2,5]
const %1 "three" float32[] = [3]
const %2 "six" float32[] = [6]
const %3 "root" float32[] = [1.4142135]
const %4 "one" float32[] = [1]
const %5 "half" float32[] = [0.5]
${body}
output %13`);
  expect(ops(graph)).toEqual([op]);
});

test('two outputs that are equal keep their names', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[3]
%1 "a" float32[3] = Sigmoid "s" (%0)
%2 "b" float32[3] = Sigmoid "t" (%0)
%3 "c" float32[3] = Clip "identity" (%0)
output %1, %2, %3`);
  expect(graph.outputs.map((id) => valueOf(graph, id).name)).toEqual(['a', 'b', 'c']);
});

test('weights that are no numbers are refused by name', () => {
  const graph = parseGraph(`graph "g" imported text
input %0 "x" float32[1,2]
const %1 "bad" float32[1,2] = [1,Infinity]
%2 "y" float32[1,1] = FullyConnected "fc" (%0, %1)
output %2`);
  expect(() => canonicalize(graph)).toThrow(
    expect.objectContaining({ code: 'E_MODEL_NAN', detail: expect.objectContaining({ where: 'bad' }) }),
  );
});

test('a pool of one pixel becomes a mean over its window', () => {
  const text = (kernel: string) => `graph "g" imported text
input %0 "x" float32[1,5,4,3]
%10 "y" float32[1,1,1,3] = AveragePool2d "pool" (%0) {kernel=[${kernel}] strides=[5,4]}
output %10`;
  expect(ops(canonical(text('5,4')))).toEqual(['ReduceMean']);
  expect(ops(canonical(text('4,4')))).toEqual(['Slice', 'ReduceMean']);
});

test('a batch norm behind a sum is a depthwise convolution of one element', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[1,3,4,2]
input %1 "z" float32[1,3,4,2]
const %2 "s" float32[2] = seed(1)
const %3 "t" float32[2] = seed(2)
%10 "a" float32[1,3,4,2] = Add "sum" (%0, %1)
%11 "b" float32[1,3,4,2] = Mul "scale" (%10, %2)
%12 "c" float32[1,3,4,2] = Add "shift" (%11, %3)
%13 "y" float32[1,3,4,2] = Clip "relu" (%12) {min=0}
output %10
output %13`);
  expect(ops(graph)).toEqual(['Add', 'DepthwiseConv2d']);
  expect(graph.nodes[1].attrs.clampMin).toBe(0);
});

test('weights whose products leave the normal numbers are zero', () => {
  const graph = canonical(`graph "g" imported text
input %0 "x" float32[1,3,4,2]
const %1 "w" float32[1,1,1,2] = [1e-39,0.5]
const %2 "slope" float32[2] = [0.25,-3e-41]
%10 "a" float32[1,3,4,1] = Conv2d "conv" (%0, %1, _) {}
%11 "b" float32[1,3,4,2] = PRelu "bend" (%0, %2) {}
output %10
output %11`);
  const constants = [...graph.values.values()].flatMap((v) => (v.constant ? [[...v.constant.data]] : []));
  expect(constants).toEqual(
    expect.arrayContaining([
      [0, 0.5],
      [0.25, 0],
    ]),
  );
});

test('weights that a file states as repetitions of one number are constants', () => {
  const b = new GraphBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [1, 3, 3, 512] });
  const one = b.constant('one', tensor('float32', [1], [0.5]));
  const [weight] = b.add('Expand', [one], { shape: [512, 3, 3, 512] }, { name: 'weight' });
  b.output(b.add1('Conv2d', [x, weight], {}));
  const graph = canonicalize(b.build('model', 'imported', { format: 'test', ops: {}, notes: [] }));
  expect(ops(graph)).toEqual(['Conv2d']);
});
