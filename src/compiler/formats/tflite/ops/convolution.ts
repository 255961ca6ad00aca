import { EdgecError, type Tensor } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import type { Operator } from '../import-context.ts';
import {
  clampOf,
  code,
  constant,
  finish,
  input,
  int,
  integers,
  type Read,
  typeOf,
} from '../import-context.ts';
import { optionTables, padding, samePads } from '../schema.ts';
import { cannotWrite, type Emitter, type TensorIndex, type Write } from '../write/emitter.ts';
import { byte, options, int as word } from '../write/model-writer.ts';
import { weightAndBias } from './weights.ts';
import { intoWindow, padsOf } from './window.ts';

export interface ConvolutionWindow {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** The weights of a convolution of images. Throws E_OP_SHAPE. */
function imageWeight(op: Operator): Tensor {
  const weight = constant(op, 1);
  if (weight.shape.length === 4) return weight;
  throw new EdgecError('E_OP_SHAPE', `the weights of ${op.builtin} are no windows`, {
    expected: 'four axes',
    found: `[${weight.shape}]`,
    where: op.name,
  });
}

/** Window and groups of CONV_2D. */
export function convolutionWindow(op: Operator): ConvolutionWindow & { group: number } {
  const weight = imageWeight(op);
  const strides = [int(op, 2), int(op, 1)];
  const dilations = [int(op, 5, 1), int(op, 4, 1)];
  const pads = padsOf(op, weight.shape.slice(1, 3), strides, dilations);
  return { strides, dilations, pads, group: typeOf(op, 0).shape[3] / weight.shape[3] };
}

const readConv2d: Read = (op) =>
  finish(op, 'Conv2d', [input(op, 0), input(op, 1), biasOf(op, 2)], {
    ...convolutionWindow(op),
    ...clampOf(op, code(op, 3)),
  });

/** Window of DEPTHWISE_CONV_2D. */
export function depthwiseWindow(op: Operator): ConvolutionWindow {
  const weight = imageWeight(op);
  const strides = [int(op, 2), int(op, 1)];
  const dilations = [int(op, 6, 1), int(op, 5, 1)];
  return { strides, dilations, pads: padsOf(op, weight.shape.slice(1, 3), strides, dilations) };
}

const readDepthwise: Read = (op) =>
  finish(op, 'DepthwiseConv2d', [input(op, 0), input(op, 1), biasOf(op, 2)], {
    ...depthwiseWindow(op),
    ...clampOf(op, code(op, 4)),
  });

/** The output size of a transposed convolution: an operand, or what the file says of a computed one. */
const transposedSize = (op: Operator): readonly number[] =>
  (op.builder.constantOf(op.inputs[0]) ? integers(op, 0, 4) : op.outputTypes[0].shape).slice(1, 3);

/** Window of TRANSPOSE_CONV: pads are those of the convolution that it is the gradient of. */
export function transposedWindow(op: Operator) {
  const size = transposedSize(op);
  const kernel = imageWeight(op).shape.slice(1, 3);
  const strides = [int(op, 2), int(op, 1)];
  const { shape } = typeOf(op, 2);
  const crop = size.map((d, i) => (shape[1 + i] - 1) * strides[i] + kernel[i] - d);
  const same = samePads(size, kernel, strides, [1, 1]);
  const before = crop.map((_, i) => (code(op, 0) === padding.valid ? 0 : same[i]));
  const after = crop.map((c, i) => c - before[i]);
  const pads = [...before, ...after.map((a) => Math.max(0, a))];
  return { strides, pads, outputPads: after.map((a) => Math.max(0, -a)) };
}

const readTransposeConv: Read = (op) =>
  finish(op, 'TransposeConv2d', [input(op, 2), input(op, 1), biasOf(op, 3)], {
    ...transposedWindow(op),
    ...clampOf(op, code(op, 3)),
  });

/** The bias as a vector: files also hold it with axes of 1 around it. */
export function biasOf(op: Operator, i: number): number | undefined {
  const id = op.inputs[i];
  const found = op.builder.constantOf(id);
  if (!found || found.shape.length === 1) return id;
  return op.builder.constant(`${op.name}.bias`, { ...found, shape: [found.data.length] });
}

const writeConv2d: Write = (out, node) => {
  if (node.inputs[3] !== undefined) throw cannotWrite(node, 'a fused sum');
  const [, kh, kw] = out.type(node.inputs[1]).shape;
  const { x, code: pads } = intoWindow(out, node, [kh, kw]);
  const { strides, dilations } = window(node);
  const { weight, bias } = weightAndBias(out, node, 0);
  const made = out.clamped(node, (activation) =>
    out.emit(
      'CONV_2D',
      [x, weight, bias],
      out.type(node.outputs[0]),
      options(
        optionTables.conv2d,
        byte(pads),
        word(strides[1]),
        word(strides[0]),
        byte(activation),
        word(dilations[1]),
        word(dilations[0]),
      ),
      versionOf(out, x),
    ),
  );
  return [made];
};

const writeDepthwise: Write = (out, node) => {
  const [, kh, kw, outputs] = out.type(node.inputs[1]).shape;
  const { x, code: pads } = intoWindow(out, node, [kh, kw]);
  const { strides, dilations } = window(node);
  const { weight, bias } = weightAndBias(out, node, 3);
  const multiplier = outputs / out.typeOf(x).shape[3];
  const made = out.clamped(node, (activation) =>
    out.emit(
      'DEPTHWISE_CONV_2D',
      [x, weight, bias],
      out.type(node.outputs[0]),
      options(
        optionTables.depthwiseConv2d,
        byte(pads),
        word(strides[1]),
        word(strides[0]),
        word(multiplier),
        byte(activation),
        word(dilations[1]),
        word(dilations[0]),
      ),
      versionOf(out, x),
    ),
  );
  return [made];
};

/** Crops that the operator's own padding does not make are cut from the whole output. */
const writeTransposeConv: Write = (out, node) => {
  const { strides, dilations, pads } = window(node);
  if (dilations.some((d) => d !== 1)) throw cannotWrite(node, 'dilations');
  const y = out.type(node.outputs[0]);
  const kernel = out.type(node.inputs[1]).shape.slice(1, 3);
  const size = y.shape.slice(1, 3);
  const inputs = out.type(node.inputs[0]).shape.slice(1, 3);
  const full = inputs.map((d, i) => (d - 1) * strides[i] + kernel[i]);
  const same = samePads(size, kernel, strides, [1, 1]);
  const isWhole = [0, 1].every((i) => pads[i] === 0 && size[i] >= full[i]);
  const isSame = [0, 1].every((i) => pads[i] === same[i] && inputs[i] === Math.ceil(size[i] / strides[i]));
  const direct = isWhole || isSame;
  const made = full.map((d, i) => Math.max(d, size[i] + pads[i]));
  const whole = direct ? y.shape : [y.shape[0], ...made, y.shape[3]];
  const { weight, bias } = weightAndBias(out, node, 0);
  const scheme = isSame && !isWhole ? padding.same : padding.valid;
  const opts = options(optionTables.transposeConv, byte(scheme), word(strides[1]), word(strides[0]));
  const operands = [out.ints('output_shape', whole), weight, out.operand(node, 0), bias];
  const all = out.emit('TRANSPOSE_CONV', operands, { ...y, shape: whole }, opts, 3);
  const cut = direct ? all : crop(out, all, [0, pads[0], pads[1], 0], y.shape);
  return [out.clamp(cut, node.attrs.clampMin as number, node.attrs.clampMax as number)];
};

function crop(out: Emitter, x: TensorIndex, starts: number[], shape: readonly number[]): TensorIndex {
  const inputs = [x, out.ints('begin', starts), out.ints('size', shape)];
  return out.emit('SLICE', inputs, { ...out.typeOf(x), shape }, options(optionTables.slice));
}

interface WindowAttrs {
  strides: readonly number[];
  dilations: readonly number[];
  pads: readonly number[];
}

const window = (node: Node): WindowAttrs => node.attrs as unknown as WindowAttrs;

const versionOf = (out: Emitter, x: TensorIndex): number => (out.typeOf(x).dtype === 'int8' ? 3 : 2);

export const reads = {
  CONV_2D: readConv2d,
  DEPTHWISE_CONV_2D: readDepthwise,
  TRANSPOSE_CONV: readTransposeConv,
};

export const writes = {
  Conv2d: writeConv2d,
  DepthwiseConv2d: writeDepthwise,
  TransposeConv2d: writeTransposeConv,
};
