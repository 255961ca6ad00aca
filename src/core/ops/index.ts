import type { OpDefinition } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { add, qAdd, sub } from './add.ts';
import { argMax, argMin } from './arg-max.ts';
import { averagePool2d, qAveragePool2d } from './average-pool-2d.ts';
import {
  and,
  div,
  equal,
  floorMod,
  greater,
  less,
  max,
  min,
  not,
  or,
  pow,
  truncateMod,
  where,
} from './binary.ts';
import { cast } from './cast.ts';
import { concat } from './concat.ts';
import { conv2d, qConv2d } from './conv-2d.ts';
import { cumSum } from './cum-sum.ts';
import { depthToSpace } from './depth-to-space.ts';
import { depthwiseConv2d, qDepthwiseConv2d } from './depthwise-conv-2d.ts';
import { expand } from './expand.ts';
import { fullyConnected, qFullyConnected } from './fully-connected.ts';
import { gather } from './gather.ts';
import { gatherElements, gatherNd } from './gather-nd.ts';
import { gridSample } from './grid-sample.ts';
import { qAddInt16, qConv2dInt16, qScale, qTransposeConv2dInt16, quantizeInt16 } from './int16.ts';
import { lookup } from './lookup.ts';
import { lrn } from './lrn.ts';
import { matMul, qMatMul } from './mat-mul.ts';
import { maxPool2d } from './max-pool-2d.ts';
import { mul, qMul } from './mul.ts';
import { nonMaxSuppression } from './non-max-suppression.ts';
import { pRelu, qPRelu } from './p-relu.ts';
import { pad } from './pad.ts';
import { pairwiseCoupling } from './pairwise-coupling.ts';
import { probit } from './probit.ts';
import { qResizeBilinear } from './q-resize-bilinear.ts';
import { dequantize, quantize, recode, requantizeOp } from './quantize.ts';
import { recurrent } from './recurrent.ts';
import { qReduceMean, reduceMax, reduceMean, reduceMin, reduceProd, reduceSum } from './reduce.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { roiAlign } from './roi-align.ts';
import { scatterElements, scatterNd } from './scatter.ts';
import { slice } from './slice.ts';
import { logSoftmax, qSoftmax, softmax } from './softmax.ts';
import { spaceToDepth } from './space-to-depth.ts';
import { split } from './split.ts';
import { squaredDistance } from './squared-distance.ts';
import { table } from './table.ts';
import { tile } from './tile.ts';
import { topK } from './top-k.ts';
import { transpose } from './transpose.ts';
import { qTransposeConv2d, transposeConv2d } from './transpose-conv-2d.ts';
import { treeEnsemble } from './tree-ensemble.ts';
import { trigonometricOps } from './trigonometric.ts';
import { unaryOps } from './unary.ts';

export { checkOperands } from './check-operands.ts';
export { type Scaling, scalingOf } from './fixed-32.ts';
export { elementOffsets, position, sliceOffsets } from './indexing.ts';
export { multiplierLimit } from './requantize.ts';
export { transposeTensor } from './transpose.ts';

/** Every op. An op's index is its opcode in packages: entries are only ever appended. */
export const ops = [
  conv2d,
  qConv2d,
  depthwiseConv2d,
  qDepthwiseConv2d,
  transposeConv2d,
  qTransposeConv2d,
  fullyConnected,
  qFullyConnected,
  matMul,
  qMatMul,
  add,
  sub,
  qAdd,
  mul,
  qMul,
  div,
  min,
  max,
  pow,
  equal,
  greater,
  less,
  and,
  or,
  not,
  where,
  pRelu,
  qPRelu,
  softmax,
  logSoftmax,
  qSoftmax,
  maxPool2d,
  averagePool2d,
  qAveragePool2d,
  reduceMean,
  reduceSum,
  reduceMax,
  reduceMin,
  reduceProd,
  qReduceMean,
  concat,
  split,
  slice,
  pad,
  reshape,
  transpose,
  expand,
  tile,
  resize,
  qResizeBilinear,
  depthToSpace,
  spaceToDepth,
  gather,
  argMax,
  argMin,
  cast,
  lrn,
  quantize,
  dequantize,
  requantizeOp,
  recode,
  table,
  ...unaryOps,
  ...trigonometricOps,
  floorMod,
  truncateMod,
  gatherElements,
  gatherNd,
  scatterElements,
  scatterNd,
  topK,
  cumSum,
  treeEnsemble,
  probit,
  qConv2dInt16,
  qTransposeConv2dInt16,
  qAddInt16,
  qScale,
  recurrent,
  lookup,
  squaredDistance,
  pairwiseCoupling,
  nonMaxSuppression,
  gridSample,
  quantizeInt16,
  roiAlign,
] as unknown as readonly OpDefinition[];

const byName = new Map(ops.map((op, opcode) => [op.name, { op, opcode }]));

function entry(name: string): { op: OpDefinition; opcode: number } {
  const found = byName.get(name);
  if (!found) throw new EdgecError('E_OP_UNSUPPORTED', `there is no op '${name}'`, { found: name });
  return found;
}

/** The definition of an op. Throws E_OP_UNSUPPORTED. */
export const opByName = (name: string): OpDefinition => entry(name).op;

export const opcodeOf = (name: string): number => entry(name).opcode;
