import { defineOp, type Lowering, type Ref, rne } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { stridesOf, type Tensor, type TensorType } from '../tensor.ts';
import { attributeError, movable, permuteList, reshaped } from './movement.ts';
import { quantOf } from './requantize.ts';
import { randomFloat, randomInt8, randomInt16 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

type Mode = 'constant' | 'reflect' | 'edge' | 'symmetric';

/** Index in the input of position `i` − before on an axis of length `size`; −1 where a constant stands. */
function sourceIndex(position: number, size: number, mode: Mode): number {
  if (position >= 0 && position < size) return position;
  if (mode === 'constant' || size === 0) return -1;
  if (mode === 'edge' || size === 1) return position < 0 ? 0 : size - 1;
  const period = mode === 'reflect' ? 2 * (size - 1) : 2 * size;
  const wrapped = ((position % period) + period) % period;
  if (wrapped < size) return wrapped;
  return mode === 'reflect' ? period - wrapped : period - 1 - wrapped;
}

/** How far a border mirrors an axis of length `size`. */
const mirrorReach = (size: number, mode: string): number =>
  mode === 'reflect' ? size - 1 : mode === 'symmetric' ? size : Number.POSITIVE_INFINITY;

export const pad = defineOp({
  name: 'Pad',
  summary: 'Adds a border, or crops where a pad is negative. `value` is stored as it is in the element type.',
  source: 'ONNX Pad-19',
  inputs: [{ name: 'x', dtypes: movable }],
  outputs: [{ name: 'y', dtypes: movable }],
  attrs: {
    pads: { kind: 'ints' },
    mode: { kind: 'enum', values: ['constant', 'reflect', 'edge', 'symmetric'], default: 'constant' },
    value: { kind: 'float', default: 0 },
  },
  infer([x], { pads, mode }) {
    const input = operand(x, 'x');
    const rank = input.shape.length;
    if (rank === 0) throw new EdgecError('E_OP_SHAPE', 'a scalar has no border', { where: 'x' });
    if (pads.length !== 2 * rank)
      throw attributeError(
        'one pad before and one after each axis is needed',
        `${2 * rank} pads`,
        `${pads.length}`,
      );
    const wide = input.shape.findIndex((d, i) => Math.max(pads[i], pads[i + rank]) > mirrorReach(d, mode));
    if (wide >= 0)
      throw attributeError(
        'a border that mirrors is wider than what it mirrors',
        `at most ${mirrorReach(input.shape[wide], mode)} on axis ${wide}`,
        `${pads}`,
      );
    return [
      reshaped(
        input,
        input.shape.map((d, i) => d + pads[i] + pads[i + rank]),
      ),
    ];
  },
  evaluate([x], { pads, mode, value }, [y]) {
    const { data, shape } = x as Tensor;
    const strides = stridesOf(shape);
    const sources = y.shape.map((d, axis) =>
      Int32Array.from({ length: d }, (_, i) => sourceIndex(i - pads[axis], shape[axis], mode)),
    );
    const at = new Array<number>(shape.length).fill(0);
    for (let i = 0; i < y.data.length; i++) {
      let from = 0;
      for (let axis = 0; axis < at.length && from >= 0; axis++) {
        const s = sources[axis][at[axis]];
        from = s < 0 ? -1 : from + s * strides[axis];
      }
      y.data[i] = from < 0 ? value : data[from];
      for (let axis = at.length - 1; axis >= 0; axis--) {
        if (++at[axis] < y.shape[axis]) break;
        at[axis] = 0;
      }
    }
  },
  quantize: {
    kind: 'same-scale',
    lower(node: Lowering<{ value: number }>): Ref[] {
      const x = quantOf(node.types[0], 'x');
      const value = Math.max(-128, Math.min(127, rne(node.attrs.value / x.scale[0]) + x.zeroPoint[0]));
      const padded = node.emit('Pad', node.inputs, { ...node.attrs, value }, x);
      return [node.rescale(padded, node.types[0] as TensorType, quantOf(node.outputs[0], 'output'))];
    },
  },
  permute(a, perm) {
    const rank = perm.length;
    return {
      ...a,
      pads: [...permuteList(a.pads.slice(0, rank), perm), ...permuteList(a.pads.slice(rank), perm)],
    };
  },
  storage: 'same',
  accuracy: { kind: 'exact' },
  samples: (random) =>
    (['constant', 'reflect', 'edge', 'symmetric'] as const).flatMap((mode) => [
      {
        inputs: [randomInt8(random, [1, 4, 5, 3])],
        attrs: { pads: [0, 1, 2, 0, 0, 2, 1, 0], mode, value: -7 },
      },
      { inputs: [randomFloat(random, [3, 4])], attrs: { pads: [1, -1, 2, 3], mode, value: 0.5 } },
      { inputs: [randomInt16(random, [3, 5])], attrs: { pads: [1, 2, 0, 1], mode, value: -300 } },
    ]),
});
