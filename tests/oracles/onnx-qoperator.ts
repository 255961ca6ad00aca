import { decode, encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import {
  type AttributeProto,
  attributeType,
  modelSchema,
  type NodeProto,
} from '../../src/compiler/formats/onnx/proto/onnx.ts';

/** A quantised value: its integers, scale and zero point by name. */
type Triple = [integers: string, scale: string, zero: string];
/** What an operator on integers takes, out of its operands, the scale and zero point of its result, and an int32 bias. */
type Operands = (inputs: Triple[], result: [string, string], bias: string[]) => string[];

interface Target {
  op: string;
  domain?: string;
  operands: Operands;
  attributes?: AttributeProto[];
}

const contrib = 'com.microsoft';
const plain: Operands = (inputs, result) => [...inputs.flat(), ...result];
const contribOp = (op: string, operands: Operands = plain): Target => ({ op, domain: contrib, operands });

const opsetAttribute: AttributeProto = {
  name: 'opset',
  i: 13,
  type: attributeType.int,
  floats: [],
  ints: [],
  strings: [],
};

const targets: Readonly<Record<string, Target>> = {
  Conv: { op: 'QLinearConv', operands: (inputs, result, bias) => [...inputs.flat(), ...result, ...bias] },
  MatMul: { op: 'QLinearMatMul', operands: plain },
  Gemm: contribOp('QGemm', (inputs, result, [bias = '']) => [...inputs.flat(), bias, ...result]),
  Add: contribOp('QLinearAdd'),
  Mul: contribOp('QLinearMul'),
  Sigmoid: contribOp('QLinearSigmoid'),
  LeakyRelu: contribOp('QLinearLeakyRelu'),
  AveragePool: contribOp('QLinearAveragePool'),
  GlobalAveragePool: contribOp('QLinearGlobalAveragePool'),
  Softmax: { ...contribOp('QLinearSoftmax'), attributes: [opsetAttribute] },
  Concat: contribOp('QLinearConcat', (inputs, result) => [...result, ...inputs.flat()]),
};

const withBias = new Set(['Conv', 'Gemm']);

/** Operators on integers in place of every DequantizeLinear, operator, QuantizeLinear. What has no such form stays. */
export function qOperatorOnnx(qdq: Uint8Array): Uint8Array {
  const model = decode(modelSchema, qdq);
  const { graph } = model;
  if (!graph) throw new Error('a model without a graph');
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const readers = (name: string): NodeProto[] => graph.node.filter((node) => node.input.includes(name));
  const triple = (name: string): Triple | undefined => {
    const maker = makers.get(name);
    if (maker?.opType !== 'DequantizeLinear' || !maker.input[2]) return undefined;
    return maker.input.slice(0, 3) as Triple;
  };
  const onIntegers = (node: NodeProto): NodeProto => {
    const target = targets[node.opType ?? ''];
    const readersOf = readers(node.output[0]);
    const [quantize] = readersOf;
    const triples = node.input.map(triple);
    const fits = readersOf.length === 1 && quantize.opType === 'QuantizeLinear';
    if (!target || !fits || triples.some((t) => t === undefined)) return node;
    const known = triples as Triple[];
    const split = withBias.has(node.opType ?? '') ? 2 : known.length;
    const bias = known.slice(split).map(([integers]) => integers);
    const [, scale, zero] = quantize.input;
    return {
      ...node,
      opType: target.op,
      domain: target.domain,
      input: target.operands(known.slice(0, split), [scale, zero], bias),
      output: quantize.output,
      attribute: [...node.attribute, ...(target.attributes ?? [])],
    };
  };
  const converted = graph.node.map(onIntegers);
  const replaced = new Set(converted.filter((n, i) => n !== graph.node[i]).flatMap((n) => n.output));
  graph.node = used(
    converted.filter((node, i) => node !== graph.node[i] || !node.output.some((name) => replaced.has(name))),
    graph.output.map(({ name = '' }) => name),
  );
  model.opsetImport.push({ domain: contrib, version: 1 });
  return encode(modelSchema, model);
}

/** The nodes that the outputs need. */
function used(nodes: readonly NodeProto[], outputs: readonly string[]): NodeProto[] {
  const needed = new Set(outputs);
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.output.some((name) => needed.has(name))) return false;
      for (const name of node.input) needed.add(name);
      return true;
    })
    .toReversed();
}
