import { checkSequence, counting, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

/** Modes as their op calls them, by their names of opset 16 and of opset 20. */
const modes: Readonly<Record<string, string>> = {
  bilinear: 'linear',
  linear: 'linear',
  nearest: 'nearest',
  bicubic: 'cubic',
  cubic: 'cubic',
};
const paddings = ['zeros', 'border', 'reflection'];

function gridSample(node: NodeImport): ValueId {
  const [x, grid] = [node.input(0), node.input(1)];
  if (node.rank(x) !== 4) throw node.unsupported(`an operand of rank ${node.rank(x)}`, 'images of rank 4');
  const given = node.attrs.string('mode', 'linear');
  const padding = node.attrs.string('padding_mode', 'zeros');
  if (!Object.hasOwn(modes, given)) throw node.unsupported(`mode '${given}'`, Object.keys(modes).join(', '));
  if (!paddings.includes(padding)) throw node.unsupported(`padding_mode '${padding}'`, paddings.join(', '));
  const attrs = { mode: modes[given], padding, alignCorners: node.attrs.flag('align_corners', false) };
  return node.channelsLast(x, (image) => node.emit('GridSample', [image, grid], attrs));
}

/** Before opset 16, regions are not moved by half a pixel. */
function roiAlign(node: NodeImport): ValueId {
  const x = node.input(0);
  if (node.rank(x) !== 4) throw node.unsupported(`an operand of rank ${node.rank(x)}`, 'images of rank 4');
  const coordinates = node.attrs.string(
    'coordinate_transformation_mode',
    node.opset < 16 ? 'output_half_pixel' : 'half_pixel',
  );
  if (coordinates !== 'half_pixel' && coordinates !== 'output_half_pixel')
    throw node.unsupported(`coordinate_transformation_mode '${coordinates}'`);
  const attrs = {
    size: [node.attrs.int('output_height', 1), node.attrs.int('output_width', 1)],
    samplingRatio: node.attrs.int('sampling_ratio', 0),
    spatialScale: node.attrs.float('spatial_scale', 1),
    mode: node.attrs.string('mode', 'avg'),
    halfPixel: coordinates === 'half_pixel',
  };
  return node.channelsLast(x, (image) => node.emit('RoiAlign', [image, node.input(1), node.input(2)], attrs));
}

/** Positions of pixels from −1 to 1: of their centres, or of the first and the last one. */
const positions = (count: number, align: boolean): number[] =>
  counting(count).map((i) =>
    align ? (count === 1 ? 0 : (2 * i) / (count - 1) - 1) : (2 * i + 1) / count - 1,
  );

/** Where the pixels of an image of a known size come from. */
function affineGrid(node: NodeImport): ValueId {
  const size = node.numbersOf(1, 'a size');
  if (size.length !== 4) throw node.unsupported(`a size of ${size.length} numbers`, 'that of images');
  const [batch, , rows, columns] = size;
  const align = node.attrs.flag('align_corners', false);
  const [down, across] = [positions(rows, align), positions(columns, align)];
  checkSequence(3 * rows * columns, node.name);
  const places = down.flatMap((y) => across.flatMap((x) => [x, y, 1]));
  const base = node.addConstant(tensor('float32', [rows * columns, 3], places));
  const moved = node.emit('MatMul', [base, node.transpose(node.input(0), [0, 2, 1])]);
  return node.reshape(moved, [batch, rows, columns, 2]);
}

export const samplingImporters: Importers = {
  AffineGrid: affineGrid,
  GridSample: gridSample,
  RoiAlign: roiAlign,
};
