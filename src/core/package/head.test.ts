import { expect, it } from 'vitest';
import { opByName } from '../ops/index.ts';
import { tensor } from '../tensor.ts';
import { type ByteSource, sourceOf } from './container.ts';
import { readHead } from './head.ts';
import { readPackage } from './read.ts';
import { samplePackage } from './sample-package.ts';

/** A package with so many inputs that its values take several blocks, some of which have more scales than a block has words. */
function largePackage(): Uint8Array {
  const inputs = Array.from({ length: 700 }, (_, i) => {
    const count = i % 300 === 299 ? 3000 : i % 7;
    const scale = Array.from({ length: count }, (_, k) => k + 1);
    const quant = count > 0 ? { scale, zeroPoint: scale.map(() => 0), axis: 1 } : undefined;
    return tensor('int8', [1, 1 + (i % 5)], undefined, quant);
  });
  return samplePackage(opByName('Concat'), { inputs, attrs: { axis: 1 } }).bytes;
}

/** Reads as from a file: into the room that is given. */
const copyingSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read(offset, size, room = new Uint8Array(size)) {
    const copy = room.subarray(0, size);
    copy.set(bytes.subarray(offset, offset + size));
    return copy;
  },
});

it('finds the ports of graphs of any length', () => {
  const bytes = largePackage();
  const { graph } = readPackage(bytes);
  const port = (id: number) => ({ name: graph.values[id].name, type: graph.values[id].type });
  for (const source of [sourceOf(bytes), copyingSource(bytes)]) {
    const head = readHead(source);
    expect(head.inputs).toEqual(graph.inputs.map(port));
    expect(head.outputs).toEqual(graph.outputs.map(port));
  }
});
