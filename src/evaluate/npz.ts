import { readNpy, writeNpy } from './npy.ts';
import type { StoredTensor } from './stored-array.ts';
import { readZip, writeZip } from './zip.ts';

/** The arrays of an .npz file by name, in the order of the file. Throws E_DATA_FORMAT. */
export function readNpz(bytes: Uint8Array, where: string): Map<string, StoredTensor> {
  const arrays = new Map<string, StoredTensor>();
  for (const member of readZip(bytes, where)) {
    if (!member.name.endsWith('.npy')) continue;
    arrays.set(member.name.slice(0, -4), readNpy(member.bytes, `${where}: ${member.name}`));
  }
  return arrays;
}

/** The bytes of an .npz file; members are stored, or deflated with `compress`. */
export function writeNpz(arrays: Iterable<readonly [string, StoredTensor]>, compress = false): Buffer {
  const members = Array.from(arrays, ([name, array]) => ({ name: `${name}.npy`, bytes: writeNpy(array) }));
  return writeZip(members, compress);
}
