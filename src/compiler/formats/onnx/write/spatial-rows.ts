import { EdgecError, f32, type QuantParams, tensor } from '../../../../core/index.ts';
import { type Node, type ValueId, valueOf } from '../../../graph/index.ts';
import type { Emitter } from './emitter.ts';
import type { AttributeInput } from './protos.ts';
import type { Row, Rows } from './rows.ts';

const list = (node: Node, name: string): readonly number[] => node.attrs[name] as readonly number[];
const flag = (node: Node, name: string): { i: number } => ({ i: node.attrs[name] ? 1 : 0 });

/** The bias with the scale that the accumulator has: that of the input times that of the weights. */
export function biasOf(emitter: Emitter, node: Node): string[] {
  const [x, weight, bias] = node.inputs;
  if (bias === undefined) return [];
  const xq = emitter.type(x as ValueId).quant;
  const wq = emitter.type(weight as ValueId).quant;
  if (!xq || !wq) return [emitter.parameter(bias, [0])];
  const scale = wq.scale.map((s) => f32(xq.scale[0] * s));
  const zeroPoint = scale.map(() => 0);
  const quant: QuantParams = scale.length > 1 ? { scale, zeroPoint, axis: 0 } : { scale, zeroPoint };
  return [emitter.parameter(bias, [0], quant)];
}

/** A node on channels-first images. */
function onImages(
  emitter: Emitter,
  node: Node,
  op: string,
  extra: string[],
  attrs: Readonly<Record<string, AttributeInput>>,
): void {
  const y = emitter.emit(op, [emitter.real(node.inputs[0] as ValueId, 'first'), ...extra], attrs, node.name);
  emitter.result(node.outputs[0], 'first', emitter.clamped(node, y));
}

const windowAttrs = (node: Node): Record<string, AttributeInput> => ({
  strides: list(node, 'strides'),
  pads: list(node, 'pads'),
  dilations: list(node, 'dilations'),
});

const convolution =
  (op: string, perm: readonly number[], groupOf: (emitter: Emitter, node: Node) => number): Row =>
  (emitter, node) => {
    if (node.inputs[3] !== undefined)
      throw new EdgecError('E_OP_UNSUPPORTED', `${node.op} with a fused sum cannot be written to ONNX`, {
        where: node.name,
      });
    const weight = node.inputs[1] as ValueId;
    const [, height, width] = emitter.shape(weight);
    const attrs: Record<string, AttributeInput> = {
      ...windowAttrs(node),
      kernel_shape: [height, width],
      group: { i: groupOf(emitter, node) },
    };
    if (op === 'ConvTranspose') attrs.output_padding = list(node, 'outputPads');
    onImages(emitter, node, op, [emitter.parameter(weight, perm), ...biasOf(emitter, node)], attrs);
  };

const modes: Readonly<Record<string, string>> = {
  halfPixel: 'half_pixel',
  asymmetric: 'asymmetric',
  alignCorners: 'align_corners',
  pytorchHalfPixel: 'pytorch_half_pixel',
  roundPreferFloor: 'round_prefer_floor',
  roundPreferCeil: 'round_prefer_ceil',
  floor: 'floor',
  ceil: 'ceil',
};

function resize(emitter: Emitter, node: Node): void {
  const [n, h, w, c] = emitter.shape(node.inputs[0] as ValueId);
  const [height, width] = list(node, 'size');
  const scales = list(node, 'scales');
  const bySize = Math.floor(h * scales[0]) !== height || Math.floor(w * scales[1]) !== width;
  const factors = tensor('float32', bySize ? [0] : [4], bySize ? [] : [1, 1, scales[0], scales[1]]);
  const name = valueOf(emitter.graph, node.outputs[0]).name;
  const sizes = bySize ? [emitter.int64s(`${name}_sizes`, [n, c, height, width])] : [];
  onImages(emitter, node, 'Resize', ['', emitter.initializer(`${name}_scales`, factors), ...sizes], {
    mode: node.attrs.mode as string,
    coordinate_transformation_mode: modes[node.attrs.coordinates as string],
    nearest_mode: modes[node.attrs.nearest as string],
  });
}

export const spatialRows: Rows = {
  Conv2d: convolution('Conv', [0, 3, 1, 2], (_, node) => node.attrs.group as number),
  DepthwiseConv2d: convolution(
    'Conv',
    [3, 0, 1, 2],
    (emitter, node) => emitter.shape(node.inputs[0] as ValueId)[3],
  ),
  TransposeConv2d: convolution('ConvTranspose', [3, 0, 1, 2], () => 1),
  MaxPool2d: (emitter, node) =>
    onImages(emitter, node, 'MaxPool', [], {
      ...windowAttrs(node),
      kernel_shape: list(node, 'kernel'),
      ceil_mode: flag(node, 'ceilMode'),
    }),
  AveragePool2d: (emitter, node) =>
    onImages(emitter, node, 'AveragePool', [], {
      kernel_shape: list(node, 'kernel'),
      strides: list(node, 'strides'),
      pads: list(node, 'pads'),
      ceil_mode: flag(node, 'ceilMode'),
      count_include_pad: flag(node, 'countIncludePad'),
    }),
  Resize: resize,
  DepthToSpace: (emitter, node) =>
    onImages(emitter, node, 'DepthToSpace', [], {
      blocksize: { i: node.attrs.blockSize as number },
      mode: node.attrs.mode as string,
    }),
  SpaceToDepth: (emitter, node) =>
    onImages(emitter, node, 'SpaceToDepth', [], { blocksize: { i: node.attrs.blockSize as number } }),
  LRN: (emitter, node) =>
    onImages(emitter, node, 'LRN', [], {
      size: { i: node.attrs.size as number },
      alpha: { f: node.attrs.alpha as number },
      beta: { f: node.attrs.beta as number },
      bias: { f: node.attrs.bias as number },
    }),
};
