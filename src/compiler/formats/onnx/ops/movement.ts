import {
  broadcastShape,
  counting,
  EdgecError,
  elementCount,
  numbers,
  tensor,
} from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

function concat(node: NodeImport): ValueId {
  const inputs = node.inputs();
  if (inputs.length === 0)
    throw new EdgecError('E_GRAPH_INVALID', 'Concat has no input', { where: node.name });
  const axis = node.axis(node.attrs.int('axis', 1), node.rank(inputs[0]));
  return inputs.length === 1 ? inputs[0] : node.emit('Concat', inputs, { axis });
}

function splitSizes(node: NodeImport, length: number): number[] {
  const given = node.opset < 13 ? node.attrs.ints('split', []) : (node.optionalNumbers(1, 'split') ?? []);
  if (given.length > 0) return [...given];
  const parts = node.attrs.int('num_outputs', node.outputCount);
  const size = Math.ceil(length / parts);
  return Array.from({ length: parts }, (_, i) => Math.min(size, length - i * size));
}

function split(node: NodeImport): ValueId[] {
  const x = node.input(0);
  const axis = node.axis(node.attrs.int('axis', 0), node.rank(x));
  const sizes = splitSizes(node, node.shape(x)[axis]);
  if (sizes.length !== node.outputCount || sizes.some((s) => s < 0)) {
    throw new EdgecError('E_OP_SHAPE', 'Split does not fill its outputs', {
      expected: `${node.outputCount} sizes`,
      found: `[${sizes}]`,
      where: node.name,
    });
  }
  return node.emitAll('Split', [x], { axis, sizes });
}

interface Span {
  start: number;
  size: number;
}

/** Start and number of elements of a slice, with bounds clamped as ONNX does. */
function spanOf(length: number, start: number, end: number, step: number): Span {
  const clamp = (v: number, low: number, high: number): number =>
    Math.max(low, Math.min(high, v < 0 ? v + length : v));
  const first = step > 0 ? clamp(start, 0, length) : clamp(start, 0, length - 1);
  const last = step > 0 ? clamp(end, 0, length) : clamp(end, -1, length - 1);
  return { start: first, size: Math.max(0, Math.ceil((last - first) / step)) };
}

function slice(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const old = node.opset < 10;
  const begins = old ? node.attrs.ints('starts') : node.numbersOf(1, 'starts');
  const ends = old ? node.attrs.ints('ends') : node.numbersOf(2, 'ends');
  const order = begins.map((_, i) => i);
  const axes = (old ? node.attrs.ints('axes', order) : (node.optionalNumbers(3, 'axes') ?? order)).map((a) =>
    node.axis(a, shape.length),
  );
  const strides = (old ? undefined : node.optionalNumbers(4, 'steps')) ?? order.map(() => 1);
  if ([begins, ends, axes, strides].some((l) => l.length !== begins.length) || strides.includes(0)) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'starts, ends, axes and steps of Slice do not belong together', {
      where: node.name,
    });
  }
  const [starts, sizes, steps] = [shape.map(() => 0), [...shape], shape.map(() => 1)];
  axes.forEach((axis, i) => {
    const span = spanOf(shape[axis], begins[i], ends[i], strides[i]);
    [starts[axis], sizes[axis], steps[axis]] = [span.start, span.size, strides[i]];
  });
  const whole = sizes.every((s, i) => s === shape[i] && steps[i] === 1);
  return whole ? x : node.emit('Slice', [x], { starts, sizes, steps });
}

/** Borders that go on at the other end of their axis. */
const wrapped = (node: NodeImport, x: ValueId, pads: readonly number[]): ValueId =>
  node.shape(x).reduce((y, length, axis) => {
    const [before, after] = [pads[axis], pads[axis + pads.length / 2]];
    if (before === 0 && after === 0) return y;
    if (length === 0 || length + before + after < 0)
      throw new EdgecError('E_OP_SHAPE', 'Pad has nothing to wrap', { where: node.name });
    const sources = counting(length + before + after).map((i) => (((i - before) % length) + length) % length);
    return node.emit('Gather', [y, node.intConstant([sources.length], sources)], { axis });
  }, x);

const padModes = ['constant', 'reflect', 'edge', 'wrap'];

function pad(node: NodeImport): ValueId {
  const x = node.input(0);
  const rank = node.rank(x);
  const mode = node.attrs.string('mode', 'constant');
  if (!padModes.includes(mode)) throw node.unsupported(`mode '${mode}'`, padModes.join(', '));
  if (node.opset < 11)
    return node.emit('Pad', [x], {
      pads: node.attrs.ints(node.opset < 2 ? 'paddings' : 'pads'),
      mode,
      value: node.attrs.float('value', 0),
    });
  const given = node.numbersOf(1, 'pads');
  const axes =
    node.optionalNumbers(3, 'axes')?.map((a) => node.axis(a, rank)) ??
    Array.from({ length: rank }, (_, i) => i);
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    pads[axis] = given[i];
    pads[axis + rank] = given[i + axes.length];
  });
  if (given.length !== 2 * axes.length)
    throw new EdgecError('E_OP_SHAPE', 'Pad has the wrong number of pads', { where: node.name });
  if (pads.every((p) => p === 0)) return x;
  if (mode === 'wrap') return wrapped(node, x, pads);
  return node.emit('Pad', [x], {
    pads,
    mode,
    value: node.optionalScalar(2, 'value') ?? (node.context.isUnsigned(x) ? -128 : 0),
  });
}

