import { EdgecError } from '../core/index.ts';
import { formats } from './formats/index.ts';
import type { Graph } from './graph/index.ts';

export interface WriteOptions {
  /** How int8 activations appear in ONNX: u8 runs in integers everywhere, s8 on request. */
  activations?: 'u8' | 's8';
}

/** `graph`, in float or with int8 types, as the bytes of an interchange format. */
export function writeFormat(graph: Graph, name: string, options: WriteOptions = {}): Uint8Array {
  const format = formats.find((f) => f.name === name);
  if (!format || !('write' in format)) {
    throw new EdgecError('E_FORMAT_UNKNOWN', `no format that can be written is called '${name}'`, {
      expected: formats.flatMap((f) => ('write' in f ? f.name : [])).join(' or '),
    });
  }
  return format.write(graph, options);
}
