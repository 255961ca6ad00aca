import { EdgecError, opByName, sameShape, type Tensor, tensor } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import { finish, flag, input, integers, type Read, typeOf } from '../import-context.ts';
import { optionTables } from '../schema.ts';
import { cannotWrite, type Emitter, type TensorIndex, type Write } from '../write/emitter.ts';
import { byte, options, int as word } from '../write/model-writer.ts';

const read =
  (mode: 'linear' | 'nearest', alignSlot: number): Read =>
  (op) => {
    const size = integers(op, 1, 2);
    const [, h, w] = typeOf(op, 0).shape;
    if (size.some((s) => s < 1) || !(h > 0 && w > 0)) {
      throw new EdgecError('E_OP_SHAPE', 'an image cannot be resized to or from nothing', {
        found: `[${h},${w}] to [${size}]`,
        where: op.name,
      });
    }
    const align = flag(op, alignSlot);
    const half = flag(op, alignSlot + 1);
    const coordinates = align ? 'alignCorners' : half ? 'halfPixel' : 'asymmetric';
    const nearest = align || half ? 'roundPreferCeil' : 'floor';
    const attrs = { size, scales: [size[0] / h, size[1] / w], mode, coordinates, nearest };
    return finish(op, 'Resize', [input(op, 0)], attrs);
  };

export const reads = {
  RESIZE_BILINEAR: read('linear', 2),
  RESIZE_NEAREST_NEIGHBOR: read('nearest', 0),
};

const halfPixelVersion = 3;

const linear: Write = (out, node) => {
  const { size, scales, coordinates } = node.attrs as {
    size: number[];
    scales: number[];
    coordinates: string;
  };
  const y = out.type(node.outputs[0]);
  const x = out.operand(node, 0);
  const { shape, quant, dtype } = out.typeOf(x);
  const plain = [0, 1].every((i) => Math.abs(scales[i] * shape[1 + i] - size[i]) < 1e-3 * size[i]);
  const known = coordinates !== 'pytorchHalfPixel' || size.every((s) => s > 1);
  if (!known || (!plain && coordinates !== 'alignCorners'))
    throw cannotWrite(node, 'these scales and coordinates');
  const half = coordinates === 'halfPixel' || coordinates === 'pytorchHalfPixel';
  const opts = options(
    optionTables.resizeBilinear,
    undefined,
    undefined,
    byte(coordinates === 'alignCorners'),
    byte(half),
  );
  const type = { dtype, shape: y.shape, ...(quant && { quant }) };
  const version = half ? halfPixelVersion : undefined;
  return [
    out.requantized(out.emit('RESIZE_BILINEAR', [x, out.ints('size', size)], type, opts, version), y.quant),
  ];
};

/** The input index of every output index along one axis, as the op itself finds it. */
function indicesOf(node: Node, size: number, axis: 0 | 1): number[] {
  const attrs = node.attrs as { size: number[]; scales: number[] };
  const made = attrs.size[axis];
  const pick = (n: number): number[] => (axis === 0 ? [1, n, 1, 1] : [1, 1, n, 1]);
  const only = (list: number[]): number[] => (axis === 0 ? [list[0], 1] : [1, list[1]]);
  const x: Tensor = tensor(
    'float32',
    pick(size),
    Array.from({ length: size }, (_, i) => i),
  );
  const y = tensor('float32', pick(made));
  const single = { ...node.attrs, size: only(attrs.size), scales: only(attrs.scales) };
  opByName('Resize').evaluate([x], single as never, [y]);
  return Array.from(y.data as Float32Array);
}

interface NearestForm {
  align: boolean;
  half: boolean;
}

/** Indices that the nearest-neighbour operator takes. */
function operatorIndices(size: number, made: number, { align, half }: NearestForm): number[] {
  const scale = Math.fround(align && made > 1 ? (size - 1) / (made - 1) : size / made);
  return Array.from({ length: made }, (_, i) => {
    const at = Math.fround((i + (half ? 0.5 : 0)) * scale);
    return Math.min(size - 1, align ? Math.round(at) : Math.floor(at));
  });
}

const forms: readonly NearestForm[] = [
  { align: false, half: false },
  { align: false, half: true },
  { align: true, half: false },
];

/** The operator where one of its forms takes the same elements, or a gather along each axis. */
const nearest: Write = (out, node) => {
  const { size } = node.attrs as { size: number[] };
  const x = out.operand(node, 0);
  const type = out.typeOf(x);
  const y = out.type(node.outputs[0]);
  const wanted = ([0, 1] as const).map((axis) => indicesOf(node, type.shape[1 + axis], axis));
  const form = forms.find((f) =>
    wanted.every((list, axis) => sameShape(list, operatorIndices(type.shape[1 + axis], size[axis], f))),
  );
  if (!form) return [out.requantized(gathered(out, gathered(out, x, 1, wanted[0]), 2, wanted[1]), y.quant)];
  const opts = options(optionTables.resizeNearestNeighbor, byte(form.align), byte(form.half));
  const made = out.emit(
    'RESIZE_NEAREST_NEIGHBOR',
    [x, out.ints('size', size)],
    { ...type, shape: y.shape },
    opts,
    form.half ? halfPixelVersion : undefined,
  );
  return [out.requantized(made, y.quant)];
};

function gathered(out: Emitter, x: TensorIndex, axis: number, at: readonly number[]): TensorIndex {
  const type = out.typeOf(x);
  const shape = type.shape.map((d, i) => (i === axis ? at.length : d));
  return out.emit(
    'GATHER',
    [x, out.ints('rows', at)],
    { ...type, shape },
    options(optionTables.gather, word(axis)),
  );
}

export const writes = {
  Resize: ((out, node) => {
    if (node.attrs.mode === 'cubic') throw cannotWrite(node, 'cubic interpolation');
    return node.attrs.mode === 'linear' ? linear(out, node) : nearest(out, node);
  }) satisfies Write,
};
