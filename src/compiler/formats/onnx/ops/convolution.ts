import { EdgecError } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';
import { convolveVolume } from './volumes.ts';
import { spatialSize, type Window, windowOf } from './windows.ts';

/** Weights [A, B, L] as [A, B, 1, L]. */
function imageWeight(node: NodeImport, weight: ValueId): ValueId {
  const shape = node.shape(weight);
  return shape.length === 3 ? node.reshape(weight, [shape[0], shape[1], 1, shape[2]]) : weight;
}

function checkChannels(node: NodeImport, found: number, expected: number): void {
  if (found === expected) return;
  throw new EdgecError('E_OP_SHAPE', `weight of ${node.op} does not fit its input`, {
    expected: `${expected} channels`,
    found: `${found}`,
    where: node.name,
  });
}

function groupOf(node: NodeImport, channels: number, outputs: number): number {
  const group = node.attrs.int('group', 1);
  if (group >= 1 && channels % group === 0 && outputs % group === 0) return group;
  throw new EdgecError('E_OP_ATTRIBUTE', `group of ${node.op} does not divide its channels`, {
    expected: `a divisor of ${channels} and ${outputs}`,
    found: `${group}`,
    where: node.name,
  });
}

/** Conv of `x` [N, C, …] with `weight` [O, C/group, …]. */
export function convolve(node: NodeImport, x: ValueId, weight: ValueId, bias: ValueId | undefined): ValueId {
  const shape = node.shape(x);
  const kernel = node.shape(weight);
  if (kernel.length !== shape.length)
    throw new EdgecError('E_OP_SHAPE', 'weight of Conv has another rank', { where: node.name });
  if (shape.length === 5)
    return convolveVolume(node, x, weight, bias, (...images) => convolveWindow(node, ...images));
  const { strides, pads, dilations } = windowOf(node, shape.length, spatialSize(shape), kernel.slice(2));
  return convolveWindow(node, x, weight, bias, { strides, pads, dilations });
}

/** Conv of a signal or image by a window that is known. */
function convolveWindow(
  node: NodeImport,
  x: ValueId,
  weight: ValueId,
  bias: ValueId | undefined,
  { strides, pads, dilations }: Omit<Window, 'kernel'>,
): ValueId {
  const channels = node.shape(x)[1];
  const kernel = node.shape(weight);
  const group = groupOf(node, channels, kernel[0]);
  checkChannels(node, kernel[1], channels / group);
  const image = imageWeight(node, weight);
  if (group > 1 && group === channels) {
    const w = node.transpose(image, [1, 2, 3, 0]);
    return node.channelsLast(x, (v) =>
      node.emit('DepthwiseConv2d', [v, w, bias], { strides, pads, dilations }),
    );
  }
  const w = node.transpose(image, [0, 2, 3, 1]);
  return node.channelsLast(x, (v) => node.emit('Conv2d', [v, w, bias], { strides, pads, dilations, group }));
}

interface Transposed {
  pads: number[];
  outputPads: number[];
}

/** Explicit pads of a transposed convolution; output_shape and auto_pad decide them where given. */
function transposedPads(
  node: NodeImport,
  size: readonly [number, number],
  rank: number,
  w: Window,
): Transposed {
  const given = node.attrs.ints('output_padding', new Array<number>(rank - 2).fill(0));
  if (given.length !== rank - 2 || given.some((p) => p < 0)) {
    throw new EdgecError('E_OP_ATTRIBUTE', `output_padding of ${node.op} is not valid`, {
      expected: `${rank - 2} values of at least 0`,
      found: `[${given}]`,
      where: node.name,
    });
  }
  const outputPads = rank === 3 ? [0, given[0]] : [given[0], given[1]];
  const auto = node.attrs.string('auto_pad', 'NOTSET');
  const wanted = node.attrs.has('output_shape')
    ? node.attrs.ints('output_shape').slice(-(rank - 2))
    : undefined;
  if (!wanted && !auto.startsWith('SAME')) return { pads: [...w.pads], outputPads };
  const target = wanted ? (rank === 3 ? [1, wanted[0]] : wanted) : size.map((s, d) => s * w.strides[d]);
  const spans = [0, 1].map((d) => {
    const full = (size[d] - 1) * w.strides[d] + outputPads[d] + w.dilations[d] * (w.kernel[d] - 1) + 1;
    const total = full - target[d];
    if (total < 0) throw node.unsupported('an output_shape that needs more output padding');
    const less = Math.floor(total / 2);
    return auto === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
  });
  return { pads: [spans[0][0], spans[1][0], spans[0][1], spans[1][1]], outputPads };
}

function convTranspose(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const kernel = node.shape(node.input(1));
  const size = spatialSize(shape);
  const window = windowOf(node, shape.length, size, kernel.slice(2));
  if (node.attrs.int('group', 1) !== 1) throw node.unsupported('groups', 'group 1');
  checkChannels(node, kernel[0], shape[1]);
  const { pads, outputPads } = transposedPads(node, size, shape.length, window);
  const weight = node.transpose(imageWeight(node, node.input(1)), [1, 2, 3, 0]);
  const attrs = { strides: window.strides, pads, outputPads, dilations: window.dilations };
  return node.channelsLast(x, (v) => node.emit('TransposeConv2d', [v, weight, node.optional(2)], attrs));
}

export const convolutionImporters: Importers = {
  Conv: (node) => convolve(node, node.input(0), node.input(1), node.optional(2)),
  ConvTranspose: convTranspose,
};
