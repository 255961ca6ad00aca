import { EdgecError } from '../../../core/index.ts';
import type { Table } from './flatbuffer.ts';

/** One level of a sparse tensor: all of its places, or for each place of the level above those that are stored. */
interface Level {
  readonly axis: number;
  readonly size: number;
  /** Of places that are stored: where those below each place above begin, and which they are. */
  readonly stored?: { readonly segments: ArrayLike<number>; readonly indices: ArrayLike<number> };
}

const misfit = (where: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_FORMAT_CORRUPT', 'the places of a sparse tensor do not fit it', {
    expected,
    found,
    where,
  });

/** The vector of a union of vectors of 32, 16 or 8 bits. */
function vectorOf(metadata: Table, slot: number, where: string): ArrayLike<number> {
  const [kind, table] = [metadata.uint8(slot), metadata.table(slot + 1)];
  if (kind === 1) return table?.int32s(0) ?? [];
  if (kind === 2) return table?.uint16s(0) ?? [];
  if (kind === 3) return table?.bytes(0) ?? [];
  throw misfit(where, 'vectors of 32, 16 or 8 bits', `kind ${kind}`);
}

/** Sizes of levels by their axis: of the axes of `shape` in blocks, then of the axes within blocks. */
function sizesOf(
  shape: readonly number[],
  blockAxes: readonly number[],
  levels: readonly Level[],
  where: string,
): number[] {
  const counts = [...shape];
  const sizes = blockAxes.map((axis, i) => {
    const level = levels.find((l) => l.axis === shape.length + i);
    const isBlock =
      level !== undefined && !level.stored && level.size >= 1 && counts[axis] % level.size === 0;
    if (!isBlock) throw misfit(where, 'dense blocks that divide their axis', `axis ${axis} of [${shape}]`);
    counts[axis] /= level.size;
    return level.size;
  });
  return [...counts, ...sizes];
}

function levelsOf(sparsity: Table, where: string): Level[] {
  const order = sparsity.int32s(0) ?? [];
  const metadata = sparsity.tables(2);
  const isOrder = [...order].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (order.length !== metadata.length || !isOrder)
    throw misfit(where, `an order of ${metadata.length} levels`, `[${order}]`);
  return metadata.map((level, i) => {
    if (level.int8(0) === 0) return { axis: order[i], size: level.int32(1) };
    const stored = { segments: vectorOf(level, 2, where), indices: vectorOf(level, 4, where) };
    return { axis: order[i], size: -1, stored };
  });
}

/** The bytes of a sparse tensor, zeros where none are stored. Throws E_FORMAT_CORRUPT where its places leave it. */
export function densified(
  sparsity: Table,
  shape: readonly number[],
  elementBytes: number,
  bytes: Uint8Array,
  where: string,
): Uint8Array {
  const levels = levelsOf(sparsity, where);
  const blockAxes = sparsity.int32s(1) ?? [];
  if (blockAxes.length > shape.length || levels.length !== shape.length + blockAxes.length)
    throw misfit(where, `${shape.length} levels and one for each block`, `${levels.length}`);
  const sizes = sizesOf(shape, blockAxes, levels, where);
  const out = new Uint8Array(shape.reduce((n, d) => n * d, elementBytes));
  const at = new Array<number>(levels.length).fill(0);
  let taken = 0;
  const store = (): void => {
    const place = shape.map((_, axis) => at[axis]);
    blockAxes.forEach((axis, i) => {
      place[axis] = place[axis] * sizes[shape.length + i] + at[shape.length + i];
    });
    const to = place.reduce((offset, p, axis) => offset * shape[axis] + p, 0) * elementBytes;
    if (taken + elementBytes > bytes.length)
      throw misfit(where, `${taken + elementBytes} bytes`, `${bytes.length}`);
    out.set(bytes.subarray(taken, taken + elementBytes), to);
    taken += elementBytes;
  };
  const visit = (depth: number, above: number): void => {
    if (depth === levels.length) return store();
    const { axis, size, stored } = levels[depth];
    if (!stored) {
      if (size !== sizes[axis]) throw misfit(where, `${sizes[axis]} places of axis ${axis}`, `${size}`);
      for (let i = 0; i < size; i++) {
        at[axis] = i;
        visit(depth + 1, above * size + i);
      }
      return;
    }
    const [first, end] = [stored.segments[above], stored.segments[above + 1]];
    if (!(first >= 0 && end >= first && end <= stored.indices.length))
      throw misfit(where, `segments within ${stored.indices.length} places`, `${first} to ${end}`);
    for (let i = first; i < end; i++) {
      const index = stored.indices[i];
      if (!(index >= 0 && index < sizes[axis]))
        throw misfit(where, `places below ${sizes[axis]}`, `${index}`);
      at[axis] = index;
      visit(depth + 1, i);
    }
  };
  visit(0, 0);
  return out;
}
