import {
  type Attrs,
  type AttrValue,
  elementCount,
  opByName,
  sameShape,
  type Tensor,
  type TensorType,
} from '../../core/index.ts';
import { type Graph, type Node, type ValueId, valueOf } from './graph.ts';

export { parseGraph } from './parse-text.ts';

/** Constants of up to this many elements are printed with their elements. */
const inlineElements = 16;

/**
 * A graph as text, one line a value or node:
 *
 *     graph "net" canonical onnx
 *     input %0 "x" float32[1,8,8,3]
 *     const %1 "w" float32[4,1,1,3] = seed(3)
 *     %2 "y" float32[1,8,8,4] = Conv2d "conv1" (%0, %1) {clampMin=0} from "Conv:conv1"
 *     output %2
 *
 * Attributes at their defaults are left out. Constants too long to print show a hash, which cannot be parsed.
 */
export function printGraph(graph: Graph): string {
  const constants = [...graph.values.values()].filter((v) => v.constant).sort((a, b) => a.id - b.id);
  return [
    `graph ${JSON.stringify(graph.name)} ${graph.stage} ${graph.source.format}`,
    ...graph.inputs.map((id) => `input ${printValue(graph, id)}`),
    ...constants.map((v) => `const ${printValue(graph, v.id)} = ${printElements(v.constant as Tensor)}`),
    ...graph.nodes.map((node) => printNode(graph, node)),
    `output ${graph.outputs.map((id) => `%${id}`).join(', ')}`,
    '',
  ].join('\n');
}

function printNode(graph: Graph, node: Node): string {
  const outputs = node.outputs.map((id) => printValue(graph, id)).join(', ');
  const inputs = node.inputs.map((id) => (id === undefined ? '_' : `%${id}`)).join(', ');
  const attrs = printAttrs(node);
  const origin = node.origin.map((o) => JSON.stringify(o)).join(', ');
  return `${outputs} = ${node.op} ${JSON.stringify(node.name)} (${inputs})${attrs && ` {${attrs}}`}${origin && ` from ${origin}`}`;
}

const printValue = (graph: Graph, id: ValueId): string => {
  const { name, type } = valueOf(graph, id);
  return `%${id} ${JSON.stringify(name)} ${printType(type)}`;
};

export function printType({ dtype, shape, quant }: TensorType): string {
  if (!quant) return `${dtype}[${shape}]`;
  const axis = quant.axis === undefined ? '' : ` axis=${quant.axis}`;
  return `${dtype}[${shape}]<scale=[${quant.scale}] zero=[${quant.zeroPoint}]${axis}>`;
}

function printElements(t: Tensor): string {
  if (elementCount(t.shape) > inlineElements) return `hash(${hash(t)})`;
  return `[${Array.from(t.data as ArrayLike<number | bigint>, (v) => (t.dtype === 'float32' ? shortest(v as number) : `${v}`)).join(',')}]`;
}

/** The fewest digits that give the same binary32. */
function shortest(v: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(v.toPrecision(digits));
    if (Math.fround(rounded) === v) return `${rounded}`;
  }
  return `${v}`;
}

/** FNV-1a over the bytes. */
function hash(t: Tensor): string {
  let h = 0x811c9dc5;
  for (const byte of new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength))
    h = Math.imul(h ^ byte, 0x01000193);
  return (h >>> 0).toString(16).padStart(8, '0');
}

function printAttrs(node: Node): string {
  const schema = opByName(node.op).attrs;
  return Object.entries(node.attrs as Attrs)
    .filter(([name, value]) => !sameAttr(value, schema[name]?.default))
    .map(([name, value]) => `${name}=${printAttr(value)}`)
    .join(' ');
}

export const printAttr = (value: AttrValue): string =>
  typeof value === 'object' ? `[${value}]` : `${value}`;

const sameAttr = (a: AttrValue, b: AttrValue | undefined): boolean =>
  typeof a === 'object' ? typeof b === 'object' && sameShape(a, b) : a === b;
