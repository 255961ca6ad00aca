import type { Malformed } from '../malformed.ts';
import { boxes } from './boxes.ts';
import { container } from './container.ts';
import { graph } from './graph.ts';
import { operators } from './operators.ts';
import { quantisation } from './quantisation.ts';
import { volumes } from './volumes.ts';

export { soundTflite } from './sound.ts';

export const malformedTflite: readonly Malformed[] = [
  ...container,
  ...graph,
  ...operators,
  ...quantisation,
  ...boxes,
  ...volumes,
];
