import { EdgecError, tensor } from '../../../../core/index.ts';
import {
  axisOf,
  finish,
  flag,
  input,
  int,
  integers,
  type Operator,
  type Read,
  step,
  typeOf,
} from '../import-context.ts';
import { optionTables } from '../schema.ts';
import type { Write } from '../write/emitter.ts';
import { options, int as word } from '../write/model-writer.ts';
import { moved } from './movement.ts';

function splitInto(op: Operator, data: number, axis: number, sizes: readonly number[]): number[] {
  if (sizes.length !== op.outputNames.length) {
    throw new EdgecError('E_GRAPH_INVALID', `${op.builtin} has another number of outputs than parts`, {
      expected: `${sizes.length}`,
      found: `${op.outputNames.length}`,
      where: op.name,
    });
  }
  return finish(op, 'Split', [input(op, data)], { axis, sizes });
}

const readSplit: Read = (op) => {
  const { shape } = typeOf(op, 1);
  const axis = axisOf(op, integers(op, 0, 1)[0], shape.length);
  const count = op.outputNames.length;
  return splitInto(
    op,
    1,
    axis,
    op.outputNames.map(() => shape[axis] / count),
  );
};

const readSplitV: Read = (op) => {
  const { shape } = typeOf(op, 0);
  const axis = axisOf(op, integers(op, 2, 1)[0], shape.length);
  const sizes = integers(op, 1);
  const known = sizes.reduce((n, s) => (s < 0 ? n : n + s), 0);
  return splitInto(
    op,
    0,
    axis,
    sizes.map((s) => (s < 0 ? shape[axis] - known : s)),
  );
};

const readSlice: Read = (op) => {
  const { shape } = typeOf(op, 0);
  const starts = integers(op, 1, shape.length);
  const sizes = integers(op, 2, shape.length).map((s, i) => (s === -1 ? shape[i] - starts[i] : s));
  return finish(op, 'Slice', [input(op, 0)], { starts, sizes, steps: shape.map(() => 1) });
};

/** One entry of a strided slice after its masks: a range of an input axis, or a new axis of 1. */
type Part = { kind: 'range'; start: number; size: number; step: number; dropped: boolean } | { kind: 'new' };

interface Spec {
  begin: number[];
  end: number[];
  stride: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkMask: number;
  endIsOffset: boolean;
}

function specOf(op: Operator): Spec {
  const begin = integers(op, 1);
  const [end, stride] = [integers(op, 2, begin.length), integers(op, 3, begin.length)];
  const [beginMask, endMask, ellipsisMask, newAxisMask, shrinkMask] = [0, 1, 2, 3, 4].map((slot) =>
    int(op, slot),
  );
  return {
    begin,
    end,
    stride,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkMask,
    endIsOffset: flag(op, 5),
  };
}

const whole = (size: number): Part => ({ kind: 'range', start: 0, size, step: 1, dropped: false });

function rangeOf(spec: Spec, i: number, size: number): Part {
  const bit = 1 << i;
  const step = spec.stride[i];
  if (step === 0) throw new EdgecError('E_OP_ATTRIBUTE', 'a slice has a stride of 0');
  const place = (v: number, low: number, high: number): number =>
    Math.max(low, Math.min(high, v < 0 ? v + size : v));
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const start =
    spec.beginMask & bit ? (step > 0 ? 0 : size - 1) : place(spec.begin[i], Math.max(low, 0), high);
  if (spec.shrinkMask & bit) {
    const index = place(spec.begin[i], 0, size - 1);
    return { kind: 'range', start: index, size: 1, step: 1, dropped: true };
  }
  const given = spec.endIsOffset ? spec.begin[i] + spec.end[i] : spec.end[i];
  const stop = spec.endMask & bit ? (step > 0 ? size : -1) : place(given, low, high);
  return { kind: 'range', start, size: Math.max(0, Math.ceil((stop - start) / step)), step, dropped: false };
}

