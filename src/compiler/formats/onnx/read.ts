import { EdgecError } from '../../../core/index.ts';
import type { Graph, SourceInfo, ValueId } from '../../graph/index.ts';
import { foldQdq } from './fold-qdq.ts';
import { addInputs } from './graph-inputs.ts';
import { ImportContext } from './import-context.ts';
import { NodeImport } from './node-import.ts';
import { countOps } from './op-counts.ts';
import { importerOf } from './ops/index.ts';
import { decode } from './proto/message.ts';
import { dataTypeName, type GraphProto, type ModelProto, modelSchema, type NodeProto } from './proto/onnx.ts';
import { isUnsigned, readTensor } from './tensor-proto.ts';

export interface OnnxReadOptions {
  /** Shapes of inputs with unknown dimensions, by name. */
  shapes?: Record<string, number[]>;
  /** Folder of the model file, where its external data lies. */
  directory?: string;
}

const oldestOpset = 1;
const newestOpset = 23;

const domainOf = (domain: string | undefined): string =>
  domain === undefined || domain === 'ai.onnx' ? '' : domain;

/** The first version of the format that states opsets; older files mean opset 1. */
const opsetsSince = 3;

function opsetsOf(model: ModelProto): Map<string, number> {
  const opsets = new Map(model.opsetImport.map((o) => [domainOf(o.domain), o.version ?? 0]));
  if (opsets.size === 0 && (model.irVersion ?? opsetsSince) < opsetsSince) opsets.set('', 1);
  const version = opsets.get('');
  if (version !== undefined && (version < oldestOpset || version > newestOpset)) {
    throw new EdgecError('E_FORMAT_VERSION', 'the opset of the model is not supported', {
      expected: `opset ${oldestOpset} to ${newestOpset}`,
      found: `opset ${version}`,
      remedy: 'convert the model with onnx.version_converter',
    });
  }
  return opsets;
}

