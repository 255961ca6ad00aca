/*
 * Invariants of a graph.
 *
 * Every stage:
 * - the key of a value is its id; a constant has the type and the element count that its value states;
 * - every node reads values that are inputs, constants or outputs of earlier nodes; every value has one maker;
 * - inputs are no constants and no node makes them; outputs exist;
 * - attributes are complete and fit the schema of the op; operand counts and dtypes fit its ports (E_TENSOR_DTYPE);
 * - the dtype and shape of every output are what the op infers;
 * - parameters of quantisation are positive, finite and as many as their axis has indices.
 * imported, canonical: no activation carries quantisation, but at Quantize, Dequantize, Requantize and Recode.
 * quantized, lowered: every int8 value that a node makes says what it means.
 */
import {
  completeAttrs,
  type DType,
  EdgecError,
  elementCount,
  opByName,
  type Port,
  sameShape,
  type TensorType,
} from '../../core/index.ts';
import { type Graph, type Node, operandTypes, type Value, type ValueId, valueOf } from './graph.ts';

const fail = (message: string, where: string, expected?: string, found?: string): never => {
  throw new EdgecError('E_GRAPH_INVALID', message, {
    where,
    ...(expected && { expected }),
    ...(found && { found }),
  });
};

/** Throws E_GRAPH_INVALID or E_TENSOR_DTYPE, naming the node or value, where `graph` breaks an invariant. */
export function verify(graph: Graph): void {
  const known = new Set<ValueId>();
  for (const [id, value] of graph.values) {
    if (id !== value.id) fail('a value is stored under another id', value.name, `${value.id}`, `${id}`);
    checkValue(value);
    if (value.constant) known.add(id);
  }
  for (const id of graph.inputs) {
    if (known.has(id)) fail('an input is a constant or listed twice', place(graph, id));
    if (!graph.values.has(id)) fail('an input does not exist', `%${id}`);
    known.add(id);
  }
  for (const node of graph.nodes) checkNode(graph, node, known);
  for (const id of graph.outputs) if (!known.has(id)) fail('an output has no maker', place(graph, id));
}

const place = (graph: Graph, id: ValueId): string => graph.values.get(id)?.name ?? `%${id}`;

function checkValue({ name, type, constant }: Value): void {
  if (!type.shape.every((d) => Number.isInteger(d) && d >= 0))
    fail('a dimension is unknown', name, '0 or more', `[${type.shape}]`);
  checkQuant(type, name);
  if (!constant) return;
  if (constant.dtype !== type.dtype || !sameShape(constant.shape, type.shape)) {
    fail('a constant differs from its type', name, describe(type), describe(constant));
  }
  if (constant.data.length !== elementCount(type.shape)) {
    fail(
      'a constant does not fill its shape',
      name,
      `${elementCount(type.shape)} elements`,
      `${constant.data.length}`,
    );
  }
}

function checkQuant({ quant, shape }: TensorType, name: string): void {
  if (!quant) return;
  const count = quant.axis === undefined ? 1 : shape[quant.axis];
  if (quant.scale.length !== count || quant.zeroPoint.length !== count) {
    fail(
      'parameters of quantisation do not fit the axis',
      name,
      `${count}`,
      `${quant.scale.length} and ${quant.zeroPoint.length}`,
    );
  }
  if (!quant.scale.every((s) => s > 0 && Number.isFinite(s)) || !quant.zeroPoint.every(Number.isInteger)) {
    fail('a scale or zero point is not valid', name, 'positive scales and integer zero points');
  }
}

function checkNode(graph: Graph, node: Node, known: Set<ValueId>): void {
  for (const id of node.inputs) {
    if (id !== undefined && !known.has(id))
      fail('a node reads a value before it is made', node.name, undefined, place(graph, id));
  }
  const definition = opByName(node.op);
  const types = operandTypes(graph, node);
  checkPorts(node, definition.inputs, types);
  const outputs = node.outputs.map((id) => valueOf(graph, id).type);
  const inferred = definition.infer(types, completeAttrs(node.op, definition.attrs, node.attrs) as never);
  if (inferred.length !== outputs.length)
    fail('a node has another number of outputs', node.name, `${inferred.length}`, `${outputs.length}`);
  for (const [i, type] of inferred.entries()) {
    if (type.dtype !== outputs[i].dtype || !sameShape(type.shape, outputs[i].shape)) {
      fail('an output is not of the inferred type', node.name, describe(type), describe(outputs[i]));
    }
  }
  checkStage(graph, node, outputs);
  for (const id of node.outputs) {
    if (known.has(id)) fail('a value has two makers', node.name, undefined, place(graph, id));
    known.add(id);
  }
}

function checkPorts(node: Node, ports: readonly Port[], types: readonly (TensorType | undefined)[]): void {
  const variadic = ports.at(-1)?.variadic === true;
  if (types.length > ports.length && !variadic)
    fail('a node has too many operands', node.name, `${ports.length}`, `${types.length}`);
  for (let i = 0; i < Math.max(types.length, ports.length); i++) {
    const port = ports[Math.min(i, ports.length - 1)];
    const type = types[i];
    if (!type) {
      if (!port.optional && !(port.variadic && i > 0)) fail(`operand ${port.name} is missing`, node.name);
    } else if (!port.dtypes.includes(type.dtype)) {
      throw new EdgecError('E_TENSOR_DTYPE', `${node.op} has no form for this dtype`, {
        expected: port.dtypes.join(' or '),
        found: type.dtype,
        where: `${node.name}: ${port.name}`,
      });
    }
  }
}

const border = new Set(['Quantize', 'Dequantize', 'Requantize', 'Recode']);
const meaningful: ReadonlySet<DType> = new Set(['int8', 'uint8']);

function checkStage(graph: Graph, node: Node, outputs: readonly TensorType[]): void {
  if (border.has(node.op)) return;
  const real = graph.stage === 'imported' || graph.stage === 'canonical';
  for (const type of outputs) {
    if (real && type.quant) fail('a value of a real graph is quantised', node.name);
    if (graph.stage === 'quantized' && meaningful.has(type.dtype) && !type.quant && node.op !== 'Cast') {
      fail('an int8 value has no parameters', node.name);
    }
  }
}

const describe = (type: TensorType): string => `${type.dtype}[${type.shape}]`;
