import { EdgecError, type Limits } from '../../../core/index.ts';
import type { Graph, SourceInfo, ValueId } from '../../graph/index.ts';
import { foldQdq } from './fold-qdq.ts';
import { addInputs } from './graph-inputs.ts';
import { ImportContext } from './import-context.ts';
import { addInitializers, addNodes, domainOf } from './import-nodes.ts';
import { inlineGraph } from './inline.ts';
import { countOps } from './op-counts.ts';
import { decode } from './proto/message.ts';
import { dataTypeName, type GraphProto, type ModelProto, modelSchema } from './proto/onnx.ts';

export interface OnnxReadOptions {
  /** Shapes of inputs with unknown dimensions, by name. */
  shapes?: Record<string, number[]>;
  /** Folder of the model file, where its external data lies. */
  directory?: string;
  limits?: Limits;
}

/** Versions that are read, by domain. */
const readVersions: Readonly<Record<string, readonly [oldest: number, newest: number]>> = {
  '': [1, 23],
  'ai.onnx.ml': [1, 5],
};
const newestFormat = 13;

/** The first version of the format that states opsets; older files mean opset 1. */
const opsetsSince = 3;

const otherVersion = (where: string, expected: string, found: number): EdgecError =>
  new EdgecError('E_FORMAT_VERSION', 'the model is of a version that is not supported', {
    expected,
    found: `${found}`,
    where,
    remedy: 'convert the model with onnx.version_converter',
  });

function opsetsOf(model: ModelProto): Map<string, number> {
  const { irVersion = opsetsSince } = model;
  if (irVersion > newestFormat) throw otherVersion('ir_version', `at most ${newestFormat}`, irVersion);
  const opsets = new Map<string, number>();
  for (const { domain, version = 0 } of model.opsetImport) {
    const name = domainOf(domain);
    const [oldest, newest] = Object.hasOwn(readVersions, name) ? readVersions[name] : [0, Number.MAX_VALUE];
    if (version < oldest || version > newest)
      throw otherVersion(`opset_import of '${name}'`, `opset ${oldest} to ${newest}`, version);
    if ((opsets.get(name) ?? version) !== version) {
      throw new EdgecError('E_GRAPH_INVALID', 'the model states two opsets for one domain', {
        found: `${opsets.get(name)} and ${version}`,
        where: `opset_import of '${name}'`,
      });
    }
    opsets.set(name, version);
  }
  if (opsets.size === 0 && irVersion < opsetsSince) opsets.set('', 1);
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

/** Binds the outputs under the source's names and element types. */
function addOutputs(context: ImportContext, graph: GraphProto): void {
  const { builder } = context;
  const taken = new Set<ValueId>();
  const names = new Set<string>();
  if (graph.output.length === 0)
    throw new EdgecError('E_GRAPH_INVALID', 'the model has no output', {
      expected: 'one or more outputs',
      found: 'none',
      where: graph.name || 'the graph',
    });
  for (const info of graph.output) {
    const name = info.name ?? '';
    if (names.has(name))
      throw new EdgecError('E_GRAPH_INVALID', 'an output is listed twice', {
        found: `'${name}'`,
        where: 'the outputs of the graph',
      });
    names.add(name);
    let id = context.values.get(name);
    if (id === undefined)
      throw new EdgecError('E_GRAPH_INVALID', `output '${name}' is never made`, {
        expected: 'the name of a value',
        found: `'${name}'`,
        where: 'the outputs of the graph',
      });
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
  const context = new ImportContext(opsetsOf(model), options.directory, inlineGraph, options.limits);
  addInitializers(context, graph);
  addInputs(context, graph, options.shapes ?? {});
  addNodes(context, graph);
  addOutputs(context, graph);
  return foldQdq(context.builder.build(graph.name ?? '', 'imported', describe(model, graph, context)));
}
