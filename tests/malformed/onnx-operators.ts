import { floatTensor } from '../oracles/onnx-ml.ts';
import type { Malformed } from './malformed.ts';
import { type Attributes, constant, input, node, type Operand, real, whole } from './onnx-file.ts';

const image = input([1, 2, 5, 5]);
const row = input([1, 4]);

const conv = (weight: readonly number[], attributes: Attributes = {}, bias?: readonly number[]): Uint8Array =>
  node('Conv', [image, real(weight), ...(bias ? [real(bias)] : [])], attributes);
const turned = (weight: readonly number[], attributes: Attributes = {}): Uint8Array =>
  node('ConvTranspose', [image, real(weight)], attributes);
const pool = (op: string, attributes: Attributes): Uint8Array => node(op, [image], attributes);

const windows: Malformed[] = [
  ['strides of zero', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { strides: [0, 0] }), 'strides'],
  ['negative strides', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { strides: [1, -1] }), 'strides'],
  ['strides of 2^40', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { strides: [2 ** 40, 1] }), 'strides'],
  ['too few strides', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { strides: [1] }), 'strides'],
  [
    'strides that are reals',
    'E_OP_ATTRIBUTE',
    conv([2, 2, 3, 3], { strides: { floats: [1, 1] } }),
    'strides',
  ],
  ['dilations of zero', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { dilations: [0, 1] }), 'dilations'],
  ['dilations that reach too far', 'E_OP_SHAPE', conv([2, 2, 3, 3], { dilations: [1, 1000] }), 'the_node'],
  ['negative pads', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { pads: [0, 0, -1, 0] }), 'pads'],
  ['too many pads', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { pads: [1, 1, 1, 1, 1] }), 'pads'],
  ['pads of 2^50', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { pads: [2 ** 50, 0, 0, 0] }), 'pads'],
  [
    'a window that is not that of its weights',
    'E_OP_ATTRIBUTE',
    conv([2, 2, 3, 3], { kernel_shape: [2, 2] }),
    'kernel_shape',
  ],
  ['an unknown padding', 'E_OP_UNSUPPORTED', conv([2, 2, 3, 3], { auto_pad: 'AROUND' }), 'AROUND'],
  ['no groups', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { group: { i: 0 } }), 'the_node'],
  ['groups of −1', 'E_OP_ATTRIBUTE', conv([2, 2, 3, 3], { group: { i: -1 } }), 'the_node'],
  [
    'groups that do not divide the channels',
    'E_OP_ATTRIBUTE',
    conv([3, 2, 3, 3], { group: { i: 3 } }),
    'the_node',
  ],
  ['weights of other channels', 'E_OP_SHAPE', conv([2, 3, 3, 3]), 'the_node'],
  ['weights of another rank', 'E_OP_SHAPE', conv([2, 2]), 'the_node'],
  ['weights of no rows', 'E_OP_ATTRIBUTE', conv([2, 2, 0, 3]), 'the_node'],
  ['a bias of another length', 'E_OP_SHAPE', conv([2, 2, 3, 3], {}, [5]), 'bias'],
  ['a window larger than its input', 'E_OP_SHAPE', conv([2, 2, 9, 9]), 'the_node'],
  ['a convolution without weights', 'E_GRAPH_INVALID', node('Conv', [image]), 'the_node'],
  [
    'a convolution whose weights are left out',
    'E_GRAPH_INVALID',
    node('Conv', [image, '', real([2])]),
    'the_node',
  ],
  ['a convolution of a row', 'E_OP_SHAPE', node('Conv', [row, real([2, 2, 3, 3])]), 'the_node'],
  [
    'a convolution of booleans',
    'E_TENSOR_DTYPE',
    node('Conv', [input([1, 2, 5, 5], 'bool'), real([2, 2, 3, 3])]),
    'the_node',
  ],
  ['NaN weights', 'E_MODEL_NAN', node('Conv', [image, real([1, 2, 1, 1], [1, Number.NaN])])],
  [
    'infinite weights',
    'E_MODEL_NAN',
    node('Conv', [image, real([1, 2, 1, 1], [1, Number.POSITIVE_INFINITY])]),
  ],
  ['transposed: strides of zero', 'E_OP_ATTRIBUTE', turned([2, 2, 3, 3], { strides: [0, 1] }), 'strides'],
  [
    'transposed: strides of a thousand million',
    'E_OP_SHAPE',
    turned([2, 2, 3, 3], { strides: [2 ** 30, 2 ** 30] }),
    'the_node',
  ],
  [
    'transposed: groups that do not divide the channels',
    'E_OP_ATTRIBUTE',
    turned([2, 2, 3, 3], { group: { i: 3 } }),
    'the_node',
  ],
  [
    'transposed: a volume that is cropped to nothing',
    'E_OP_UNSUPPORTED',
    node('ConvTranspose', [input([1, 2, 3, 3, 3]), real([2, 2, 1, 1, 1])], { pads: [2, 0, 0, 2, 0, 0] }),
    'the_node',
  ],
  [
    'transposed: a volume of strides of 2^30',
    'E_LIMIT_EXCEEDED',
    node('ConvTranspose', [input([1, 2, 3, 3, 3]), real([2, 2, 1, 1, 1])], { strides: [2 ** 30, 1, 1] }),
    'the_node',
  ],
  ['transposed: no groups', 'E_OP_ATTRIBUTE', turned([2, 2, 3, 3], { group: { i: 0 } }), 'the_node'],
  [
    'transposed: too few output pads',
    'E_OP_ATTRIBUTE',
    turned([2, 2, 3, 3], { output_padding: [1] }),
    'output_padding',
  ],
  [
    'transposed: negative output pads',
    'E_OP_ATTRIBUTE',
    turned([2, 2, 3, 3], { output_padding: [-1, 0] }),
    'output_padding',
  ],
  ['transposed: weights of other channels', 'E_OP_SHAPE', turned([3, 2, 3, 3]), 'the_node'],
  [
    'transposed: pads beyond the output',
    'E_OP_SHAPE',
    turned([2, 2, 3, 3], { pads: [9, 9, 9, 9] }),
    'the_node',
  ],
  ['a pool without a window', 'E_OP_ATTRIBUTE', pool('MaxPool', {}), 'kernel_shape'],
  ['a pool of no rows', 'E_OP_ATTRIBUTE', pool('MaxPool', { kernel_shape: [0, 2] }), 'kernel_shape'],
  [
    'a pool of a negative window',
    'E_OP_ATTRIBUTE',
    pool('AveragePool', { kernel_shape: [-2, 2] }),
    'kernel_shape',
  ],
  [
    'a pool whose steps are zero',
    'E_OP_ATTRIBUTE',
    pool('AveragePool', { kernel_shape: [2, 2], strides: [0, 1] }),
    'strides',
  ],
  ['a pool larger than its input', 'E_OP_SHAPE', pool('MaxPool', { kernel_shape: [9, 9] }), 'the_node'],
  [
    'a pool of pads as large as its window',
    'E_OP_ATTRIBUTE',
    pool('MaxPool', { kernel_shape: [2, 2], pads: [2, 2, 2, 2] }),
    'the_node',
  ],
  [
    'a norm of no power',
    'E_OP_UNSUPPORTED',
    pool('LpPool', { kernel_shape: [2, 2], p: { i: 0 } }),
    'the_node',
  ],
  ['blocks of zero', 'E_OP_ATTRIBUTE', node('DepthToSpace', [image], { blocksize: { i: 0 } }), 'the_node'],
  [
    'blocks that do not divide the channels',
    'E_OP_ATTRIBUTE',
    node('DepthToSpace', [image], { blocksize: { i: 3 } }),
    'the_node',
  ],
  ['blocks of −1', 'E_OP_ATTRIBUTE', node('SpaceToDepth', [image], { blocksize: { i: -1 } }), 'the_node'],
  [
    'blocks that do not divide the rows',
    'E_OP_ATTRIBUTE',
    node('SpaceToDepth', [image], { blocksize: { i: 2 } }),
    'the_node',
  ],
  [
    'a scale of zero for a picture',
    'E_OP_SHAPE',
    node('Resize', [image, '', real([4], [1, 1, 0, 1])]),
    'the_node',
  ],
  [
    'a scale of NaN for a picture',
    'E_OP_SHAPE',
    node('Resize', [image, '', real([4], [1, 1, Number.NaN, 1])]),
    'the_node',
  ],
  [
    'a picture resized to no rows',
    'E_OP_SHAPE',
    node('Resize', [image, '', '', whole([1, 2, 0, 4])]),
    'the_node',
  ],
  [
    'a picture resized to −1 rows',
    'E_OP_SHAPE',
    node('Resize', [image, '', '', whole([1, 2, -1, 4])]),
    'the_node',
  ],
  ['a picture resized to nothing said', 'E_OP_SHAPE', node('Resize', [image]), 'the_node'],
  [
    'a picture resized by too few scales',
    'E_OP_SHAPE',
    node('Resize', [image, '', real([2], [1, 1])]),
    'the_node',
  ],
  ['a neighbourhood of zero', 'E_OP_ATTRIBUTE', node('LRN', [image], { size: { i: 0 } }), 'the_node'],
];

