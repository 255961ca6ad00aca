import type { Node } from '../../../graph/index.ts';
import type { Emitter } from './emitter.ts';

/** Writes one node of the graph. */
export type Row = (emitter: Emitter, node: Node) => void;
export type Rows = Readonly<Record<string, Row>>;
