import { EdgecError, f32 } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

const coordinateModes: Readonly<Record<string, string>> = {
  half_pixel: 'halfPixel',
  asymmetric: 'asymmetric',
  align_corners: 'alignCorners',
  pytorch_half_pixel: 'pytorchHalfPixel',
};

const nearestModes: Readonly<Record<string, string>> = {
  round_prefer_floor: 'roundPreferFloor',
  round_prefer_ceil: 'roundPreferCeil',
  floor: 'floor',
  ceil: 'ceil',
};

function named(
  node: NodeImport,
  table: Readonly<Record<string, string>>,
  key: string,
  fallback: string,
): string {
  const given = node.attrs.string(key, fallback);
  const found = Object.hasOwn(table, given) ? table[given] : undefined;
  if (found) return found;
  throw node.unsupported(`${key} '${given}'`, Object.keys(table).join(', '));
}

/** Factors and sizes of all axes: sizes where given, else floor(size · scale). */
function extent(
  node: NodeImport,
  shape: readonly number[],
  scales: readonly number[],
  sizes?: readonly number[],
): { scales: number[]; sizes: number[] } {
  const axes = node.attrs.has('axes')
    ? node.attrs.ints('axes').map((a) => node.axis(a, shape.length))
    : shape.map((_, i) => i);
  const given = sizes ?? scales;
  if (given.length !== axes.length || given.some((v) => !(v > 0) || v > 2 ** 30)) {
    throw new EdgecError('E_OP_SHAPE', `${node.op} needs a positive size or scale for each axis`, {
      expected: `${axes.length} values`,
      found: `[${given}]`,
      where: node.name,
    });
  }
  const all = { scales: shape.map(() => 1), sizes: [...shape] };
  axes.forEach((axis, i) => {
    all.scales[axis] = sizes ? f32(sizes[i] / shape[axis]) : scales[i];
    all.sizes[axis] = sizes ? sizes[i] : Math.floor(shape[axis] * scales[i]);
  });
  return all;
}

interface Sampling {
  mode: string;
  coordinates: string;
  nearest: string;
}

function resample(
  node: NodeImport,
  scales: readonly number[],
  sizes: readonly number[] | undefined,
  sampling: Sampling,
): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const all = extent(node, shape, scales, sizes);
  if (all.sizes.every((s, i) => s === shape[i])) return x;
  if (all.sizes[0] !== shape[0] || all.sizes[1] !== shape[1])
    throw node.unsupported('a resized batch or channel axis');
  const spatial = (list: number[]): number[] => (list.length === 3 ? [1, list[2]] : list.slice(2));
  const attrs = { size: spatial(all.sizes), scales: spatial(all.scales), ...sampling };
  return node.channelsLast(x, (v) => node.emit('Resize', [v], attrs));
}

const modes: Readonly<Record<string, string>> = { nearest: 'nearest', linear: 'linear', cubic: 'cubic' };
const oldModes: Readonly<Record<string, string>> = {
  nearest: 'nearest',
  linear: 'linear',
  bilinear: 'linear',
};

function resize(node: NodeImport): ValueId {
  if (node.opset < 11) {
    return resample(node, node.numbersOf(1, 'scales'), undefined, {
      mode: named(node, oldModes, 'mode', 'nearest'),
      coordinates: 'asymmetric',
      nearest: 'floor',
    });
  }
  const policy = node.attrs.string('keep_aspect_ratio_policy', 'stretch');
  if (policy !== 'stretch') throw node.unsupported(`keep_aspect_ratio_policy '${policy}'`, 'stretch');
  if (node.attrs.flag('antialias', false)) throw node.unsupported('antialias');
  if (node.attrs.flag('exclude_outside', false)) throw node.unsupported('exclude_outside');
  const mode = named(node, modes, 'mode', 'nearest');
  if (mode === 'cubic' && node.attrs.float('cubic_coeff_a', -0.75) !== -0.75)
    throw node.unsupported('another cubic_coeff_a', '-0.75');
  const sizes = node.optionalNumbers(3, 'sizes');
  return resample(node, node.optionalNumbers(2, 'scales') ?? [], sizes?.length ? sizes : undefined, {
    mode,
    coordinates: named(node, coordinateModes, 'coordinate_transformation_mode', 'half_pixel'),
    nearest: named(node, nearestModes, 'nearest_mode', 'round_prefer_floor'),
  });
}

function upsample(node: NodeImport): ValueId {
  const scales = node.attrs.has('scales') ? node.attrs.floats('scales') : node.numbersOf(1, 'scales');
  return resample(node, scales, undefined, {
    mode: named(node, oldModes, 'mode', 'nearest'),
    coordinates: 'asymmetric',
    nearest: 'floor',
  });
}

export const resizeImporters: Importers = { Resize: resize, Upsample: upsample };
