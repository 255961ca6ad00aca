import { defineOp } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type Tensor, tensor } from '../tensor.ts';
import { attributeError, reshaped } from './movement.ts';
import { randomInt8 } from './sample-tensors.ts';
import { operand } from './spatial.ts';

/** Throws E_OP_SHAPE where an index leaves an axis of `length` or a weight leaves 0 to 2048. */
function checkTaps(index: Int32Array, weight: Int32Array, length: number, port: string): void {
  if (index.some((i) => i < 0 || i >= length) || weight.some((w) => w < 0 || w > 2048)) {
    throw new EdgecError('E_OP_SHAPE', 'indices or weights of a resize are out of range', {
      expected: `indices below ${length}, weights up to 2048`,
      where: port,
    });
  }
}

export const qResizeBilinear = defineOp({
  name: 'QResizeBilinear',
  summary: 'Bilinear resize of int8 values with 11-bit weights.',
  source: 'docs/numerics.md, section 5',
  inputs: [
    { name: 'x', dtypes: ['int8'] },
    { name: 'yIndex', dtypes: ['int32'], constant: true },
    { name: 'yWeight', dtypes: ['int32'], constant: true },
    { name: 'xIndex', dtypes: ['int32'], constant: true },
    { name: 'xWeight', dtypes: ['int32'], constant: true },
  ],
  outputs: [{ name: 'y', dtypes: ['int8'] }],
  attrs: {},
  infer([x, yi, yw, xi, xw]) {
    const input = operand(x, 'x', 4);
    const [oh, ow] = [operand(yw, 'yWeight', 1).shape[0], operand(xw, 'xWeight', 1).shape[0]];
    if (
      operand(yi, 'yIndex', 2).shape.join() !== `${oh},2` ||
      operand(xi, 'xIndex', 2).shape.join() !== `${ow},2`
    ) {
      throw attributeError(
        'indices and weights differ in length',
        `[${oh}, 2] and [${ow}, 2]`,
        `[${yi?.shape}] and [${xi?.shape}]`,
      );
    }
    return [reshaped({ dtype: 'int8', shape: input.shape }, [input.shape[0], oh, ow, input.shape[3]])];
  },
  evaluate([x, yi, yw, xi, xw], _, [y]) {
    const { data, shape } = x as Tensor;
    const xd = data as Int8Array;
    const [n, h, w, c] = shape;
    const [, oh, ow] = y.shape;
    const [rows, rowWeight, columns, columnWeight] = [yi, yw, xi, xw].map(
      (t) => (t as Tensor).data as Int32Array,
    );
    checkTaps(rows, rowWeight, h, 'yIndex');
    checkTaps(columns, columnWeight, w, 'xIndex');
    let at = 0;
    for (let b = 0; b < n; b++)
      for (let oy = 0; oy < oh; oy++) {
        const top = (b * h + rows[2 * oy]) * w;
        const bottom = (b * h + rows[2 * oy + 1]) * w;
        for (let ox = 0; ox < ow; ox++) {
          const [left, right] = [columns[2 * ox], columns[2 * ox + 1]];
          for (let ch = 0; ch < c; ch++) {
            const tl = xd[(top + left) * c + ch];
            const bl = xd[(bottom + left) * c + ch];
            const t = (tl << 11) + (xd[(top + right) * c + ch] - tl) * columnWeight[ox];
            const u = (bl << 11) + (xd[(bottom + right) * c + ch] - bl) * columnWeight[ox];
            y.data[at++] = ((t << 11) + (u - t) * rowWeight[oy] + 2097152) >> 22;
          }
        }
      }
  },
  cost: (_, [y]) => ({ macs: elementCount(y.shape) * 3 }),
  accuracy: { kind: 'exact' },
  samples: (random) => [
    {
      inputs: [
        randomInt8(random, [1, 2, 2, 3]),
        tensor('int32', [3, 2], [0, 1, 0, 1, 1, 1]),
        tensor('int32', [3], [0, 1024, 0]),
        tensor('int32', [2, 2], [0, 1, 1, 1]),
        tensor('int32', [2], [333, 2048]),
      ],
      attrs: {},
    },
  ],
});
