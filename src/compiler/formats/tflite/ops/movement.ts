import { EdgecError, elementCount, type TensorType, tensor } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import {
  axisOf,
  code,
  finish,
  finishClamped,
  input,
  int,
  integers,
  type Operator,
  type Read,
  step,
  typeOf,
  unsupported,
} from '../import-context.ts';
import { optionTables } from '../schema.ts';
import type { Emitter, TensorIndex, Write } from '../write/emitter.ts';
import { byte, type Options, options, int as word } from '../write/model-writer.ts';

/** A given shape with at most one −1 to fill in. Throws E_OP_SHAPE. */
function filled(op: Operator, given: readonly number[]): number[] {
  const count = elementCount(typeOf(op, 0).shape);
  const known = given.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const open = given.filter((d) => d === -1).length;
  const shape = given.map((d) => (d === -1 ? count / known : d));
  if (open > 1 || shape.some((d) => d < 0 || !Number.isInteger(d)) || elementCount(shape) !== count) {
    throw new EdgecError('E_OP_SHAPE', 'a reshape changes the number of elements', {
      expected: `${count} elements`,
      found: `[${given}]`,
      where: op.name,
    });
  }
  return shape;
}

const readReshape: Read = (op) => {
  const computed = op.inputs[1] !== undefined && !op.builder.constantOf(op.inputs[1]);
  const given = op.inputs[1] === undefined ? op.options?.int32s(0) : computed ? undefined : integers(op, 1);
  const shape = filled(op, given ?? op.outputTypes[0].shape);
  return finish(op, 'Reshape', [input(op, 0)], { shape });
};

const readSqueeze: Read = (op) => {
  const { shape } = typeOf(op, 0);
  const given = op.options?.int32s(0) ?? [];
  const axes = new Set(given.map((a) => axisOf(op, a, shape.length)));
  const kept = shape.filter((d, i) => (axes.size > 0 ? !axes.has(i) : d !== 1));
  return finish(op, 'Reshape', [input(op, 0)], { shape: filled(op, kept) });
};

const readExpandDims: Read = (op) => {
  const { shape } = typeOf(op, 0);
  const axis = axisOf(op, integers(op, 1, 1)[0], shape.length + 1);
  return finish(op, 'Reshape', [input(op, 0)], { shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)] });
};

const readConcat: Read = (op) => {
  const axis = axisOf(op, int(op, 0), typeOf(op, 0).shape.length);
  const parts = op.inputs.map((_, i) => input(op, i));
  return finishClamped(op, 'Concat', parts, { axis }, code(op, 1));
};

const readPack: Read = (op) => {
  const { shape } = typeOf(op, 0);
  const axis = axisOf(op, int(op, 1), shape.length + 1);
  const grown = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  const parts = op.inputs.map((_, i) =>
    step(op, 'Reshape', [input(op, i)], { shape: grown }, typeOf(op, i).quant),
  );
  return finish(op, 'Concat', parts, { axis });
};

const readUnpack: Read = (op) => {
  const { shape, quant } = typeOf(op, 0);
  const axis = axisOf(op, int(op, 1), shape.length);
  if (shape[axis] !== op.outputNames.length) {
    throw new EdgecError('E_GRAPH_INVALID', 'UNPACK has another number of outputs than parts', {
      expected: `${shape[axis]}`,
      found: `${op.outputNames.length}`,
      where: op.name,
    });
  }
  const sizes = op.outputNames.map(() => 1);
  const origin = [`${op.builtin}:${op.name}`];
  const parts = op.builder.add(
    'Split',
    [input(op, 0)],
    { axis, sizes },
    { origin, outputQuant: sizes.map(() => quant) },
  );
  const kept = shape.filter((_, k) => k !== axis);
  return parts.map((part, i) =>
    op.builder.add1(
      'Reshape',
      [part],
      { shape: kept },
      { name: op.outputNames[i], origin, outputQuant: [quant] },
    ),
  );
};

const readGather: Read = (op) => {
  if (int(op, 1) !== 0) throw unsupported(op, 'batch dimensions');
  return finish(op, 'Gather', [input(op, 0), input(op, 1)], {
    axis: axisOf(op, int(op, 0), typeOf(op, 0).shape.length),
  });
};

const readTranspose: Read = (op) => finish(op, 'Transpose', [input(op, 0)], { perm: integers(op, 1) });
const readTile: Read = (op) => finish(op, 'Tile', [input(op, 0)], { repeats: integers(op, 1) });
const readBroadcast: Read = (op) => finish(op, 'Expand', [input(op, 0)], { shape: integers(op, 1) });

