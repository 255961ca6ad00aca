import type { ReadOptions } from '../compiler/index.ts';
import { defaultLimits, EdgecError, type Limits } from '../core/index.ts';

/** The options of every verb that reads a model, as they are given. */
export interface ReadingOptions {
  shape?: string[];
  allow?: string[];
}

export const limitNames = Object.keys(defaultLimits) as (keyof Limits)[];

/** How a verb's options say that a model is read. Throws E_CLI_USAGE. */
export function readingOf({ shape = [], allow = [] }: ReadingOptions): ReadOptions {
  return {
    ...(shape.length > 0 && { shapes: Object.fromEntries(shape.map(parseShape)) }),
    ...(allow.length > 0 && { limits: Object.fromEntries(allow.map(parseLimit)) }),
  };
}

function parseShape(text: string): [string, number[]] {
  const split = text.lastIndexOf(':');
  const shape = text
    .slice(split + 1)
    .split('x')
    .map(Number);
  if (split < 1 || shape.some((d) => !Number.isInteger(d) || d < 1)) {
    throw new EdgecError('E_CLI_USAGE', 'a shape cannot be understood', {
      expected: 'name:1x3x224x224',
      found: text,
    });
  }
  return [text.slice(0, split), shape];
}

function parseLimit(text: string): [string, number] {
  const [name, value] = text.split('=');
  if (!(limitNames as string[]).includes(name) || !(Number(value) > 0)) {
    throw new EdgecError('E_CLI_USAGE', 'a limit cannot be understood', {
      expected: `${limitNames.join('=n, ')}=n`,
      found: text,
    });
  }
  return [name, Number(value)];
}