const moving: Malformed[] = [
  ['an index outside', 'E_OP_SHAPE', node('Gather', [row, whole([99])], { axis: { i: 1 } }), '99'],
  ['an index of −5', 'E_OP_SHAPE', node('Gather', [row, whole([-5])], { axis: { i: 1 } }), '-5'],
  ['an index of 2^40', 'E_OP_SHAPE', node('Gather', [row, whole([2 ** 40])], { axis: { i: 1 } }), 'the_node'],
  ['indices that are reals', 'E_TENSOR_DTYPE', node('Gather', [row, real([1])]), 'indices'],
  [
    'an axis outside for indices',
    'E_OP_ATTRIBUTE',
    node('Gather', [row, whole([0])], { axis: { i: 2 } }),
    'the_node',
  ],
  [
    'tuples of more indices than axes',
    'E_OP_SHAPE',
    node('GatherND', [row, whole([0, 0, 0], [1, 3])]),
    'the_node',
  ],
  ['a tuple that points outside', 'E_OP_SHAPE', node('GatherND', [row, whole([0, 4], [1, 2])]), 'the_node'],
  [
    'a negative count of batch axes',
    'E_OP_SHAPE',
    node('GatherND', [row, whole([0, 1], [1, 2])], { batch_dims: { i: -1 } }),
    'the_node',
  ],
  [
    'an element outside',
    'E_OP_SHAPE',
    node('GatherElements', [row, whole([7], [1, 1])], { axis: { i: 1 } }),
    'the_node',
  ],
  [
    'elements of another rank',
    'E_OP_SHAPE',
    node('GatherElements', [row, whole([0])], { axis: { i: 1 } }),
    'the_node',
  ],
  [
    'an update outside',
    'E_OP_SHAPE',
    node('ScatterElements', [row, whole([-9], [1, 1]), real([1, 1])], { axis: { i: 1 } }),
    'the_node',
  ],
  [
    'updates that do not fit their indices',
    'E_OP_SHAPE',
    node('ScatterND', [row, whole([0], [1, 1]), real([2, 4])]),
    'the_node',
  ],
  [
    'an update at a tuple outside',
    'E_OP_SHAPE',
    node('ScatterND', [row, whole([1], [1, 1]), real([1, 4])]),
    'the_node',
  ],
  [
    'an unknown reduction',
    'E_OP_ATTRIBUTE',
    node('ScatterND', [row, whole([0], [1, 1]), real([1, 4])], { reduction: 'mean' }),
    'the_node',
  ],
  ['an axis outside', 'E_OP_ATTRIBUTE', node('Concat', [row, real([1, 4])], { axis: { i: 5 } }), 'the_node'],
  ['parts of other sizes', 'E_OP_SHAPE', node('Concat', [row, real([2, 3])], { axis: { i: 1 } }), 'the_node'],
  ['parts of another rank', 'E_OP_SHAPE', node('Concat', [row, real([4])], { axis: { i: 0 } }), 'the_node'],
  ['nothing to join', 'E_GRAPH_INVALID', node('Concat', [], { axis: { i: 0 } }), 'the_node'],
  ['axes that are no permutation', 'E_OP_ATTRIBUTE', node('Transpose', [row], { perm: [0, 0] }), 'the_node'],
  ['a permutation of too few axes', 'E_OP_ATTRIBUTE', node('Transpose', [row], { perm: [0] }), 'the_node'],
  ['a reshape to another size', 'E_OP_SHAPE', node('Reshape', [row, whole([3, 3])]), 'the_node'],
  ['a reshape of two open axes', 'E_OP_SHAPE', node('Reshape', [row, whole([-1, -1])]), 'the_node'],
  ['a reshape to an axis of −2', 'E_OP_SHAPE', node('Reshape', [row, whole([-2, -2])]), 'the_node'],
  [
    'a reshape that keeps an axis that is not there',
    'E_OP_SHAPE',
    node('Reshape', [row, whole([1, 4, 0])]),
    'the_node',
  ],
  [
    'a reshape whose size wraps',
    'E_OP_SHAPE',
    node('Reshape', [row, whole([2 ** 31, 2 ** 31, 4])]),
    'the_node',
  ],
  [
    'a reshape to a shape that is computed',
    'E_OP_UNSUPPORTED',
    node('Reshape', [row, input([2], 'int64')]),
    'the_node',
  ],
  ['a squeezed axis that is not 1', 'E_OP_SHAPE', node('Squeeze', [row, whole([1])]), 'the_node'],
  ['a squeezed axis outside', 'E_OP_ATTRIBUTE', node('Squeeze', [row, whole([-3])]), 'the_node'],
  ['an axis added twice', 'E_OP_ATTRIBUTE', node('Unsqueeze', [row, whole([0, 0])]), 'the_node'],
  [
    'a slice of no step',
    'E_OP_ATTRIBUTE',
    node('Slice', [row, whole([0]), whole([1]), whole([1]), whole([0])]),
    'the_node',
  ],
  [
    'a slice of unlike starts and ends',
    'E_OP_ATTRIBUTE',
    node('Slice', [row, whole([0, 0]), whole([1])]),
    'the_node',
  ],
  [
    'a slice along an axis outside',
    'E_OP_ATTRIBUTE',
    node('Slice', [row, whole([0]), whole([1]), whole([2])]),
    'the_node',
  ],
  [
    'a slice of a computed start',
    'E_OP_UNSUPPORTED',
    node('Slice', [row, input([1], 'int64'), whole([1])]),
    'the_node',
  ],
  [
    'parts that do not add up',
    'E_OP_ATTRIBUTE',
    node('Split', [row, whole([3, 3])], { axis: { i: 1 } }, { outputs: 2 }),
    'the_node',
  ],
  [
    'a negative part',
    'E_OP_SHAPE',
    node('Split', [row, whole([5, -1])], { axis: { i: 1 } }, { outputs: 2 }),
    'the_node',
  ],
  ['no part', 'E_OP_SHAPE', node('Split', [row], { axis: { i: 1 }, num_outputs: { i: 0 } }), 'the_node'],
  ['an expansion that does not fit', 'E_OP_SHAPE', node('Expand', [row, whole([3, 3])]), 'the_node'],
  ['an expansion to a negative size', 'E_OP_ATTRIBUTE', node('Expand', [row, whole([-1, 4])]), 'the_node'],
  ['negative repeats', 'E_OP_ATTRIBUTE', node('Tile', [row, whole([1, -1])]), 'the_node'],
  ['too few repeats', 'E_OP_ATTRIBUTE', node('Tile', [row, whole([2])]), 'the_node'],
  ['a border of too few numbers', 'E_OP_SHAPE', node('Pad', [row, whole([1, 1])]), 'the_node'],
  [
    'a border that crops more than there is',
    'E_OP_ATTRIBUTE',
    node('Pad', [row, whole([0, -5, 0, 0])]),
    'the_node',
  ],
  [
    'a border that mirrors more than there is',
    'E_OP_ATTRIBUTE',
    node('Pad', [row, whole([0, 4, 0, 0])], { mode: 'reflect' }),
    'the_node',
  ],
  [
    'a border that wraps nothing',
    'E_OP_SHAPE',
    node('Pad', [row, whole([0, -9, 0, 0])], { mode: 'wrap' }, { opset: 19 }),
    'the_node',
  ],
  ['a middle of too few axes', 'E_OP_SHAPE', node('CenterCropPad', [row, whole([3])]), 'the_node'],
  ['a middle of a negative length', 'E_OP_SHAPE', node('CenterCropPad', [row, whole([1, -3])]), 'the_node'],
  ['an unknown border', 'E_OP_UNSUPPORTED', node('Pad', [row, whole([0, 1, 0, 0])], { mode: 'fog' }), 'fog'],
  [
    'more of the greatest than there are',
    'E_OP_ATTRIBUTE',
    node('TopK', [row, whole([9])], {}, { outputs: 2 }),
    'the_node',
  ],
  ['−1 of the greatest', 'E_OP_ATTRIBUTE', node('TopK', [row, whole([-1])], {}, { outputs: 2 }), 'the_node'],
  [
    'a one-hot of depth −1',
    'E_OP_SHAPE',
    node('OneHot', [input([4], 'int64'), whole([-1]), real([2])]),
    'the_node',
  ],
  [
    'a one-hot of one value',
    'E_OP_SHAPE',
    node('OneHot', [input([4], 'int64'), whole([3]), real([1])]),
    'the_node',
  ],
  ['a sum along an axis outside', 'E_OP_ATTRIBUTE', node('CumSum', [row, whole([7], [])]), 'the_node'],
  [
    'sequences longer than their axis',
    'E_OP_SHAPE',
    node('ReverseSequence', [input([2, 2]), whole([1, 9])]),
    'the_node',
  ],
  ['a triangle of a row', 'E_OP_SHAPE', node('Trilu', [input([4])]), 'the_node'],
];

