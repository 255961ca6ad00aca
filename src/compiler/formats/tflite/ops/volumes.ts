import { EdgecError, type Tensor, tensor, transposeTensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import {
  convolveVolume,
  type DepthWindow,
  type SlidePlane,
  spreadVolume,
  type VolumeBuilder,
} from '../../volumes.ts';
import {
  clampOf,
  code,
  constant,
  finish,
  input,
  int,
  integers,
  type Operator,
  type Read,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { padding, samePads } from '../schema.ts';
import { biasOf } from './convolution.ts';
import { padsOf } from './window.ts';

const builderOf = (op: Operator): VolumeBuilder => ({
  emit: (name, inputs, attrs) => step(op, name, inputs, attrs),
  shape: (x) => op.builder.type(x).shape,
});

/** The real weights of a window over volumes, as its axes are. */
function volumeWeight(op: Operator): Tensor {
  const weight = constant(op, 1);
  if (weight.dtype !== 'float32') throw unsupported(op, 'weights that are no reals');
  if (weight.shape.length === 5 && weight.data.length > 0) return weight;
  throw new EdgecError('E_OP_SHAPE', `the weights of ${op.builtin} are no windows`, {
    expected: 'five axes, none of them empty',
    found: `[${weight.shape}]`,
    where: op.name,
  });
}

/** Weights OHWI of each plane, out of [D, O, H, W, I]. */
function planesOf(op: Operator, { shape, data }: Tensor): ValueId[] {
  const [depth, ...plane] = shape;
  const size = data.length / depth;
  return Array.from({ length: depth }, (_, k) => {
    const part = (data as Float32Array).slice(k * size, (k + 1) * size);
    return op.builder.constant(`${op.name}.plane${k}`, tensor('float32', plane, part));
  });
}

const stridesOf = (op: Operator): number[] => [int(op, 1), int(op, 3), int(op, 2)];
const dilationsOf = (op: Operator): number[] => [int(op, 5, 1), int(op, 7, 1), int(op, 6, 1)];
/** Pads of rows and columns. */
const imagePads = (pads: readonly number[]): number[] => [pads[1], pads[2], pads[4], pads[5]];

const depthFirst = [1, 0, 2, 3, 4];

function volumeOf(op: Operator, i: number): ValueId {
  const { shape } = typeOf(op, i);
  if (shape.length !== 5) throw unsupported(op, `an operand of ${shape.length} axes`);
  return step(op, 'Transpose', [input(op, i)], { perm: depthFirst });
}

/** The result with its bias, and clamped. */
function finishVolume(op: Operator, y: ValueId, bias: ValueId | undefined): ValueId[] {
  const { clampMin: min, clampMax: max } = clampOf(op, code(op, 4));
  const biased = bias === undefined ? y : step(op, 'Add', [y, bias]);
  return finish(op, 'Transpose', [step(op, 'Clip', [biased], { min, max })], { perm: depthFirst });
}

const readConv3d: Read = (op) => {
  const weight = volumeWeight(op);
  const kernel = weight.shape.slice(0, 3);
  const [strides, dilations] = [stridesOf(op), dilationsOf(op)];
  const pads = padsOf(op, kernel, strides, dilations);
  const planes = planesOf(op, transposeTensor(weight, [0, 4, 1, 2, 3]));
  const group = typeOf(op, 0).shape[4] / weight.shape[3];
  const window: DepthWindow = {
    kernel: kernel[0],
    stride: strides[0],
    dilation: dilations[0],
    pads: [pads[0], pads[3]],
  };
  const attrs = { strides: strides.slice(1), dilations: dilations.slice(1), pads: imagePads(pads), group };
  const slide: SlidePlane = (images, k) => step(op, 'Conv2d', [images, planes[k]], attrs);
  return finishVolume(op, convolveVolume(builderOf(op), volumeOf(op, 0), window, slide), biasOf(op, 2));
};

/** Pads are those of the convolution that it is the gradient of. */
const readConv3dTranspose: Read = (op) => {
  const weight = volumeWeight(op);
  const kernel = weight.shape.slice(0, 3);
  const [strides, dilations] = [stridesOf(op), dilationsOf(op)];
  const size = (op.builder.constantOf(op.inputs[0]) ? integers(op, 0, 5) : op.outputTypes[0].shape).slice(
    1,
    4,
  );
  const { shape } = typeOf(op, 2);
  const same = samePads(size, kernel, strides, dilations);
  const before = size.map((_, i) => (code(op, 0) === padding.valid ? 0 : same[i]));
  const after = size.map((d, i) => {
    const full = (shape[1 + i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1;
    return full - before[i] - d;
  });
  const planes = planesOf(op, transposeTensor(weight, [0, 3, 1, 2, 4]));
  const attrs = {
    strides: strides.slice(1),
    dilations: dilations.slice(1),
    pads: imagePads([...before, ...after.map((a) => Math.max(0, a))]),
    outputPads: after.slice(1).map((a) => Math.max(0, -a)),
  };
  const window: DepthWindow = {
    kernel: kernel[0],
    stride: strides[0],
    dilation: dilations[0],
    pads: [before[0], after[0]],
  };
  const slide: SlidePlane = (images, k) => step(op, 'TransposeConv2d', [images, planes[k]], attrs);
  const y = spreadVolume(builderOf(op), volumeOf(op, 2), window, size[0], slide);
  return finishVolume(op, y, biasOf(op, 3));
};

export const reads = { CONV_3D: readConv3d, CONV_3D_TRANSPOSE: readConv3dTranspose };
