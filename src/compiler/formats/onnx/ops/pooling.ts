import { sameShape } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';
import { spatialSize, windowOf } from './windows.ts';

function maxPool(node: NodeImport): ValueId {
  const x = node.input(0);
  const window = windowOf(node, node.rank(x), spatialSize(node.shape(x)));
  const attrs = { ...window, ceilMode: node.attrs.flag('ceil_mode', false) };
  return node.channelsLast(x, (v) => node.emit('MaxPool2d', [v], attrs));
}

/** A window over the whole image is a mean, which keeps the bits of quantised models where scales differ. */
export function averagePool(node: NodeImport, x: ValueId): ValueId {
  const size = spatialSize(node.shape(x));
  const { kernel, strides, pads, dilations } = windowOf(node, node.rank(x), size);
  if (dilations.some((d) => d !== 1)) throw node.unsupported('dilations', 'dilations of 1');
  if (sameShape(kernel, size) && pads.every((p) => p === 0)) return globalPool(node, x, 'ReduceMean');
  const attrs = {
    kernel,
    strides,
    pads,
    ceilMode: node.attrs.flag('ceil_mode', false),
    countIncludePad: node.attrs.flag('count_include_pad', false),
  };
  return node.channelsLast(x, (v) => node.emit('AveragePool2d', [v], attrs));
}

/** Reduces all axes behind the channels. */
export function globalPool(node: NodeImport, x: ValueId, op: string): ValueId {
  const axes = node.shape(x).map((_, i) => i);
  return node.emit(op, [x], { axes: axes.slice(2), keepDims: true });
}

export const poolingImporters: Importers = {
  MaxPool: maxPool,
  AveragePool: (node) => averagePool(node, node.input(0)),
  GlobalAveragePool: (node) => globalPool(node, node.input(0), 'ReduceMean'),
  GlobalMaxPool: (node) => globalPool(node, node.input(0), 'ReduceMax'),
};