const arithmetic: Malformed[] = [
  ['reals and integers added', 'E_TENSOR_DTYPE', node('Add', [row, whole([1])]), 'the_node'],
  ['a negative size made of a shape', 'E_OP_SHAPE', node('ConstantOfShape', [whole([-4])]), 'the_node'],
  ['shapes that do not broadcast', 'E_OP_SHAPE', node('Add', [row, real([3])]), 'the_node'],
  ['a sum of one operand', 'E_GRAPH_INVALID', node('Add', [row]), 'the_node'],
  ['a function of nothing', 'E_GRAPH_INVALID', node('Relu', []), 'the_node'],
  ['an operand left out', 'E_GRAPH_INVALID', node('Mul', [row, '']), 'the_node'],
  [
    'truth values added',
    'E_TENSOR_DTYPE',
    node('Add', [input([4], 'bool'), constant('', [4], [1, 0, 1, 0], 'bool')]),
    'the_node',
  ],
  ['a choice by reals', 'E_TENSOR_DTYPE', node('Where', [row, real([4]), real([4])]), 'the_node'],
  ['matrices of other depths', 'E_OP_SHAPE', node('MatMul', [row, real([5, 2])]), 'the_node'],
  ['a matrix and a scalar', 'E_OP_SHAPE', node('MatMul', [row, real([])]), 'the_node'],
  ['a product of three axes', 'E_OP_SHAPE', node('Gemm', [input([1, 1, 4]), real([4, 2])]), 'the_node'],
  [
    'a product whose flag is a string',
    'E_OP_ATTRIBUTE',
    node('Gemm', [row, real([4, 2])], { transB: 'yes' }),
    'transB',
  ],
  [
    'a product whose factor is NaN',
    'E_MODEL_NAN',
    node('Gemm', [row, real([4, 2])], { alpha: { f: Number.NaN } }),
    'alpha',
  ],
  [
    'an equation that is none',
    'E_OP_UNSUPPORTED',
    node('Einsum', [row, real([4, 2])], { equation: 'ij,jk->i!' }),
    'the_node',
  ],
  [
    'an equation for more operands',
    'E_GRAPH_INVALID',
    node('Einsum', [row, real([4, 2])], { equation: 'ij,jk,kl->il' }),
    'the_node',
  ],
  [
    'an equation whose sizes differ',
    'E_OP_SHAPE',
    node('Einsum', [row, real([5, 2])], { equation: 'ij,jk->ik' }),
    'the_node',
  ],
  ['a mean along an axis outside', 'E_OP_ATTRIBUTE', node('ReduceMean', [row, whole([2])]), 'the_node'],
  ['a mean along an axis twice', 'E_OP_ATTRIBUTE', node('ReduceMean', [row, whole([1, -1])]), 'the_node'],
  [
    'a softmax along an axis outside',
    'E_OP_ATTRIBUTE',
    node('Softmax', [row], { axis: { i: -3 } }),
    'the_node',
  ],
  [
    'the greatest along an axis outside',
    'E_OP_ATTRIBUTE',
    node('ArgMax', [row], { axis: { i: 9 } }),
    'the_node',
  ],
  ['a cast to strings', 'E_TENSOR_DTYPE', node('Cast', [row], { to: { i: 8 } }), 'the_node'],
  ['a cast to a type of the future', 'E_TENSOR_DTYPE', node('Cast', [row], { to: { i: 500 } }), 'the_node'],
  ['a cast to nothing', 'E_OP_ATTRIBUTE', node('Cast', [row]), "'to'"],
  ['a constant of no value', 'E_OP_UNSUPPORTED', node('Constant', []), 'the_node'],
  [
    'a constant of strings',
    'E_OP_UNSUPPORTED',
    node('Constant', [], { value_strings: { strings: ['a'] } }),
    'the_node',
  ],
  ['a constant of NaN', 'E_MODEL_NAN', node('Constant', [], { value_float: { f: Number.NaN } }), 'the_node'],
  [
    'a constant whose tensor is broken',
    'E_FORMAT_CORRUPT',
    node('Constant', [], { value: { t: { ...floatTensor('t', [1, 2]), dims: [5] } } }),
    'the_node',
  ],
  ['a slope that is NaN', 'E_MODEL_NAN', node('LeakyRelu', [row], { alpha: { f: Number.NaN } }), 'alpha'],
  ['bounds that are no scalars', 'E_OP_SHAPE', node('Clip', [row, real([2])]), 'the_node'],
];

