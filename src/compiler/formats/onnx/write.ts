import { EdgecError } from '../../../core/index.ts';
import type { Graph } from '../../graph/index.ts';

export interface OnnxWriteOptions {
  activations?: 'u8' | 's8';
}

export function writeOnnx(graph: Graph, _options: OnnxWriteOptions = {}): Uint8Array {
  throw new EdgecError('E_OP_UNSUPPORTED', `writing '${graph.name}' is not supported`);
}