/** Axes of a given length: the middle of those that are longer, with a border around those that are shorter. */
function centerCropPad(node: NodeImport): ValueId {
  const x = node.input(0);
  const rank = node.rank(x);
  const axes = node.attrs.has('axes')
    ? node.attrs.ints('axes').map((a) => node.axis(a, rank))
    : node.shape(x).map((_, i) => i);
  const wanted = node.numbersOf(1, 'a shape');
  if (wanted.length !== axes.length || wanted.some((d) => d < 0))
    throw new EdgecError('E_OP_SHAPE', 'CenterCropPad needs a length for each axis', {
      expected: `${axes.length}`,
      found: `[${wanted}]`,
      where: node.name,
    });
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    const more = wanted[i] - node.shape(x)[axis];
    pads[axis] = Math.trunc(more / 2);
    pads[axis + rank] = more - pads[axis];
  });
  if (pads.every((p) => p === 0)) return x;
  return node.emit('Pad', [x], { pads, value: node.context.isUnsigned(x) ? -128 : 0 });
}

/** The shape that Reshape asks for, with 0 and −1 resolved. */
function reshape(node: NodeImport): ValueId {
  const x = node.input(0);
  const from = node.shape(x);
  const copies = !node.attrs.flag('allowzero', false);
  const given = node.opset < 5 ? node.attrs.ints('shape') : node.numbersOf(1, 'shape');
  const wanted = given.map((d, i) => (d === 0 && copies ? (from[i] ?? 0) : d));
  const unknown = wanted.indexOf(-1);
  const known = elementCount(wanted.filter((d) => d !== -1));
  const shape = wanted.map((d, i) => (i === unknown && known > 0 ? elementCount(from) / known : d));
  if (elementCount(shape) !== elementCount(from) || shape.some((d) => d < 0 || !Number.isInteger(d))) {
    throw new EdgecError('E_OP_SHAPE', 'Reshape does not keep the number of elements', {
      expected: `[${from}]`,
      found: `[${wanted}]`,
      where: node.name,
      remedy: 'if the shape holds a fixed batch, give the input that batch with --shape',
    });
  }
  return node.reshape(x, shape);
}

function givenAxes(node: NodeImport): readonly number[] | undefined {
  if (node.opset >= 13) return node.optionalNumbers(1, 'axes');
  return node.attrs.has('axes') ? node.attrs.ints('axes') : undefined;
}

function squeeze(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const axes =
    givenAxes(node)?.map((a) => node.axis(a, shape.length)) ?? shape.flatMap((d, i) => (d === 1 ? [i] : []));
  return node.reshape(
    x,
    shape.filter((_, i) => !axes.includes(i)),
  );
}

function unsqueeze(node: NodeImport): ValueId {
  const x = node.input(0);
  const given = givenAxes(node) ?? [];
  const rank = node.rank(x) + given.length;
  const axes = new Set(node.axes(given, rank));
  const rest = [...node.shape(x)];
  return node.reshape(
    x,
    Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : (rest.shift() ?? 1))),
  );
}

function flatten(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const given = node.attrs.int('axis', 1);
  const axis = given === shape.length ? given : node.axis(given, shape.length);
  return node.reshape(x, [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))]);
}

function transpose(node: NodeImport): ValueId {
  const x = node.input(0);
  const rank = node.rank(x);
  const perm = node.attrs.ints(
    'perm',
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  );
  if (perm.length !== rank || new Set(perm).size !== rank || perm.some((p) => p < 0 || p >= rank)) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'perm of Transpose is no permutation', {
      found: `[${perm}]`,
      where: node.name,
    });
  }
  return node.transpose(x, perm);
}

function expand(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = broadcastShape(node.shape(x), node.numbersOf(1, 'shape'));
  return shape.join() === node.shape(x).join() ? x : node.emit('Expand', [x], { shape });
}

/** Constant indices are counted from the front. */
function gather(node: NodeImport): ValueId {
  const x = node.input(0);
  const axis = node.axis(node.attrs.int('axis', 0), node.rank(x));
  const indices = node.constantOf(node.input(1));
  if (indices?.dtype !== 'int32') return node.emit('Gather', [x, node.input(1)], { axis });
  const length = node.shape(x)[axis];
  const values = Array.from(numbers(indices), (v) => node.index(v, length));
  return node.emit('Gather', [x, node.addConstant(tensor('int32', indices.shape, values))], { axis });
}

/** Before opset 6, one axis repeats. */
function repeatsOf(node: NodeImport): number[] {
  if (node.opset >= 6) return node.numbersOf(1, 'repeats');
  const repeats = node.shape(node.input(0)).map(() => 1);
  repeats[node.axis(node.optionalScalar(2, 'axis') ?? 0, repeats.length)] =
    node.optionalScalar(1, 'tiles') ?? 1;
  return repeats;
}

export const movementImporters: Importers = {
  Concat: concat,
  Split: split,
  Slice: slice,
  CenterCropPad: centerCropPad,
  Pad: pad,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Flatten: flatten,
  Transpose: transpose,
  Expand: expand,
  Gather: gather,
  Tile: (node) => node.emit('Tile', [node.input(0)], { repeats: repeatsOf(node) }),
  DepthToSpace: (node) => {
    const attrs = { blockSize: node.attrs.int('blocksize'), mode: node.attrs.string('mode', 'DCR') };
    return node.channelsLast(node.input(0), (v) => node.emit('DepthToSpace', [v], attrs));
  },
  SpaceToDepth: (node) => {
    const attrs = { blockSize: node.attrs.int('blocksize') };
    return node.channelsLast(node.input(0), (v) => node.emit('SpaceToDepth', [v], attrs));
  },
};