const norms: Malformed[] = [
  [
    'statistics of other channels',
    'E_OP_SHAPE',
    node('BatchNormalization', [image, real([2]), real([2]), real([2]), real([3])]),
    'the_node',
  ],
  [
    'statistics that are missing',
    'E_GRAPH_INVALID',
    node('BatchNormalization', [image, real([2])]),
    'the_node',
  ],
  [
    'a norm of other channels',
    'E_OP_SHAPE',
    node('InstanceNormalization', [image, real([3]), real([3])]),
    'the_node',
  ],
  [
    'a norm along an axis outside',
    'E_OP_ATTRIBUTE',
    node('LayerNormalization', [row, real([4])], { axis: { i: 4 } }),
    'the_node',
  ],
  ['a norm of other columns', 'E_OP_SHAPE', node('LayerNormalization', [row, real([3])]), 'the_node'],
  [
    'a norm of no groups',
    'E_OP_UNSUPPORTED',
    node('GroupNormalization', [image, real([2]), real([2])], { num_groups: { i: 0 } }, { opset: 21 }),
    'the_node',
  ],
  [
    'a norm of groups that do not divide',
    'E_OP_UNSUPPORTED',
    node('GroupNormalization', [image, real([2]), real([2])], { num_groups: { i: 3 } }, { opset: 21 }),
    'the_node',
  ],
  [
    'attention without heads',
    'E_OP_SHAPE',
    node(
      'Attention',
      [input([1, 2, 4]), real([1, 2, 4]), real([1, 2, 4])],
      { q_num_heads: { i: 0 }, kv_num_heads: { i: 0 } },
      { opset: 23 },
    ),
    'the_node',
  ],
  [
    'attention of heads that do not divide',
    'E_OP_SHAPE',
    node(
      'Attention',
      [input([1, 2, 4]), real([1, 2, 4]), real([1, 2, 4])],
      { q_num_heads: { i: 3 }, kv_num_heads: { i: 3 } },
      { opset: 23 },
    ),
    'the_node',
  ],
];

