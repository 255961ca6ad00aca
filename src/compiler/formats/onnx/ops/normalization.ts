import { EdgecError, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

/** Values of one a channel as [1, C, 1, …] against `x`. */
function perChannel(node: NodeImport, x: ValueId, values: readonly number[]): ValueId {
  const shape = node.shape(x).map((_, i) => (i === 1 ? values.length : 1));
  return node.addConstant(tensor('float32', shape, values));
}

function channelValues(node: NodeImport, i: number, what: string, channels: number): readonly number[] {
  const values = node.numbersOf(i, what);
  if (values.length === channels) return values;
  throw new EdgecError('E_OP_SHAPE', `${what} of ${node.op} does not fit its input`, {
    expected: `${channels} values`,
    found: `${values.length}`,
    where: node.name,
  });
}

/** Inference form: one product and one sum a channel. */
function batchNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  if (node.attrs.flag('training_mode', false)) throw node.unsupported('training_mode');
  const channels = node.shape(x)[1];
  const [scale, bias, mean, variance] = ['scale', 'bias', 'mean', 'variance'].map((what, i) =>
    channelValues(node, i + 1, what, channels),
  );
  const epsilon = node.attrs.float('epsilon', 1e-5);
  const factor = scale.map((s, c) => s / Math.sqrt(variance[c] + epsilon));
  const offset = bias.map((b, c) => b - mean[c] * factor[c]);
  if ([...factor, ...offset].some((v) => !Number.isFinite(v))) {
    throw new EdgecError('E_MODEL_NAN', 'BatchNormalization has parameters without a finite result', {
      where: node.name,
    });
  }
  return node.emit('Add', [node.emit('Mul', [x, perChannel(node, x, factor)]), perChannel(node, x, offset)]);
}

/** (x − mean) / √(variance + ε) over `axes`. */
function standardise(node: NodeImport, x: ValueId, axes: readonly number[]): ValueId {
  const mean = node.emit('ReduceMean', [x], { axes, keepDims: true });
  const centred = node.emit('Sub', [x, mean]);
  const variance = node.emit('ReduceMean', [node.emit('Mul', [centred, centred])], { axes, keepDims: true });
  const shifted = node.emit('Add', [variance, node.scalar(node.attrs.float('epsilon', 1e-5))]);
  return node.emit('Mul', [centred, node.emit('Rsqrt', [shifted])]);
}

function instanceNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const axes = shape.map((_, i) => i).slice(2);
  const scale = perChannel(node, x, channelValues(node, 1, 'scale', shape[1]));
  const bias = perChannel(node, x, channelValues(node, 2, 'bias', shape[1]));
  return node.emit('Add', [node.emit('Mul', [standardise(node, x, axes), scale]), bias]);
}

function layerNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  const rank = node.rank(x);
  const first = node.axis(node.attrs.int('axis', -1), rank);
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  const product = node.emit('Mul', [standardise(node, x, axes), node.input(1)]);
  const bias = node.optional(2);
  return bias === undefined ? product : node.emit('Add', [product, bias]);
}

function lrn(node: NodeImport): ValueId {
  const attrs = {
    size: node.attrs.int('size'),
    alpha: node.attrs.float('alpha', 1e-4),
    beta: node.attrs.float('beta', 0.75),
    bias: node.attrs.float('bias', 1),
  };
  if (attrs.size < 1)
    throw new EdgecError('E_OP_ATTRIBUTE', 'size of LRN is not positive', { where: node.name });
  return node.channelsLast(node.input(0), (v) => node.emit('LRN', [v], attrs));
}

/** Experimental op of old exporters: one factor, and one offset a channel. */
function imageScaler(node: NodeImport): ValueId {
  const x = node.input(0);
  const product = node.emit('Mul', [x, node.scalar(node.attrs.float('scale', 1))]);
  const bias = node.attrs.floats('bias', []);
  return bias.length === 0 ? product : node.emit('Add', [product, perChannel(node, x, bias)]);
}

export const normalizationImporters: Importers = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LRN: lrn,
  ImageScaler: imageScaler,
};
