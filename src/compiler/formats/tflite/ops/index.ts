import type { Reads } from '../import-context.ts';
import type { Writes } from '../write/emitter.ts';
import * as activation from './activation.ts';
import * as convolution from './convolution.ts';
import * as detection from './detection.ts';
import * as elementwise from './elementwise.ts';
import * as indexing from './indexing.ts';
import * as matrix from './matrix.ts';
import * as movement from './movement.ts';
import * as padding from './padding.ts';
import * as pooling from './pooling.ts';
import * as recurrent from './recurrent.ts';
import * as reduction from './reduction.ts';
import * as resize from './resize.ts';
import * as slicing from './slicing.ts';
import * as svdf from './svdf.ts';
import * as types from './types.ts';
import * as volumes from './volumes.ts';

/** Readers by the name of the builtin. */
export const reads: Reads = {
  ...activation.reads,
  ...convolution.reads,
  ...detection.reads,
  ...elementwise.reads,
  ...indexing.reads,
  ...matrix.reads,
  ...movement.reads,
  ...padding.reads,
  ...pooling.reads,
  ...recurrent.reads,
  ...reduction.reads,
  ...resize.reads,
  ...slicing.reads,
  ...svdf.reads,
  ...types.reads,
  ...volumes.reads,
};

/** Writers by the name of the op. */
export const writes: Writes = {
  ...activation.writes,
  ...convolution.writes,
  ...elementwise.writes,
  ...matrix.writes,
  ...movement.writes,
  ...padding.writes,
  ...pooling.writes,
  ...reduction.writes,
  ...resize.writes,
  ...slicing.writes,
  ...types.writes,
};