const sequence = input([3, 1, 2]);
const cell = (
  op: string,
  gates: number,
  change: Record<string, readonly number[]> = {},
  attributes: Attributes = {},
) =>
  node(
    op,
    [
      sequence,
      real(change.w ?? [1, gates * 4, 2]),
      real(change.r ?? [1, gates * 4, 4]),
      real(change.b ?? [1, gates * 8]),
    ],
    { hidden_size: { i: 4 }, ...attributes },
    { outputs: 2 },
  );

const recurrent: Malformed[] = [
  ['a cell without weights', 'E_GRAPH_INVALID', node('LSTM', [sequence]), 'the_node'],
  ['a cell of other gates', 'E_OP_SHAPE', cell('LSTM', 4, { w: [1, 12, 2] }), 'the_node'],
  ['a cell of other inputs', 'E_OP_SHAPE', cell('LSTM', 4, { w: [1, 16, 3] }), 'the_node'],
  ['a cell of other recurrences', 'E_OP_ATTRIBUTE', cell('GRU', 3, { r: [1, 12, 5] }), 'the_node'],
  ['a cell of another bias', 'E_OP_SHAPE', cell('GRU', 3, { b: [1, 12] }), 'the_node'],
  [
    'a cell of another size than it states',
    'E_OP_ATTRIBUTE',
    cell('RNN', 1, {}, { hidden_size: { i: 5 } }),
    'the_node',
  ],
  [
    'a cell of an unknown direction',
    'E_OP_UNSUPPORTED',
    cell('LSTM', 4, {}, { direction: 'sideways' }),
    'sideways',
  ],
  [
    'a cell of both directions with weights for one',
    'E_OP_SHAPE',
    cell('LSTM', 4, {}, { direction: 'bidirectional' }),
    'the_node',
  ],
  [
    'a cell of unknown activations',
    'E_OP_UNSUPPORTED',
    cell('LSTM', 4, {}, { activations: { strings: ['Sigmoid', 'Cube', 'Tanh'] } }),
    'Cube',
  ],
  [
    'a cell of too few activations',
    'E_OP_ATTRIBUTE',
    cell('LSTM', 4, {}, { activations: { strings: ['Sigmoid'] } }),
    'the_node',
  ],
  [
    'a cell of a picture',
    'E_OP_SHAPE',
    node('GRU', [image, real([1, 12, 2]), real([1, 12, 4])], { hidden_size: { i: 4 } }),
    'the_node',
  ],
];

