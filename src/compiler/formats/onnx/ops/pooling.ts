import { EdgecError, sameShape } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';
import { poolVolume } from './volumes.ts';
import { spatialSize, type Window, windowOf } from './windows.ts';

/** The window of a pool, each of which holds a part of the image. Throws E_OP_ATTRIBUTE. */
function poolWindow(node: NodeImport, x: ValueId): Window {
  const window = windowOf(node, node.rank(x), spatialSize(node.shape(x)));
  const { kernel, dilations, pads } = window;
  const reach = kernel.map((k, i) => dilations[i] * (k - 1) + 1);
  if (pads.every((p, i) => p < reach[i % 2])) return window;
  throw new EdgecError('E_OP_ATTRIBUTE', `pads of ${node.op} are as large as its window`, {
    expected: `below [${reach}]`,
    found: `[${pads}]`,
    where: node.name,
  });
}

function maxPool(node: NodeImport): ValueId {
  const x = node.input(0);
  const ceilMode = node.attrs.flag('ceil_mode', false);
  const pool = (of: ValueId, window: object): ValueId =>
    node.channelsLast(of, (v) => node.emit('MaxPool2d', [v], { ...window, ceilMode }));
  return node.rank(x) === 5 ? poolVolume(node, x, pool) : pool(x, poolWindow(node, x));
}

function checkUndilated(node: NodeImport, dilations: readonly number[]): void {
  if (dilations.some((d) => d !== 1)) throw node.unsupported('dilations', 'dilations of 1');
}

/** A window over the whole image is a mean, which keeps the bits of quantised models where scales differ. */
export function averagePool(node: NodeImport, x: ValueId): ValueId {
  const counting = {
    ceilMode: node.attrs.flag('ceil_mode', false),
    countIncludePad: node.attrs.flag('count_include_pad', false),
  };
  if (node.rank(x) === 5)
    return poolVolume(node, x, (of, { dilations, ...window }) => {
      checkUndilated(node, dilations);
      return node.channelsLast(of, (v) => node.emit('AveragePool2d', [v], { ...window, ...counting }));
    });
  const size = spatialSize(node.shape(x));
  const { kernel, strides, pads, dilations } = poolWindow(node, x);
  checkUndilated(node, dilations);
  if (sameShape(kernel, size) && pads.every((p) => p === 0)) return globalPool(node, x, 'ReduceMean');
  const attrs = {
    kernel,
    strides,
    pads,
    ...counting,
  };
  return node.channelsLast(x, (v) => node.emit('AveragePool2d', [v], attrs));
}

/** Reduces all axes behind the channels. */
export function globalPool(node: NodeImport, x: ValueId, op: string): ValueId {
  const axes = node.shape(x).map((_, i) => i);
  return node.emit(op, [x], { axes: axes.slice(2), keepDims: true });
}

/** |x|^p, and the p-th root of its sum. */
function norm(node: NodeImport, sum: (x: ValueId) => ValueId): ValueId {
  const p = node.attrs.int('p', 2);
  if (p < 1) throw node.unsupported(`the norm ${p}`, '1 or more');
  const magnitude = node.emit('Abs', [node.input(0)]);
  if (p === 1) return sum(magnitude);
  return node.emit('Pow', [sum(node.emit('Pow', [magnitude, node.scalar(p)])), node.scalar(1 / p)]);
}

/** A sum over a window is a mean, its border counted, times the size of the window. */
function lpPool(node: NodeImport): ValueId {
  const x = node.input(0);
  const { kernel, strides, pads, dilations } = poolWindow(node, x);
  if (dilations.some((d) => d !== 1) || node.attrs.flag('ceil_mode', false))
    throw node.unsupported('dilations or ceil_mode', 'dilations of 1 and no ceil_mode');
  const attrs = { kernel, strides, pads, countIncludePad: true };
  return norm(node, (powers) => {
    const mean = node.channelsLast(powers, (v) => node.emit('AveragePool2d', [v], attrs));
    return node.emit('Mul', [mean, node.scalar(kernel[0] * kernel[1])]);
  });
}

export const poolingImporters: Importers = {
  MaxPool: maxPool,
  LpPool: lpPool,
  GlobalLpPool: (node) => norm(node, (powers) => globalPool(node, powers, 'ReduceSum')),
  AveragePool: (node) => averagePool(node, node.input(0)),
  GlobalAveragePool: (node) => globalPool(node, node.input(0), 'ReduceMean'),
  GlobalMaxPool: (node) => globalPool(node, node.input(0), 'ReduceMax'),
};
