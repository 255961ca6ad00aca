import { EdgecError, maxRank, numbers, type QuantParams, type TensorType } from '../../../core/index.ts';
import type { ValueId } from '../../graph/index.ts';
import { decodeText } from '../text.ts';
import type { ImportContext } from './import-context.ts';
import { dataTypeName, type GraphProto, type ValueInfoProto } from './proto/onnx.ts';
import { graphDtype } from './tensor-proto.ts';

/** The shape of an input: as given, as declared, or with a lone unknown batch taken as 1. Throws E_SHAPE_DYNAMIC. */
function inputShape(
  context: ImportContext,
  info: ValueInfoProto,
  name: string,
  given: readonly number[] | undefined,
): number[] {
  const dims = info.type?.tensorType?.shape?.dim;
  const declared = dims?.map((d) => (d.value !== undefined && d.value > 0 ? d.value : undefined));
  if (given) return checkedShape(name, given, declared);
  const unknown = declared?.flatMap((d, i) => (d === undefined ? [i] : []));
  if (
    !declared ||
    !dims ||
    !unknown ||
    unknown.length > 1 ||
    (unknown.length === 1 && (unknown[0] !== 0 || declared.length < 2))
  ) {
    const text = dims?.map((d, i) => declared?.[i] ?? (d.param || '?')).join(',');
    throw new EdgecError('E_SHAPE_DYNAMIC', `input '${name}' has unknown dimensions`, {
      found: dims ? `[${text}]` : 'no shape',
      where: name,
      remedy: `give its shape: --shape ${name}:${dims?.map((d, i) => declared?.[i] ?? (i === 0 ? 1 : d.param || '?')).join('x') || '1x3x224x224'}`,
    });
  }
  if (unknown.length === 1) {
    context.assumedBatch.add(name);
    context.notes.add(`input '${name}': the unknown batch '${dims[0].param || '?'}' is taken as 1`);
  }
  return checkedShape(
    name,
    declared.map((d) => d ?? 1),
  );
}

function checkedShape(
  name: string,
  shape: readonly number[],
  declared?: readonly (number | undefined)[],
): number[] {
  const legal = shape.length <= maxRank && shape.every((d) => Number.isSafeInteger(d) && d > 0);
  const fits =
    !declared ||
    (declared.length === shape.length &&
      declared.every((d, i) => d === undefined || i === 0 || d === shape[i]));
  if (!legal || !fits) {
    throw new EdgecError('E_OP_SHAPE', `the shape of input '${name}' does not fit the model`, {
      expected: declared
        ? `[${declared.map((d) => d ?? '?')}]`
        : `positive dimensions, rank ${maxRank} at most`,
      found: `[${shape}]`,
      where: name,
    });
  }
  return [...shape];
}

/** Where ops take an 8-bit value that its scale and zero point follow. */
const consumerPorts = new Map(
  Object.entries({
    QLinearConv: [0],
    QLinearMatMul: [0, 3],
    DequantizeLinear: [0],
    QGemm: [0],
    QLinearAdd: [0, 3],
    QLinearMul: [0, 3],
    QLinearSigmoid: [0],
    QLinearLeakyRelu: [0],
    QLinearAveragePool: [0],
    QLinearGlobalAveragePool: [0],
  }),
);

/** What the first reader of an 8-bit input says of its scale. */
function inputQuant(context: ImportContext, graph: GraphProto, name: string): QuantParams | undefined {
  for (const node of graph.node) {
    const port = consumerPorts.get(node.opType ?? '')?.find((i) => node.input[i] === name);
    if (port === undefined) continue;
    const scale = context.builder.constantOf(context.values.get(node.input[port + 1]));
    const zero = context.builder.constantOf(context.values.get(node.input[port + 2]));
    if (scale?.data.length !== 1 || zero?.data.length !== 1 || zero.dtype !== 'int8') return undefined;
    return { scale: [numbers(scale)[0]], zeroPoint: [numbers(zero)[0]] };
  }
  return undefined;
}

const stringLists = new Set(['keys_strings', 'cats_strings', 'classes_strings']);

/** Every string that an encoder of the graph knows. */
const knownStrings = (graph: GraphProto): string[] => [
  ...new Set(
    graph.node
      .flatMap((node) => node.attribute)
      .filter(({ name = '' }) => stringLists.has(name))
      .flatMap(({ name = '', strings }) => strings.map((bytes) => decodeText(bytes, name))),
  ),
];

/** An input of strings takes their places among those that the graph knows. */
function addStrings(context: ImportContext, graph: GraphProto, name: string, shape: number[]): ValueId {
  context.notes.add(`input '${name}' takes the index of a string in its labels, −1 for any other`);
  return context.label(context.builder.input(name, { dtype: 'int32', shape }), knownStrings(graph));
}

function addInput(
  context: ImportContext,
  name: string,
  shape: number[],
  code: number | undefined,
  quant?: QuantParams,
): ValueId {
  const { builder } = context;
  const dtype = graphDtype(code, name);
  const type = dataTypeName(code);
  const origin = [`Input:${name}`];
  if (type === 'uint8') {
    const shifted = quant && { ...quant, zeroPoint: quant.zeroPoint.map((z) => z + 128) };
    const raw = builder.input(name, withQuant({ dtype: 'uint8', shape }, shifted));
    return context.markUnsigned(
      builder.add1('Recode', [raw], { to: 'int8' }, { name: `${name}.int8`, origin }),
    );
  }
  if (type === 'int64') {
    return builder.add1(
      'Cast',
      [builder.input(name, { dtype: 'int64', shape })],
      { to: 'int32' },
      { name: `${name}.int32`, origin },
    );
  }
  if (type !== dtype && type !== 'float')
    context.notes.add(`input '${name}' is ${type} in the source and ${dtype} here`);
  return builder.input(name, withQuant({ dtype, shape }, dtype === 'int8' ? quant : undefined));
}

const withQuant = (type: TensorType, quant: QuantParams | undefined): TensorType =>
  quant ? { ...type, quant } : type;

/** Adds the graph's inputs; initializers that are listed among them are none. */
export function addInputs(
  context: ImportContext,
  graph: GraphProto,
  shapes: Readonly<Record<string, number[]>>,
): void {
  const names = new Set<string>();
  for (const info of graph.input) {
    const name = info.name ?? '';
    if (context.values.has(name) && !names.has(name)) continue;
    if (name === '' || names.has(name))
      throw new EdgecError('E_GRAPH_INVALID', 'two inputs have one name', {
        found: `'${name}'`,
        where: 'the inputs of the graph',
      });
    names.add(name);
    if (!info.type?.tensorType)
      throw new EdgecError('E_TENSOR_DTYPE', `input '${name}' is no tensor`, {
        expected: 'a tensor',
        where: name,
      });
    const given = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    const shape = inputShape(context, info, name, given);
    const isText = dataTypeName(info.type.tensorType.elemType) === 'string';
    const id = isText
      ? addStrings(context, graph, name, shape)
      : addInput(context, name, shape, info.type.tensorType.elemType, inputQuant(context, graph, name));
    context.inputs.add(id);
    context.values.set(name, id);
  }
  const unknown = Object.keys(shapes).find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new EdgecError('E_CLI_USAGE', `the model has no input '${unknown}'`, {
      expected: [...names].join(', '),
      found: unknown,
    });
  }
}