/** Quantises x with a scale and zero point, in one node. */
const quantized = (
  scale: readonly number[],
  zero: readonly number[] = scale.map(() => 0),
  attributes: Attributes = {},
) =>
  node(
    'QuantizeLinear',
    [
      input([2, 3]),
      real(scale.length === 1 ? [] : [scale.length], scale),
      constant('', zero.length === 1 ? [] : [zero.length], zero, 'int8'),
    ],
    attributes,
  );
const restored = (scale: readonly number[], attributes: Attributes = {}) =>
  node(
    'DequantizeLinear',
    [input([2, 3], 'int8'), real(scale.length === 1 ? [] : [scale.length], scale)],
    attributes,
  );
const bytes = (shape: readonly number[]) => constant('', shape, undefined, 'int8');
const one = real([], [0.5]);
const zero = constant('', [], [0], 'int8');
const integerConv = (
  scale: Operand,
  weight: readonly number[] = [2, 2, 3, 3],
  zeros: Operand = zero,
): Uint8Array =>
  node('QLinearConv', [input([1, 2, 5, 5], 'int8'), one, zero, bytes(weight), scale, zeros, one, zero]);

const quantisation: Malformed[] = [
  ['a scale of zero', 'E_NUMERICS_SCALE', quantized([0]), 'the_node'],
  ['a negative scale', 'E_NUMERICS_SCALE', quantized([-0.5]), 'the_node'],
  ['a scale that is NaN', 'E_NUMERICS_SCALE', quantized([Number.NaN]), 'the_node'],
  ['an infinite scale', 'E_NUMERICS_SCALE', quantized([Number.POSITIVE_INFINITY]), 'the_node'],
  ['one scale of zero among others', 'E_NUMERICS_SCALE', quantized([1, 0, 1]), 'the_node'],
  ['too few scales for the channels', 'E_OP_UNSUPPORTED', quantized([0.1, 0.2]), 'the_node'],
  ['other counts of scales and zero points', 'E_OP_SHAPE', quantized([0.1, 0.2, 0.3], [0, 0]), 'the_node'],
  [
    'scales along an axis outside',
    'E_OP_ATTRIBUTE',
    quantized([1, 1, 1], [0, 0, 0], { axis: { i: 7 } }),
    'the_node',
  ],
  [
    'a scale that is computed',
    'E_OP_UNSUPPORTED',
    node('QuantizeLinear', [row, input([1]), zero]),
    'the_node',
  ],
  ['a zero point of reals', 'E_OP_UNSUPPORTED', node('QuantizeLinear', [row, one, real([])]), 'the_node'],
  ['back: a scale of zero', 'E_NUMERICS_SCALE', restored([0]), 'the_node'],
  ['back: a scale that is NaN', 'E_NUMERICS_SCALE', restored([Number.NaN]), 'the_node'],
  ['back: a negative scale', 'E_NUMERICS_SCALE', restored([-1]), 'the_node'],
  ['back: an axis outside', 'E_OP_ATTRIBUTE', restored([1, 1, 1], { axis: { i: 2 } }), 'the_node'],
  ['back: negative blocks', 'E_OP_UNSUPPORTED', restored([1], { block_size: { i: -1 } }), 'the_node'],
  ['an integer convolution of a scale of zero', 'E_NUMERICS_SCALE', integerConv(real([], [0])), 'the_node'],
  [
    'an integer convolution of too few scales',
    'E_OP_UNSUPPORTED',
    integerConv(real([3], [1, 1, 1]), [2, 2, 3, 3], bytes([3])),
    'the_node',
  ],
  ['an integer convolution of other channels', 'E_OP_SHAPE', integerConv(one, [2, 3, 3, 3]), 'the_node'],
  [
    'an integer convolution without an output scale',
    'E_GRAPH_INVALID',
    node('QLinearConv', [input([1, 2, 5, 5], 'int8'), one, zero, bytes([2, 2, 3, 3]), one, zero]),
    'the_node',
  ],
  [
    'an integer convolution of reals',
    'E_OP_UNSUPPORTED',
    node('QLinearConv', [image, one, zero, bytes([2, 2, 3, 3]), one, zero, one, zero]),
    'the_node',
  ],
  [
    'an integer product of other depths',
    'E_OP_SHAPE',
    node('QLinearMatMul', [input([1, 4], 'int8'), one, zero, bytes([5, 2]), one, zero, one, zero]),
    'the_node',
  ],
];

