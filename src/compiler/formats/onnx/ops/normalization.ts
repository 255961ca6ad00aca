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

/** Parameters that are computed at run time. */
function computedBatchNormalization(node: NodeImport, x: ValueId): ValueId {
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => channelOperand(node, x, i));
  const shifted = node.emit('Add', [variance, node.scalar(node.attrs.float('epsilon', 1e-5))]);
  const factor = node.emit('Mul', [scale, node.emit('Rsqrt', [shifted])]);
  return node.emit('Add', [node.emit('Mul', [node.emit('Sub', [x, mean]), factor]), bias]);
}

/** Inference form: one product and one sum a channel. */
function batchNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  if (node.attrs.flag('training_mode', false)) throw node.unsupported('training_mode');
  if ([1, 2, 3, 4].some((i) => !node.constantOf(node.input(i)))) return computedBatchNormalization(node, x);
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

/** One value a channel as [1, C, 1, …] against `x`. */
function channelOperand(node: NodeImport, x: ValueId, i: number): ValueId {
  const shape = node.shape(x).map((d, axis) => (axis === 1 ? d : 1));
  return node.reshape(node.input(i), shape);
}

interface Standard {
  y: ValueId;
  mean: ValueId;
  /** 1 / √(variance + ε) */
  inverse: ValueId;
}

/** (x − mean) / √(variance + ε) over `axes`. */
export function standardise(
  node: NodeImport,
  x: ValueId,
  axes: readonly number[],
  epsilon = node.attrs.float('epsilon', 1e-5),
): Standard {
  const mean = node.emit('ReduceMean', [x], { axes, keepDims: true });
  const centred = node.emit('Sub', [x, mean]);
  const inverse = inverseRoot(node, centred, axes, epsilon);
  return { y: node.emit('Mul', [centred, inverse]), mean, inverse };
}

/** 1 / √(mean of squares + ε). */
export function inverseRoot(
  node: NodeImport,
  x: ValueId,
  axes: readonly number[],
  epsilon = node.attrs.float('epsilon', 1e-5),
): ValueId {
  const square = node.emit('ReduceMean', [node.emit('Mul', [x, x])], { axes, keepDims: true });
  return node.emit('Rsqrt', [node.emit('Add', [square, node.scalar(epsilon)])]);
}

function instanceNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  const axes = node
    .shape(x)
    .map((_, i) => i)
    .slice(2);
  const [scale, bias] = [channelOperand(node, x, 1), channelOperand(node, x, 2)];
  return node.emit('Add', [node.emit('Mul', [standardise(node, x, axes).y, scale]), bias]);
}

/** Groups of channels are standardised; before opset 21, scale and bias are of a group, since then of a channel. */
function groupNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const groups = node.attrs.int('num_groups');
  if (groups < 1 || shape[1] % groups !== 0)
    throw node.unsupported(`${groups} groups`, `a divisor of ${shape[1]}`);
  const grouped = node.reshape(x, [shape[0], groups, shape[1] / groups, ...shape.slice(2)]);
  const axes = node
    .shape(grouped)
    .map((_, i) => i)
    .slice(2);
  const standard = standardise(node, grouped, axes).y;
  const byGroup = node.opset < 21;
  const y = byGroup ? standard : node.reshape(standard, shape);
  const [scale, bias] = [channelOperand(node, y, 1), channelOperand(node, y, 2)];
  return node.reshape(node.emit('Add', [node.emit('Mul', [y, scale]), bias]), shape);
}

const axesFrom = (node: NodeImport, x: ValueId): number[] => {
  const first = node.axis(node.attrs.int('axis', -1), node.rank(x));
  return node
    .shape(x)
    .map((_, i) => i)
    .slice(first);
};

function layerNormalization(node: NodeImport): ValueId[] {
  const x = node.input(0);
  const { y, mean, inverse } = standardise(node, x, axesFrom(node, x));
  const product = node.emit('Mul', [y, node.input(1)]);
  const bias = node.optional(2);
  return [bias === undefined ? product : node.emit('Add', [product, bias]), mean, inverse];
}

function rmsNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  const product = node.emit('Mul', [x, inverseRoot(node, x, axesFrom(node, x))]);
  return node.emit('Mul', [product, node.input(1)]);
}

function meanVarianceNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  const axes = node.axes(node.attrs.ints('axes', [0, 2, 3]), node.rank(x));
  const mean = node.emit('ReduceMean', [x], { axes, keepDims: true });
  const centred = node.emit('Sub', [x, mean]);
  const variance = node.emit('ReduceMean', [node.emit('Mul', [centred, centred])], { axes, keepDims: true });
  const deviation = node.emit('Add', [node.emit('Sqrt', [variance]), node.scalar(1e-9)]);
  return node.emit('Div', [centred, deviation]);
}

/** Below any norm but 0, of which the quotient is 0. */
const leastNorm = 2 ** -126;

function lpNormalization(node: NodeImport): ValueId {
  const x = node.input(0);
  const axes = [node.axis(node.attrs.int('axis', -1), node.rank(x))];
  const p = node.attrs.int('p', 2);
  if (p !== 1 && p !== 2) throw node.unsupported(`p ${p}`, '1 or 2');
  const sizes = p === 1 ? node.emit('Abs', [x]) : node.emit('Mul', [x, x]);
  const sum = node.emit('ReduceSum', [sizes], { axes, keepDims: true });
  const norm = p === 1 ? sum : node.emit('Sqrt', [sum]);
  return node.emit('Div', [x, node.emit('Max', [norm, node.scalar(leastNorm)])]);
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
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  GroupNormalization: groupNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  LRN: lrn,
  LpNormalization: lpNormalization,
  ImageScaler: imageScaler,
};
