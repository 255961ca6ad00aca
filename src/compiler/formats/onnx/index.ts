import { WireReader } from './proto/wire.ts';
import { readOnnx } from './read.ts';
import { writeOnnx } from './write/index.ts';

/** Whether the bytes begin like a ModelProto: legal fields up to the graph, and no other format's magic. */
function matches(bytes: Uint8Array): boolean {
  const reader = new WireReader(bytes);
  try {
    for (let fields = 0; fields < 64 && !reader.done; fields++) {
      const { field, wire } = reader.tag();
      if (field > 25) return false;
      if (field === 7) return wire === 2;
      reader.skip(wire);
    }
  } catch {
    return false;
  }
  return false;
}

export const onnxFormat = {
  name: 'onnx',
  extensions: ['.onnx'],
  matches,
  read: readOnnx,
  write: writeOnnx,
} as const;