/** The parts in the order of the result; an ellipsis stands for the axes that no entry names. */
function partsOf(spec: Spec, shape: readonly number[]): Part[] {
  const bits = (mask: number): number => spec.begin.filter((_, i) => mask & (1 << i)).length;
  const named =
    spec.begin.length - bits(spec.newAxisMask & ~spec.ellipsisMask) - Math.min(1, bits(spec.ellipsisMask));
  const parts: Part[] = [];
  let axis = 0;
  const takeWhole = (count: number): void => {
    for (let k = 0; k < count; k++) parts.push(whole(shape[axis++]));
  };
  spec.begin.forEach((_, i) => {
    const bit = 1 << i;
    if (spec.ellipsisMask & bit) takeWhole(shape.length - named);
    else if (spec.newAxisMask & bit) parts.push({ kind: 'new' });
    else parts.push(rangeOf(spec, i, shape[axis++]));
  });
  takeWhole(shape.length - axis);
  return parts;
}

const readStridedSlice: Read = (op) => {
  const { shape, quant } = typeOf(op, 0);
  const spec = specOf(op);
  const parts = partsOf(spec, shape);
  const ranges = parts.flatMap((p) => (p.kind === 'range' ? [p] : []));
  if (ranges.length !== shape.length) {
    throw new EdgecError('E_OP_SHAPE', 'a slice names more axes than its operand has', {
      expected: `${shape.length}`,
      found: `${ranges.length}`,
      where: op.name,
    });
  }
  const attrs = {
    starts: ranges.map((p) => p.start),
    sizes: ranges.map((p) => p.size),
    steps: ranges.map((p) => p.step),
  };
  if (parts.every((p) => p.kind === 'range' && !p.dropped)) return finish(op, 'Slice', [input(op, 0)], attrs);
  const kept = parts.flatMap((p) => (p.kind === 'new' ? [1] : p.dropped ? [] : [p.size]));
  return finish(op, 'Reshape', [step(op, 'Slice', [input(op, 0)], attrs, quant)], { shape: kept });
};

const readReverse: Read = (op) => {
  const { shape } = typeOf(op, 0);
  const axes = new Set(integers(op, 1).map((a) => axisOf(op, a, shape.length)));
  const attrs = {
    starts: shape.map((d, i) => (axes.has(i) ? d - 1 : 0)),
    sizes: shape,
    steps: shape.map((_, i) => (axes.has(i) ? -1 : 1)),
  };
  return finish(op, 'Slice', [input(op, 0)], attrs);
};

export const reads = {
  SPLIT: readSplit,
  SPLIT_V: readSplitV,
  SLICE: readSlice,
  STRIDED_SLICE: readStridedSlice,
  REVERSE_V2: readReverse,
};

const writeSplit: Write = (out, node) => {
  const { axis, sizes } = node.attrs as { axis: number; sizes: readonly number[] };
  const x = out.operand(node, 0);
  const { dtype, quant } = out.typeOf(x);
  const types = node.outputs.map((id) => ({ dtype, shape: out.type(id).shape, ...(quant && { quant }) }));
  const inputs = [x, out.ints('sizes', sizes), out.constant('axis', tensor('int32', [], [axis]))];
  const made = out.emitAll('SPLIT_V', inputs, types, options(optionTables.splitV, word(sizes.length)));
  return made.map((part, i) => out.requantized(part, out.type(node.outputs[i]).quant));
};

const writeSlice: Write = (out, node) => {
  const { starts, sizes, steps } = node.attrs as unknown as Record<string, readonly number[]>;
  if (steps.every((s) => s === 1)) {
    const range = [out.ints('begin', starts), out.ints('size', sizes)];
    return [moved(out, node, 'SLICE', range, options(optionTables.slice))];
  }
  const ends = starts.map((s, i) => s + sizes[i] * steps[i]);
  const endMask = ends.reduce((mask, e, i) => (e < 0 ? mask | (1 << i) : mask), 0);
  const range = [out.ints('begin', starts), out.ints('end', ends), out.ints('strides', steps)];
  const masks = [0, endMask, 0, 0, 0].map(word);
  return [moved(out, node, 'STRIDED_SLICE', range, options(optionTables.stridedSlice, ...masks))];
};

export const writes = { Split: writeSplit, Slice: writeSlice };