const suppression = (
  operands: readonly Operand[],
  sizes: { boxes?: number[]; scores?: number[] } = {},
): Uint8Array =>
  node('NonMaxSuppression', [input(sizes.boxes ?? [1, 6, 4]), input(sizes.scores ?? [1, 2, 6]), ...operands]);

const boxes: Malformed[] = [
  ['boxes of three numbers', 'E_OP_SHAPE', suppression([whole([3])], { boxes: [1, 6, 3] }), 'the_node'],
  ['boxes of one axis', 'E_OP_SHAPE', suppression([whole([3])], { boxes: [6] }), 'the_node'],
  ['boxes of other scores', 'E_OP_SHAPE', suppression([whole([3])], { scores: [1, 2, 5] }), 'the_node'],
  ['boxes of other images', 'E_OP_SHAPE', suppression([whole([3])], { scores: [2, 2, 6] }), 'the_node'],
  ['boxes whose count is computed', 'E_OP_UNSUPPORTED', suppression([input([1], 'int64')]), 'the_node'],
  ['boxes whose count is a list', 'E_OP_SHAPE', suppression([whole([3, 4])]), 'the_node'],
  [
    'boxes that overlap twofold',
    'E_OP_ATTRIBUTE',
    suppression([whole([3]), real([1], [2])]),
    'iou_threshold',
  ],
  [
    'boxes that overlap by NaN',
    'E_OP_ATTRIBUTE',
    suppression([whole([3]), real([1], [Number.NaN])]),
    'the_node',
  ],
  ['boxes without scores', 'E_GRAPH_INVALID', node('NonMaxSuppression', [input([1, 6, 4])]), 'the_node'],
  [
    'boxes of sixteen million rows',
    'E_LIMIT_EXCEEDED',
    suppression([whole([4096])], { boxes: [1, 4096, 4], scores: [1, 4096, 4096] }),
    'the_node',
  ],
];

const heads = (operands: readonly Operand[], attributes: Attributes = { num_heads: { i: 2 } }): Uint8Array =>
  node('MultiHeadAttention', [input([1, 3, 8]), ...operands], attributes, { domain: 'com.microsoft' });
const keys = [real([1, 5, 8]), real([1, 5, 8])];

const attention: Malformed[] = [
  ['fused attention without keys', 'E_OP_UNSUPPORTED', heads([]), 'packed'],
  ['fused attention without heads', 'E_OP_ATTRIBUTE', heads(keys, {}), 'num_heads'],
  ['fused attention of no heads', 'E_OP_SHAPE', heads(keys, { num_heads: { i: 0 } }), 'the_node'],
  [
    'fused attention of heads that do not divide',
    'E_OP_SHAPE',
    heads(keys, { num_heads: { i: 3 } }),
    'the_node',
  ],
  ['fused attention of keys of another width', 'E_OP_SHAPE', heads([real([1, 5, 6]), keys[1]]), 'the_node'],
  ['fused attention of a short bias', 'E_OP_ATTRIBUTE', heads([...keys, real([9])]), 'the_node'],
  [
    'fused attention of a mask of other keys',
    'E_OP_UNSUPPORTED',
    heads([...keys, '', constant('', [1, 9], undefined, 'int32')]),
    'mask',
  ],
  [
    'fused attention of a past of other heads',
    'E_OP_SHAPE',
    heads([...keys, '', '', '', real([1, 3, 2, 4]), real([1, 3, 2, 4])]),
    'the_node',
  ],
];

