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

export const samplingImporters: Importers = { GridSample: gridSample };