/** What `find` says of the inputs and outputs, by name. */
function atBorder<T>(
  context: ImportContext,
  graph: GraphProto,
  find: (id: ValueId) => T | undefined,
): Record<string, T> | undefined {
  const entries = [...graph.input, ...graph.output].flatMap(({ name = '' }) => {
    const id = context.values.get(name);
    const found = id === undefined ? undefined : find(id);
    return found === undefined ? [] : [[name, found] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function describe(model: ModelProto, graph: GraphProto, context: ImportContext): SourceInfo {
  const labels = atBorder(context, graph, (id) => context.labelsOf(id));
  const columns = atBorder(context, graph, (id) => context.columnsOf(id));
  const producer = [model.producerName, model.producerVersion].filter(Boolean).join(' ');
  return {
    format: 'onnx',
    ...(producer && { producer }),
    version: `opset ${context.opsets.get('') ?? '?'}`,
    ops: countOps(graph),
    notes: [...context.notes],
    ...(labels && { labels }),
    ...(columns && { columns }),
  };
}

function addInitializers(context: ImportContext, graph: GraphProto): void {
  if (graph.sparseInitializer.length > 0)
    throw new EdgecError('E_OP_UNSUPPORTED', 'sparse initializers are not supported');
  for (const proto of graph.initializer) {
    const name = proto.name ?? '';
    if (context.values.has(name))
      throw new EdgecError('E_GRAPH_INVALID', 'two initializers have one name', { found: name });
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

function importNode(context: ImportContext, proto: NodeProto, name: string): readonly ValueId[] {
  const domain = domainOf(proto.domain);
  const op = proto.opType ?? '';
  const importer = importerOf(domain, op);
  const opset = context.opsets.get(domain);
  if (!importer || proto.attribute.some((a) => a.g !== undefined)) {
    throw new EdgecError('E_OP_UNSUPPORTED', `op ${domain ? `${domain}.` : ''}${op} is not supported`, {
      where: name,
      remedy: 'cut this part off the model, or export it with other ops',
    });
  }
  if (domain === '' && opset === undefined)
    throw new EdgecError('E_FORMAT_VERSION', 'the model does not state its opset', { where: name });
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

function addNodes(context: ImportContext, graph: GraphProto): void {
  const made = new Set(graph.node.flatMap((n) => n.output));
  const names = new Set<string>();
  for (const proto of graph.node) {
    let name = proto.name || proto.output[0] || `${proto.opType}_${names.size}`;
    if (names.has(name)) name = `${name}#${names.size}`;
    names.add(name);
    checkOperands(context, proto, name, made);
    let results: readonly ValueId[];
    try {
      results = importNode(context, proto, name);
    } catch (error) {
      throw blameBatch(context, located(error, proto.opType ?? '', name));
    }
    bindOutputs(context, proto, name, results);
  }
}

const movesBytes = new Set([
  'MaxPool',
  'Concat',
  'Split',
  'Slice',
  'Pad',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Transpose',
]);
const alsoMovesBytes = new Set([
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

function bindOutputs(
  context: ImportContext,
  proto: NodeProto,
  name: string,
  results: readonly ValueId[],
): void {
  const operands = proto.input.flatMap((n) => (n === '' ? [] : [context.values.get(n) as ValueId]));
  const unsigned = operands.some((id) => context.isUnsigned(id) && context.builder.type(id).dtype === 'int8');
  const op = proto.opType ?? '';
  if (
    unsigned &&
    !movesBytes.has(op) &&
    !alsoMovesBytes.has(op) &&
    results.some((id) => isPlainInt8(context, id))
  ) {
    throw new EdgecError('E_OP_UNSUPPORTED', `${op} of uint8 values is not supported`, { where: name });
  }
  proto.output.forEach((output, i) => {
    if (output === '') return;
    if (context.values.has(output))
      throw new EdgecError('E_GRAPH_INVALID', `two nodes make '${output}'`, { where: name });
    const id = results[i];
    if (id === undefined) return void context.omitted.add(output);
    if (unsigned && isPlainInt8(context, id)) context.markUnsigned(id);
    if (!operands.includes(id) && !context.inputs.has(id)) context.builder.rename(id, output);
    context.values.set(output, id);
  });
}

const isPlainInt8 = (context: ImportContext, id: ValueId): boolean =>
  context.builder.type(id).dtype === 'int8' && !context.isUnsigned(id);

/** Binds the outputs under the source's names and element types. */
function addOutputs(context: ImportContext, graph: GraphProto): void {
  const { builder } = context;
  const taken = new Set<ValueId>();
  if (graph.output.length === 0) throw new EdgecError('E_GRAPH_INVALID', 'the model has no output');
  for (const info of graph.output) {
    const name = info.name ?? '';
    let id = context.values.get(name);
    if (id === undefined)
      throw new EdgecError('E_GRAPH_INVALID', `output '${name}' is never made`, { where: name });
    const options = { name: `${name}.output`, origin: [`Output:${name}`] };
    const type = builder.type(id);
    const declared = dataTypeName(info.type?.tensorType?.elemType);
    if (declared === 'int64' && type.dtype === 'int32')
      id = builder.add1('Cast', [id], { to: 'int64' }, options);
    else if (type.dtype === 'int8' && context.isUnsigned(id))
      id = builder.add1('Recode', [id], { to: 'uint8' }, options);
    else if (taken.has(id) || context.inputs.has(id))
      id = builder.add1('Reshape', [id], { shape: type.shape }, options);
    taken.add(id);
    builder.rename(id, name);
    builder.output(id);
  }
}

/** Reads an ONNX model. Throws coded errors for everything that it cannot represent faithfully. */
export function readOnnx(bytes: Uint8Array, options: OnnxReadOptions = {}): Graph {
  const model = decode(modelSchema, bytes);
  const graph = model.graph;
  if (!graph) throw new EdgecError('E_FORMAT_CORRUPT', 'the ONNX file holds no graph');
  const context = new ImportContext(opsetsOf(model), options.directory);
  addInitializers(context, graph);
  addInputs(context, graph, options.shapes ?? {});
  addNodes(context, graph);
  addOutputs(context, graph);
  return foldQdq(context.builder.build(graph.name ?? '', 'imported', describe(model, graph, context)));
}
