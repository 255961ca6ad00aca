import { f32, tensor } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import {
  clampOf,
  code,
  finish,
  finishClamped,
  input,
  int,
  type Read,
  step,
  unsupported,
} from '../import-context.ts';
import { optionTables } from '../schema.ts';
import { cannotWrite, type Emitter, type TensorIndex, type Write } from '../write/emitter.ts';
import { byte, options, int as word } from '../write/model-writer.ts';
import { intoWindow, padsOf, reachedPads, type Windowed } from './window.ts';

const readPool =
  (name: 'MaxPool2d' | 'AveragePool2d'): Read =>
  (op) => {
    const strides = [int(op, 2), int(op, 1)];
    const kernel = [int(op, 4), int(op, 3)];
    const pads = padsOf(op, kernel, strides, [1, 1]);
    const raw: Record<string, number> = name === 'AveragePool2d' ? { rawOffset: op.wasUint8 ? 128 : 0 } : {};
    return finish(op, name, [input(op, 0)], { strides, kernel, pads, ...raw, ...clampOf(op, code(op, 5)) });
  };

const lowest = { float32: f32(-3.4028234663852886e38), int8: -128 } as const;

function pool(out: Emitter, node: Node, builtin: string, { x, code: pads }: Windowed): TensorIndex {
  const { kernel, strides } = node.attrs as unknown as Record<string, readonly number[]>;
  const type = { ...out.typeOf(x), shape: out.type(node.outputs[0]).shape };
  const made = out.clamped(node, (activation) => {
    const fields = [strides[1], strides[0], kernel[1], kernel[0]].map(word);
    return out.emit(
      builtin,
      [x],
      type,
      options(optionTables.pool2d, byte(pads), ...fields, byte(activation)),
    );
  });
  return out.requantized(made, out.type(node.outputs[0]).quant);
}

const writeMaxPool: Write = (out, node) => {
  const { kernel, dilations } = node.attrs as unknown as Record<string, readonly number[]>;
  if (dilations.some((d) => d !== 1)) throw cannotWrite(node, 'dilations');
  const fill = out.type(node.inputs[0]).dtype === 'int8' ? lowest.int8 : lowest.float32;
  return [pool(out, node, 'MAX_POOL_2D', intoWindow(out, node, kernel, { fill }))];
};

/** Borders that do not count are SAME, or are counted and scaled away. */
const writeAveragePool: Write = (out, node) => {
  const { kernel } = node.attrs as unknown as Record<string, readonly number[]>;
  const counted = node.attrs.countIncludePad as boolean;
  const clipped = node.attrs.ceilMode && reachedPads(out, node, kernel).some((p, i) => p > pads(node)[i]);
  if (counted && clipped) throw cannotWrite(node, 'partial windows whose padding counts');
  const windowed = intoWindow(out, node, kernel, { same: !counted });
  const made = pool(out, node, 'AVERAGE_POOL_2D', windowed);
  if (counted || windowed.x === out.operand(node, 0)) return [made];
  return [scaledAway(out, node, made)];
};

const pads = (node: Node): readonly number[] => node.attrs.pads as readonly number[];

function scaledAway(out: Emitter, node: Node, made: TensorIndex): TensorIndex {
  const { kernel, strides } = node.attrs as unknown as Record<string, readonly number[]>;
  const type = out.typeOf(made);
  const unclamped =
    node.attrs.clampMin === Number.NEGATIVE_INFINITY && node.attrs.clampMax === Number.POSITIVE_INFINITY;
  if (type.dtype !== 'float32' || !unclamped) throw cannotWrite(node, 'pads that do not count');
  const size = out.type(node.inputs[0]).shape.slice(1, 3);
  const inside = [0, 1].map((axis) =>
    Array.from({ length: type.shape[1 + axis] }, (_, i) => {
      const first = i * strides[axis] - pads(node)[axis];
      return Math.min(first + kernel[axis], size[axis]) - Math.max(first, 0);
    }),
  );
  const whole = kernel[0] * kernel[1];
  const factors = inside[0].flatMap((h) => inside[1].map((w) => whole / Math.max(1, h * w)));
  const factor = out.constant(
    'inside',
    tensor('float32', [1, inside[0].length, inside[1].length, 1], factors),
  );
  return out.emit('MUL', [made, factor], type, options(optionTables.mul, byte(0)));
}

/** The root of the mean of the squares. */
const readL2Pool: Read = (op) => {
  const [strides, kernel] = [
    [int(op, 2), int(op, 1)],
    [int(op, 4), int(op, 3)],
  ];
  if (op.outputTypes[0].quant) throw unsupported(op, 'integers');
  const squares = step(op, 'Mul', [input(op, 0), input(op, 0)]);
  const attrs = { strides, kernel, pads: padsOf(op, kernel, strides, [1, 1]) };
  return finishClamped(op, 'Sqrt', [step(op, 'AveragePool2d', [squares], attrs)], {}, code(op, 5));
};

export const reads = {
  MAX_POOL_2D: readPool('MaxPool2d'),
  AVERAGE_POOL_2D: readPool('AveragePool2d'),
  L2_POOL_2D: readL2Pool,
};
export const writes = { MaxPool2d: writeMaxPool, AveragePool2d: writeAveragePool };
