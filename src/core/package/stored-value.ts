import { isStorable, maxRank } from '../limits.ts';
import { dtypes, type QuantParams, type TensorType } from '../tensor.ts';
import { corrupt } from './container.ts';
import { type Panels, panelsFit } from './panels.ts';
import { type WindowShape, windowsFit } from './windows.ts';
import { type WinogradSide, winogradFits } from './winograd.ts';
import type { WordReader } from './word-reader.ts';

/** A value as the graph section has it. `offset` is the place of a constant in the data section. */
export interface StoredValue {
  readonly type: TensorType;
  readonly offset?: number;
  readonly panels?: Panels;
  readonly windows?: WindowShape;
  readonly winograd?: WinogradSide;
  /** The place of the index of windows, or of what is transformed. */
  readonly beside?: number;
}

/** What stands behind the shape of a value. */
export const storedAs = {
  computed: 0,
  rowMajor: 1,
  panels: 2,
  winograd: 3,
  windows: 4,
  filteredPanels: 5,
} as const;

function readQuant(r: WordReader): QuantParams | undefined {
  const count = r.next();
  if (count === 0) return undefined;
  if (count < 0) throw r.fail('negative count of scales');
  const axis = r.next();
  const scale = Array.from(new Float32Array(r.slice(count).slice().buffer));
  const zeroPoint = Array.from(r.slice(count));
  return axis < 0 ? { scale, zeroPoint } : { scale, zeroPoint, axis };
}

const readPanels = (r: WordReader): Panels => ({ groups: r.next(), runs: r.next(), unit: r.next() });
const readWindows = (r: WordReader): WindowShape => ({
  groups: r.next(),
  runs: r.next(),
  zeroPoint: r.next(),
  count: r.next(),
  width: r.next(),
});

/** Reads a value. Throws E_PACKAGE_CORRUPT. */
export function readValue(r: WordReader): StoredValue {
  const dtype = dtypes[r.next()];
  const rank = r.next();
  if (!dtype || rank < 0 || rank > maxRank) throw r.fail('bad type of a value');
  const shape = Array.from(r.slice(rank));
  if (!isStorable(shape)) throw r.fail('bad shape of a value');
  const stored = r.next();
  if (stored < storedAs.computed || stored > storedAs.filteredPanels) throw r.fail('bad mark of a constant');
  const offset = stored === storedAs.computed ? undefined : r.long();
  const inPanels = stored === storedAs.panels || stored === storedAs.filteredPanels;
  const panels = inPanels ? readPanels(r) : undefined;
  if (panels && !panelsFit({ dtype, shape }, panels)) throw r.fail('panels do not fit a value');
  const windows = stored === storedAs.windows ? readWindows(r) : undefined;
  if (windows && !windowsFit({ dtype, shape }, windows)) throw r.fail('windows do not fit a value');
  const filtered = stored === storedAs.winograd || stored === storedAs.filteredPanels;
  const winograd = filtered ? r.next() : undefined;
  if (winograd !== undefined && !winogradFits({ dtype, shape }, winograd, panels))
    throw r.fail('transformed weights do not fit a value');
  const beside = stored === storedAs.windows || stored === storedAs.winograd ? r.long() : undefined;
  const quant = readQuant(r);
  const type: TensorType = quant ? { dtype, shape, quant } : { dtype, shape };
  return {
    type,
    ...(offset !== undefined && { offset }),
    ...(panels && { panels }),
    ...(windows && { windows }),
    ...(winograd && { winograd }),
    ...(beside !== undefined && { beside }),
  };
}

/** Words behind the mark of how a value is stored, by that mark. */
const storageWords = [0, 2, 5, 5, 9, 6] as const;

/** At most so many words of a value stand up to the count of its scales. */
const leadWords = 2 + maxRank + 1 + Math.max(...storageWords) + 1;

const blockWords = 4096;

/**
 * Where each value of a graph section of so many words starts, and where the last one ends. `read` gives those from `first` to
 * below `end`, in `room` where it has to copy them: nothing that grows with the section is kept. Throws E_PACKAGE_CORRUPT. A single
 * loop: V8 optimises small functions that are called for every word, which takes more memory than the engine does.
 */
export function valueStarts(
  read: (first: number, end: number, room: Uint8Array) => Int32Array,
  words: number,
): number[] {
  if (words === 0) throw corrupt('the graph is empty');
  const room = new Uint8Array(4 * blockWords);
  let first = 0;
  let block = read(first, Math.min(blockWords, words), room);
  const [count] = block;
  const starts = [1];
  for (let i = 0, at = 1; i < count; i++) {
    if (at + leadWords > first + block.length && first + block.length < words) {
      first = at;
      block = read(first, Math.min(first + blockWords, words), room);
    }
    const rank = block[at - first + 1];
    const stored = at - first + 2 + rank;
    const quant = stored + 1 + storageWords[block[stored]];
    const scales = block[quant];
    at = first + quant + 1 + (scales === 0 ? 0 : 1 + 2 * scales);
    if (!(rank >= 0 && scales >= 0 && at <= words)) throw corrupt('the values of the graph end early');
    starts.push(at);
  }
  return starts;
}