const spectra: Malformed[] = [
  [
    'a shift of what has a sign',
    'E_OP_UNSUPPORTED',
    node('BitShift', [input([4], 'int32'), constant('', [4], undefined, 'int32')], { direction: 'LEFT' }),
    'uint8',
  ],
  [
    'a shift to no side',
    'E_OP_UNSUPPORTED',
    node('BitShift', [input([4], 'uint8'), constant('', [4], undefined, 'uint8')], { direction: 'UP' }),
    'UP',
  ],
  [
    'a shift without a direction',
    'E_OP_ATTRIBUTE',
    node('BitShift', [input([4], 'uint8'), constant('', [4], undefined, 'uint8')]),
    'direction',
  ],
  ['a transform of 2^20 points', 'E_LIMIT_EXCEEDED', node('DFT', [input([1, 2 ** 20, 1])]), 'the_node'],
  [
    'a transform of 2^40 points',
    'E_LIMIT_EXCEEDED',
    node('DFT', [input([1, 4, 1]), whole([2 ** 40], [])]),
    'DFT',
  ],
  [
    'a transform of no points',
    'E_OP_UNSUPPORTED',
    node('DFT', [input([1, 4, 1]), whole([0], [])]),
    'the_node',
  ],
  ['a transform of triples', 'E_OP_UNSUPPORTED', node('DFT', [input([1, 4, 3])]), 'the_node'],
  [
    'a transform along its parts',
    'E_OP_UNSUPPORTED',
    node('DFT', [input([1, 4, 2])], { axis: { i: 2 } }),
    'the_node',
  ],
  [
    'frames at every 0 samples',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([1, 40, 1]), whole([0], []), '', whole([8], [])]),
    'the_node',
  ],
  [
    'frames longer than their signal',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([1, 40, 1]), whole([4], []), '', whole([80], [])]),
    'the_node',
  ],
  [
    'frames of another length than their window',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([1, 40, 1]), whole([4], []), real([9]), whole([8], [])]),
    'the_node',
  ],
  [
    'frames of a signal of one axis',
    'E_OP_UNSUPPORTED',
    node('STFT', [input([40]), whole([4], []), '', whole([8], [])]),
    'the_node',
  ],
  [
    'mel bands of 2^40 points',
    'E_OP_UNSUPPORTED',
    node('MelWeightMatrix', [
      whole([8], []),
      whole([2 ** 40], []),
      whole([8000], []),
      real([1], [0]),
      real([1], [4000]),
    ]),
    'the_node',
  ],
];

const regions = (rois: number[], images: number[], attributes: Attributes = {}): Uint8Array =>
  node('RoiAlign', [image, real(rois), constant('', images, undefined, 'int64')], attributes);

const grid = (x: Operand, places: readonly number[], attributes: Attributes = {}): Uint8Array =>
  node('GridSample', [x, real(places)], attributes, { opset: 20 });

const samples: Malformed[] = [
  ['regions of five numbers', 'E_OP_SHAPE', regions([3, 5], [3]), 'the_node'],
  ['regions of more images than there are regions', 'E_OP_SHAPE', regions([3, 4], [7]), 'the_node'],
  ['regions of no cells', 'E_OP_ATTRIBUTE', regions([3, 4], [3], { output_height: { i: 0 } }), 'the_node'],
  [
    'regions of 2^20 cells',
    'E_OP_ATTRIBUTE',
    regions([3, 4], [3], { output_width: { i: 2 ** 20 } }),
    'the_node',
  ],
  [
    'regions of −1 samples',
    'E_OP_ATTRIBUTE',
    regions([3, 4], [3], { sampling_ratio: { i: -1 } }),
    'the_node',
  ],
  ['regions of an unknown mode', 'E_OP_ATTRIBUTE', regions([3, 4], [3], { mode: 'fog' }), 'fog'],
  [
    'a grid of 2^40 places',
    'E_LIMIT_EXCEEDED',
    node('AffineGrid', [input([1, 2, 3]), whole([1, 1, 2 ** 20, 2 ** 20])], {}, { opset: 20 }),
    'the_node',
  ],
  [
    'a grid of a negative size',
    'E_LIMIT_EXCEEDED',
    node('AffineGrid', [input([1, 2, 3]), whole([1, 1, -2, 4])], {}, { opset: 20 }),
    'AffineGrid',
  ],
  ['a grid for other images', 'E_OP_SHAPE', grid(image, [3, 4, 4, 2]), 'the_node'],
  ['a grid of triples', 'E_OP_SHAPE', grid(image, [1, 4, 4, 3]), 'the_node'],
  ['a grid of a row', 'E_OP_SHAPE', grid(image, [4, 2]), 'the_node'],
  ['a grid over a volume', 'E_OP_UNSUPPORTED', grid(input([1, 2, 5, 5, 5]), [1, 4, 4, 2]), 'the_node'],
  ['a grid of an unknown mode', 'E_OP_UNSUPPORTED', grid(image, [1, 4, 4, 2], { mode: 'fog' }), 'fog'],
  [
    'a grid of an unknown border',
    'E_OP_UNSUPPORTED',
    grid(image, [1, 4, 4, 2], { padding_mode: 'fog' }),
    'fog',
  ],
];

export const operatorsOfOnnx: readonly Malformed[] = [
  ...windows,
  ...moving,
  ...arithmetic,
  ...norms,
  ...recurrent,
  ...quantisation,
  ...boxes,
  ...samples,
  ...attention,
  ...spectra,
];
