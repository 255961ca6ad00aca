import {
  f32,
  type QuantParams,
  type Scaling,
  sameQuant,
  scalingOf,
  type Tensor,
  tensor,
  transposeTensor,
} from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import {
  clampOf,
  code,
  constant,
  finish,
  input,
  type Operator,
  type Read,
  type Reads,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { dequantized } from '../tensors.ts';
import { convolutionWindow, depthwiseWindow, transposedWindow } from './convolution.ts';
import { flattenedInput } from './matrix.ts';
import { reads as typeReads } from './types.ts';

const quantOf = (op: Operator, quant: QuantParams | undefined): QuantParams => {
  if (!quant) throw unsupported(op, 'int16 values without a scale');
  if (quant.zeroPoint.some((z) => z !== 0)) throw unsupported(op, 'int16 values with a zero point');
  return quant;
};

const scaleOf = (op: Operator, i: number): number => quantOf(op, typeOf(op, i).quant).scale[0];
const outputScale = (op: Operator): number => quantOf(op, op.outputTypes[0].quant).scale[0];

/** The bounds of a fused activation in int16. */
function boundsOf(op: Operator, activation: number): { outputMin: number; outputMax: number } {
  const { clampMin, clampMax } = clampOf(op, activation);
  const stored = (bound: number): number =>
    Math.max(-32768, Math.min(32767, Math.round(bound / outputScale(op))));
  return { outputMin: stored(clampMin), outputMax: stored(clampMax) };
}

const named = <const N extends string>(name: N, { multiplier, shift }: Scaling) => ({
  [`${name}Multiplier`]: multiplier,
  [`${name}Shift`]: shift,
});

interface Weights {
  /** OHWI. */
  readonly weight: Tensor;
  readonly x: ValueId;
  /** The scale of the input. */
  readonly scale: number;
  readonly biasAt: number;
}

/** Weights, bias, multipliers and shifts: the constants of an int16 convolution. Sums with a 64-bit bias are scaled wide. */
function convolution(
  op: Operator,
  { weight, x, scale, biasAt }: Weights,
): { inputs: ValueId[]; wide: boolean } {
  const [outputs] = weight.shape;
  const { scale: scales } = quantOf(op, weight.quant);
  const scalings = Array.from({ length: outputs }, (_, o) =>
    scalingOf((scale * (scales[o] ?? scales[0])) / outputScale(op)),
  );
  const list = (what: string, values: ArrayLike<number>): ValueId =>
    op.builder.constant(`${op.name}.${what}`, tensor('int32', [outputs], values));
  const bias = op.inputs[biasAt] === undefined ? new Int32Array(outputs) : constant(op, biasAt).data;
  const inputs = [
    x,
    op.builder.constant(`${op.name}.weight`, { dtype: weight.dtype, shape: weight.shape, data: weight.data }),
    list('bias', bias as Int32Array),
    list(
      'multiplier',
      scalings.map(({ multiplier }) => multiplier),
    ),
    list(
      'shift',
      scalings.map(({ shift }) => shift),
    ),
  ];
  return { inputs, wide: op.storedInputs[biasAt] === 'int64' };
}

const readConv2d: Read = (op) => {
  const { inputs, wide } = convolution(op, {
    weight: constant(op, 1),
    x: input(op, 0),
    scale: scaleOf(op, 0),
    biasAt: 2,
  });
  return finish(op, 'QConv2dInt16', inputs, { ...convolutionWindow(op), wide, ...boundsOf(op, code(op, 3)) });
};

const readDepthwise: Read = (op) => {
  const weight = constant(op, 1);
  const { inputs, wide } = convolution(op, {
    weight: { ...transposeTensor(weight, [3, 1, 2, 0]), quant: weight.quant },
    x: input(op, 0),
    scale: scaleOf(op, 0),
    biasAt: 2,
  });
  const attrs = { ...depthwiseWindow(op), group: typeOf(op, 0).shape[3] };
  return finish(op, 'QConv2dInt16', inputs, { ...attrs, wide, ...boundsOf(op, code(op, 4)) });
};

const readTransposeConv: Read = (op) => {
  const { inputs, wide } = convolution(op, {
    weight: constant(op, 1),
    x: input(op, 2),
    scale: scaleOf(op, 2),
    biasAt: 3,
  });
  const attrs = { ...transposedWindow(op), wide, ...boundsOf(op, code(op, 3)) };
  return finish(op, 'QTransposeConv2dInt16', inputs, attrs);
};

/** A window of one pixel. */
const readFullyConnected: Read = (op) => {
  const weight = constant(op, 1);
  const [outputs, depth] = weight.shape;
  const flat = flattenedInput(op);
  const quant = quantOf(op, typeOf(op, 0).quant);
  const rows = op.builder.type(flat).shape.slice(0, -1);
  const count = rows.reduce((n, d) => n * d, 1);
  const { inputs, wide } = convolution(op, {
    weight: { ...weight, shape: [outputs, 1, 1, depth] },
    x: step(op, 'Reshape', [flat], { shape: [count, 1, 1, depth] }, quant),
    scale: quant.scale[0],
    biasAt: 2,
  });
  const attrs = { wide, ...boundsOf(op, code(op, 0)) };
  const made = step(op, 'QConv2dInt16', inputs, attrs, op.outputTypes[0].quant);
  return finish(op, 'Reshape', [made], { shape: [...rows, outputs] });
};

/** Bits by which both operands are raised before they are scaled. */
const raisedBits = 15;

const sum =
  (subtract: boolean): Read =>
  (op) => {
    const [a, b, y] = [scaleOf(op, 0), scaleOf(op, 1), outputScale(op)];
    const twice = 2 * Math.max(a, b);
    return finish(op, 'QAddInt16', [input(op, 0), input(op, 1)], {
      ...named('a', scalingOf(a / twice)),
      ...named('b', scalingOf(b / twice)),
      ...named('output', scalingOf(twice / (2 ** raisedBits * y))),
      subtract,
      ...boundsOf(op, code(op, 0)),
    });
  };

const scaled = (op: Operator, positive: number, negative: number): ValueId[] =>
  finish(op, 'QScale', [input(op, 0)], {
    ...named('positive', scalingOf(positive)),
    ...named('negative', scalingOf(negative)),
    to: op.outputTypes[0].dtype,
  });

const readLeakyRelu: Read = (op) => {
  const [x, y] = [scaleOf(op, 0), outputScale(op)];
  const alpha = op.options?.float(0) ?? 0;
  return scaled(op, f32(x / y), f32(f32(x * f32(alpha)) / y));
};

const quantizeReals: Read = (op) => (op.outputTypes[0].quant ? typeReads.QUANTIZE(op) : [input(op, 0)]);

/** Between int16 and int32 by a ratio, and from and to any other type by way of the real values. */
const readQuantize: Read = (op) => {
  const { dtype } = typeOf(op, 0);
  const isWide = [dtype, op.outputTypes[0].dtype].every((type) => type === 'int16' || type === 'int32');
  if (!isWide) return onReals(quantizeReals)(op);
  const ratio = scaleOf(op, 0) / outputScale(op);
  return scaled(op, ratio, ratio);
};

/** An int16 or other integer operand as the real values that it stands for. */
function realOperand(op: Operator, id: ValueId): ValueId {
  const { dtype, quant } = op.builder.type(id);
  if (!quant || (dtype !== 'int16' && dtype !== 'int8')) return id;
  const known = op.builder.constantOf(id);
  if (known) return op.builder.constant(`${op.name}.real`, dequantized(known));
  const { scale, zeroPoint, axis = -1 } = quant;
  return step(op, 'Dequantize', [id], { scale, zeroPoint, axis });
}

/** An operator that has no arithmetic of its own for int16: operands come in as reals, and results of int16 go out rounded. */
export const onReals =
  (read: Read): Read =>
  (op) => {
    const isRounded = op.outputTypes.map(({ dtype, quant }) => dtype === 'int16' && quant !== undefined);
    const made = read({
      ...op,
      name: `${op.name}.real`,
      inputs: op.inputs.map((id) => (id === undefined ? undefined : realOperand(op, id))),
      outputTypes: op.outputTypes.map((type, i) =>
        isRounded[i] ? { dtype: 'float32', shape: type.shape } : type,
      ),
      outputNames: op.outputNames.map((name, i) => (isRounded[i] ? `${name}.real` : name)),
    });
    return made.map((y, i) => {
      if (!isRounded[i]) return y;
      const [scale] = quantOf(op, op.outputTypes[i].quant).scale;
      return op.builder.add1(
        'QuantizeInt16',
        [y],
        { scale },
        {
          name: op.outputNames[i],
          origin: [`${op.builtin}:${op.name}`],
        },
      );
    });
  };

/** Builtins that compute with int16 values in integers. */
export const reads16: Reads = {
  ADD: sum(false),
  SUB: sum(true),
  CONV_2D: readConv2d,
  DEPTHWISE_CONV_2D: readDepthwise,
  TRANSPOSE_CONV: readTransposeConv,
  FULLY_CONNECTED: readFullyConnected,
  LEAKY_RELU: readLeakyRelu,
  QUANTIZE: readQuantize,
};

const moves = new Set(
  'PAD STRIDED_SLICE SLICE RESHAPE SQUEEZE EXPAND_DIMS TRANSPOSE CONCATENATION SPLIT SPLIT_V GATHER TILE'.split(
    ' ',
  ),
);

/** Whether `op` only moves int16 values, which then all have one scale. */
export const movesInt16 = (op: Operator): boolean =>
  moves.has(op.builtin) &&
  op.inputs.every((id) => {
    const type = id === undefined ? undefined : op.builder.type(id);
    return type?.dtype !== 'int16' || op.outputTypes.every((y) => sameQuant(y.quant, type.quant));
  });
