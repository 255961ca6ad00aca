import { EdgecError, tensor } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import {
  code,
  constant,
  finish,
  input,
  integers,
  type Operator,
  type Read,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { optionTables } from '../schema.ts';
import type { Emitter, TensorIndex, Write } from '../write/emitter.ts';
import { byte, options, int as word } from '../write/model-writer.ts';

function padPairs(op: Operator): number[] {
  const pairs = integers(op, 1, 2 * typeOf(op, 0).shape.length);
  if (pairs.some((p) => p < 0)) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'a pad is negative', { found: `[${pairs}]`, where: op.name });
  }
  return [...pairs.filter((_, i) => i % 2 === 0), ...pairs.filter((_, i) => i % 2 === 1)];
}

const readPad: Read = (op) => {
  const pads = padPairs(op);
  const { quant } = typeOf(op, 0);
  const stored = op.inputs[2] === undefined ? undefined : Number(constant(op, 2).data[0]);
  const value = stored === undefined ? 0 : quant ? (stored - quant.zeroPoint[0]) * quant.scale[0] : stored;
  return finish(op, 'Pad', [input(op, 0)], { pads, value });
};

const readMirrorPad: Read = (op) =>
  finish(op, 'Pad', [input(op, 0)], {
    pads: padPairs(op),
    mode: code(op, 0) === 0 ? 'reflect' : 'symmetric',
  });

/** Block sizes and the pads or crops of the two spatial axes. */
function blocksOf(op: Operator): { block: number[]; pairs: number[] } {
  if (typeOf(op, 0).shape.length !== 4) throw unsupported(op, 'an operand that is no image');
  const block = integers(op, 1, 2);
  if (block.some((b) => b < 1))
    throw new EdgecError('E_OP_ATTRIBUTE', 'a block is empty', { where: op.name });
  return { block, pairs: integers(op, 2, 4) };
}

/** `whole` in parts of `part`. Throws E_OP_SHAPE. */
function inParts(op: Operator, whole: number, part: number): number {
  if (whole % part === 0) return whole / part;
  throw new EdgecError('E_OP_SHAPE', 'blocks do not divide their operand', {
    expected: `a multiple of ${part}`,
    found: `${whole}`,
    where: op.name,
  });
}

/** Space goes into the batch: pad, reshape and transpose. */
const readSpaceToBatch: Read = (op) => {
  const { block, pairs } = blocksOf(op);
  const { quant } = typeOf(op, 0);
  const pads = [0, pairs[0], pairs[2], 0, 0, pairs[1], pairs[3], 0];
  const padded = step(op, 'Pad', [input(op, 0)], { pads }, quant);
  const [n, h, w, c] = op.builder.type(padded).shape;
  const [rows, columns] = [inParts(op, h, block[0]), inParts(op, w, block[1])];
  const shape = [n, rows, block[0], columns, block[1], c];
  const cut = step(op, 'Reshape', [padded], { shape }, quant);
  const turned = step(op, 'Transpose', [cut], { perm: [2, 4, 0, 1, 3, 5] }, quant);
  return finish(op, 'Reshape', [turned], { shape: [n * block[0] * block[1], rows, columns, c] });
};

const readBatchToSpace: Read = (op) => {
  const { block, pairs: crops } = blocksOf(op);
  const { shape, quant } = typeOf(op, 0);
  const [n, h, w, c] = shape;
  const batch = inParts(op, n, block[0] * block[1]);
  const cut = step(op, 'Reshape', [input(op, 0)], { shape: [block[0], block[1], batch, h, w, c] }, quant);
  const turned = step(op, 'Transpose', [cut], { perm: [2, 3, 0, 4, 1, 5] }, quant);
  const joined = step(op, 'Reshape', [turned], { shape: [batch, h * block[0], w * block[1], c] }, quant);
  const sizes = [batch, h * block[0] - crops[0] - crops[1], w * block[1] - crops[2] - crops[3], c];
  return finish(op, 'Slice', [joined], { starts: [0, crops[0], crops[2], 0], sizes, steps: [1, 1, 1, 1] });
};

export const reads = {
  PAD: readPad,
  PADV2: readPad,
  MIRROR_PAD: readMirrorPad,
  SPACE_TO_BATCH_ND: readSpaceToBatch,
  BATCH_TO_SPACE_ND: readBatchToSpace,
};

/** Negative pads are slices, after the borders that are seen from the whole operand. */
function cropped(
  out: Emitter,
  x: TensorIndex,
  pads: readonly number[],
  shape: readonly number[],
): TensorIndex {
  if (pads.every((p) => p >= 0)) return x;
  const starts = shape.map((_, i) => Math.max(0, -pads[i]));
  const inputs = [x, out.ints('begin', starts), out.ints('size', shape)];
  return out.emit('SLICE', inputs, { ...out.typeOf(x), shape }, options(optionTables.slice));
}

/** Repeats the elements at the border, one axis after the other. */
function withEdges(out: Emitter, x: TensorIndex, pads: readonly number[]): TensorIndex {
  const rank = out.typeOf(x).shape.length;
  let made = x;
  for (let axis = 0; axis < rank; axis++) {
    const [before, after] = [pads[axis], pads[axis + rank]];
    if (before === 0 && after === 0) continue;
    const type = out.typeOf(made);
    const size = type.shape[axis];
    const at = Array.from({ length: size + before + after }, (_, i) =>
      Math.max(0, Math.min(size - 1, i - before)),
    );
    const shape = type.shape.map((d, i) => (i === axis ? at.length : d));
    const inputs = [made, out.constant('edge', tensor('int32', [at.length], at))];
    made = out.emit('GATHER', inputs, { ...type, shape }, options(optionTables.gather, word(axis)));
  }
  return made;
}

const mirrored = { reflect: 0, symmetric: 1 } as const;

function bordered(out: Emitter, node: Node, pads: readonly number[]): TensorIndex {
  const { mode, value } = node.attrs as { mode: string; value: number };
  const x = out.operand(node, 0);
  if (pads.every((p) => p === 0)) return x;
  if (mode === 'edge') return withEdges(out, x, pads);
  const { shape, ...type } = out.typeOf(x);
  const rank = shape.length;
  const pairs = shape.flatMap((_, i) => [pads[i], pads[i + rank]]);
  const inputs = [x, out.constant('paddings', tensor('int32', [rank, 2], pairs))];
  const grown = { ...type, shape: shape.map((d, i) => d + pads[i] + pads[i + rank]) };
  if (mode !== 'constant') {
    const opts = options(optionTables.mirrorPad, byte(mirrored[mode as keyof typeof mirrored]));
    return out.emit('MIRROR_PAD', inputs, grown, opts);
  }
  if (value === 0) return out.emit('PAD', inputs, grown, options(optionTables.pad));
  return out.emit('PADV2', [...inputs, out.scalar('fill', value, grown)], grown, options(optionTables.padV2));
}

const writePad: Write = (out, node) => {
  const pads = node.attrs.pads as readonly number[];
  const y = out.type(node.outputs[0]);
  const grown = bordered(
    out,
    node,
    pads.map((p) => Math.max(0, p)),
  );
  return [out.requantized(cropped(out, grown, pads, y.shape), y.quant)];
};

export const writes = { Pad: writePad };