const blocks =
  (name: string): Read =>
  (op) =>
    finish(op, name, [input(op, 0)], { blockSize: int(op, 0) });

export const reads = {
  RESHAPE: readReshape,
  SQUEEZE: readSqueeze,
  EXPAND_DIMS: readExpandDims,
  TRANSPOSE: readTranspose,
  TILE: readTile,
  BROADCAST_TO: readBroadcast,
  CONCATENATION: readConcat,
  PACK: readPack,
  UNPACK: readUnpack,
  GATHER: readGather,
  DEPTH_TO_SPACE: blocks('DepthToSpace'),
  SPACE_TO_DEPTH: blocks('SpaceToDepth'),
};

/** Bytes move: the operator keeps the parameters of its operand, the result's own follow. */
export function moved(
  out: Emitter,
  node: Node,
  builtin: string,
  operands: readonly TensorIndex[],
  opts?: Options,
): TensorIndex {
  const x = out.operand(node, 0);
  const y = out.type(node.outputs[0]);
  const { quant } = out.typeOf(x);
  const type: TensorType = { dtype: y.dtype, shape: y.shape, ...(quant && { quant }) };
  return out.requantized(out.emit(builtin, [x, ...operands], type, opts), y.quant);
}

const writeReshape: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  return [out.requantized(out.reshape(out.operand(node, 0), y.shape), y.quant)];
};

const withInts =
  (builtin: string, attr: string, table: number): Write =>
  (out, node) => {
    const list = out.ints(attr, node.attrs[attr] as readonly number[]);
    return [moved(out, node, builtin, [list], options(table))];
  };

const writeConcat: Write = (out, node) => {
  const y = out.type(node.outputs[0]);
  const parts = node.inputs.map((_, i) => out.requantized(out.operand(node, i), y.quant));
  const opts = options(optionTables.concatenation, word(node.attrs.axis as number), byte(0));
  return [out.emit('CONCATENATION', parts, y, opts)];
};

/** Constant indices that count from the end are counted from the start. */
const writeGather: Write = (out, node) => {
  const axis = node.attrs.axis as number;
  const size = out.type(node.inputs[0]).shape[axis];
  const known = out.constantOf(node.inputs[1]);
  const at = known
    ? out.constant(
        'indices',
        tensor(
          'int32',
          known.shape,
          Int32Array.from(known.data as Int32Array, (v) => (v < 0 ? v + size : v)),
        ),
      )
    : out.operand(node, 1);
  return [moved(out, node, 'GATHER', [at], options(optionTables.gather, word(axis)))];
};

/** Channels of CRD are brought into the order of DCR first. */
const writeDepthToSpace: Write = (out, node) => {
  const { blockSize, mode } = node.attrs as { blockSize: number; mode: string };
  const opts = options(optionTables.depthToSpace, word(blockSize));
  if (mode === 'DCR') return [moved(out, node, 'DEPTH_TO_SPACE', [], opts)];
  const x = out.operand(node, 0);
  const type = out.typeOf(x);
  const area = blockSize * blockSize;
  const depth = type.shape[3] / area;
  const order = Array.from({ length: type.shape[3] }, (_, i) => (i % depth) * area + Math.floor(i / depth));
  const at = out.constant('channels', tensor('int32', [order.length], order));
  const sorted = out.emit('GATHER', [x, at], type, options(optionTables.gather, word(3)));
  const y = out.type(node.outputs[0]);
  const made = out.emit('DEPTH_TO_SPACE', [sorted], { ...type, shape: y.shape }, opts);
  return [out.requantized(made, y.quant)];
};

const writeSpaceToDepth: Write = (out, node) => {
  const opts = options(optionTables.spaceToDepth, word(node.attrs.blockSize as number));
  return [moved(out, node, 'SPACE_TO_DEPTH', [], opts)];
};

export const writes = {
  Reshape: writeReshape,
  Transpose: withInts('TRANSPOSE', 'perm', optionTables.transpose),
  Tile: withInts('TILE', 'repeats', optionTables.tile),
  Expand: withInts('BROADCAST_TO', 'shape', optionTables.broadcastTo),
  Concat: writeConcat,
  Gather: writeGather,
  DepthToSpace: writeDepthToSpace,
  SpaceToDepth: writeSpaceToDepth,
};
