import type { Malformed } from '../malformed.ts';
import { arithmetic } from './arithmetic.ts';
import { attention } from './attention.ts';
import { boxes } from './boxes.ts';
import { moving } from './moving.ts';
import { norms } from './norms.ts';
import { quantisation } from './quantisation.ts';
import { recurrent } from './recurrent.ts';
import { samples } from './samples.ts';
import { spectra } from './spectra.ts';
import { windows } from './windows.ts';

export const operatorsOfOnnx: readonly Malformed[] = [
  ...windows,
  ...moving,
  ...arithmetic,
  ...norms,
  ...recurrent,
  ...quantisation,
  ...boxes,
  ...samples,
  ...attention,
  ...spectra,
];
