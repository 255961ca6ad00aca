import { EdgecError } from '../../../core/index.ts';
import type { ValueId } from '../../graph/index.ts';
import type { ImportContext } from './import-context.ts';
import { NodeImport } from './node-import.ts';
import { mostOperands } from './operand-counts.ts';
import { importerOf } from './ops/index.ts';
import type { GraphProto, NodeProto } from './proto/onnx.ts';
import { isUnsigned, readTensor } from './tensor-proto.ts';

export const domainOf = (domain: string | undefined): string =>
  domain === undefined || domain === 'ai.onnx' ? '' : domain;

/** Constants of the file become constants of the graph. */
export function addInitializers(context: ImportContext, graph: GraphProto): void {
  if (graph.sparseInitializer.length > 0)
    throw new EdgecError('E_OP_UNSUPPORTED', 'sparse initializers are not supported', {
      expected: 'dense initializers',
      found: `${graph.sparseInitializer.length} sparse ones`,
      where: graph.name || 'the graph',
      remedy: 'export the model with dense weights',
    });
  for (const proto of graph.initializer) {
    const name = proto.name ?? '';
    if (context.values.has(name))
      throw new EdgecError('E_GRAPH_INVALID', 'two initializers have one name', {
        found: `'${name}'`,
        where: 'the initializers of the graph',
      });
    const id = context.builder.constant(name, readTensor(proto, context.directory));
    context.values.set(name, isUnsigned(proto) ? context.markUnsigned(id) : id);
  }
}

/** Every input of a node must be known by then; a name made later is a cycle or a wrong order. */
function checkOperands(
  context: ImportContext,
  node: NodeProto,
  name: string,
  made: ReadonlySet<string>,
): void {
  const missing = node.input.find((input) => input !== '' && !context.values.has(input));
  if (missing === undefined) return;
  if (context.omitted.has(missing)) {
    throw new EdgecError('E_OP_UNSUPPORTED', `output '${missing}' has no counterpart here`, {
      where: name,
      remedy: 'cut this part off the model, or export it with other ops',
    });
  }
  throw new EdgecError(
    'E_GRAPH_INVALID',
    `input '${missing}' of ${node.opType} is ${made.has(missing) ? 'made by a later node' : 'never made'}`,
    {
      expected: 'nodes in topological order, without cycles',
      found: missing,
      where: name,
    },
  );
}

type Results = readonly (ValueId | undefined)[];

/** Operands that an operator does not take would be left out without a word. */
function checkOperandCount({ opType = '', input }: NodeProto, domain: string, name: string): void {
  const most = domain === '' ? mostOperands(opType) : undefined;
  if (most === undefined || input.slice(most).every((operand) => operand === '')) return;
  throw new EdgecError('E_GRAPH_INVALID', `${opType} has too many operands`, {
    expected: `${most} at most`,
    found: `${input.length}`,
    where: name,
  });
}

function importNode(context: ImportContext, proto: NodeProto, name: string): Results {
  const domain = domainOf(proto.domain);
  const op = proto.opType ?? '';
  const importer = importerOf(domain, op);
  const opset = context.opsets.get(domain);
  if (!importer) {
    throw new EdgecError('E_OP_UNSUPPORTED', `op ${domain ? `${domain}.` : ''}${op} is not supported`, {
      found: op,
      where: name,
      remedy: 'cut this part off the model, or export it with other ops',
    });
  }
  if (domain === '' && opset === undefined)
    throw new EdgecError('E_FORMAT_VERSION', 'the model does not state its opset', {
      expected: 'an opset_import of ai.onnx',
      found: 'none',
      where: name,
    });
  checkOperandCount(proto, domain, name);
  const result = importer(new NodeImport(context, proto, opset ?? 1, name));
  return typeof result === 'number' ? [result] : result;
}

/** Errors that a broken model provokes inside an importer become coded ones. */
function located(error: unknown, op: string, name: string): EdgecError {
  if (error instanceof EdgecError) {
    const known = error.detail.where?.includes(name);
    return known ? error.within(op) : error.within(`${op} '${name}'`);
  }
  if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw error;
  return new EdgecError(
    'E_GRAPH_INVALID',
    `${op} does not fit its operands`,
    { where: name, found: error.message },
    { cause: error },
  );
}

/** A shape that does not work out may be due to a leading dimension that was taken as a batch of 1. */
function blameBatch(context: ImportContext, error: EdgecError): EdgecError {
  const [input] = context.assumedBatch;
  if (error.code !== 'E_OP_SHAPE' || input === undefined) return error;
  const remedy = `an unknown dimension of '${input}' was taken as a batch of 1: give its shape with --shape`;
  return new EdgecError(error.code, error.message, { ...error.detail, remedy }, { cause: error });
}

export function addNodes(context: ImportContext, graph: GraphProto): void {
  const made = new Set(graph.node.flatMap((n) => n.output));
  const names = new Set<string>();
  for (const proto of graph.node) {
    let name = proto.name || proto.output[0] || `${proto.opType}_${names.size}`;
    if (names.has(name)) name = `${name}#${names.size}`;
    names.add(name);
    checkOperands(context, proto, name, made);
    let results: Results;
    try {
      results = importNode(context, proto, name);
    } catch (error) {
      throw blameBatch(context, located(error, proto.opType ?? '', name));
    }
    bindOutputs(context, proto, name, results);
  }
}

/** Ops whose results are elements of their operands. */
const movesBytes = new Set([
  'MaxPool',
  'Concat',
  'Split',
  'Slice',
  'Pad',
  'CenterCropPad',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Transpose',
  'Expand',
  'Gather',
  'GatherElements',
  'GatherND',
  'Compress',
  'ReverseSequence',
  'Tile',
  'DepthToSpace',
  'SpaceToDepth',
  'Where',
  'Min',
  'Max',
  'Identity',
  'Resize',
  'Upsample',
]);

function bindOutputs(context: ImportContext, proto: NodeProto, name: string, results: Results): void {
  const operands = proto.input.flatMap((n) => (n === '' ? [] : [context.values.get(n) as ValueId]));
  const unsigned = operands.some((id) => context.isUnsigned(id) && context.builder.type(id).dtype === 'int8');
  const op = proto.opType ?? '';
  const named = results.filter((_, i) => proto.output[i]);
  if (unsigned && !movesBytes.has(op) && named.some((id) => id !== undefined && isPlainInt8(context, id))) {
    throw new EdgecError('E_OP_UNSUPPORTED', `${op} of uint8 values is not supported`, { where: name });
  }
  proto.output.forEach((output, i) => {
    if (output === '') return;
    if (context.values.has(output))
      throw new EdgecError('E_GRAPH_INVALID', `two nodes make '${output}'`, { found: output, where: name });
    const id = results[i];
    if (id === undefined) return void context.omitted.add(output);
    if (unsigned && isPlainInt8(context, id)) context.markUnsigned(id);
    const labels = movesBytes.has(op) ? context.labelsOf(operands[0]) : undefined;
    if (labels && !context.labelsOf(id)) context.label(id, labels);
    if (!operands.includes(id) && !context.inputs.has(id)) context.builder.rename(id, output);
    context.values.set(output, id);
  });
}

const isPlainInt8 = (context: ImportContext, id: ValueId): boolean =>
  context.builder.type(id).dtype === 'int8' && !context.isUnsigned(id);
