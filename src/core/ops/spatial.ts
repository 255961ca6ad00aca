import type { AttrSpec } from '../define-op.ts';
import { EdgecError } from '../errors.ts';
import { elementCount, type TensorType } from '../tensor.ts';

/** Attributes of everything that slides a window: pads are [top, left, bottom, right]. */
export const windowAttrs = {
  strides: { kind: 'ints', length: 2, default: [1, 1] },
  pads: { kind: 'ints', length: 4, default: [0, 0, 0, 0] },
  dilations: { kind: 'ints', length: 2, default: [1, 1] },
} as const satisfies Record<string, AttrSpec>;

/** Real bounds of a fused activation. */
export const clampAttrs = {
  clampMin: { kind: 'float', default: Number.NEGATIVE_INFINITY },
  clampMax: { kind: 'float', default: Number.POSITIVE_INFINITY },
} as const satisfies Record<string, AttrSpec>;

/** What an integer op that accumulates carries. */
export const accumulateAttrs = {
  inputZeroPoint: { kind: 'int' },
  weightZeroPoint: { kind: 'int', default: 0 },
  outputZeroPoint: { kind: 'int' },
  outputMin: { kind: 'int', default: -128 },
  outputMax: { kind: 'int', default: 127 },
} as const satisfies Record<string, AttrSpec>;

export interface Window {
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
}

const maxWindow = 2 ** 16;

const shapeError = (message: string, expected: string, found: string): EdgecError =>
  new EdgecError('E_OP_SHAPE', message, { expected, found });

/** The type of operand `port`, of rank `rank` when given. Throws E_OP_SHAPE. */
export function operand(type: TensorType | undefined, port: string, rank?: number): TensorType {
  if (!type) throw shapeError(`operand ${port} is missing`, port, 'nothing');
  if (rank !== undefined && type.shape.length !== rank) {
    throw shapeError(`operand ${port} has another rank`, `rank ${rank}`, `[${type.shape}]`);
  }
  return type;
}

/** Throws E_OP_SHAPE where a bias or multiplier is there without one entry for each output channel. */
export function checkChannels(type: TensorType | undefined, port: string, channels: number): void {
  if (type && (type.shape.length !== 1 || type.shape[0] !== channels)) {
    throw new EdgecError('E_OP_SHAPE', `${port} needs one entry a channel`, {
      expected: `[${channels}]`,
      found: `[${type.shape}]`,
      where: port,
    });
  }
}

/** Throws E_OP_SHAPE for weights without elements. */
export function checkWeights({ shape }: TensorType): void {
  if (elementCount(shape) > 0) return;
  throw new EdgecError('E_OP_SHAPE', 'there are no weights', { found: `[${shape}]`, where: 'weight' });
}

export function checkWindow(window: Window, kernel: readonly number[]): void {
  const positive = (v: number): boolean => v >= 1 && v <= maxWindow;
  if (![...window.strides, ...window.dilations, ...kernel].every(positive)) {
    throw shapeError(
      'strides, dilations and window sizes must be positive',
      '1 or more',
      JSON.stringify({ ...window, kernel }),
    );
  }
  if (!window.pads.every((p) => p >= 0 && p <= maxWindow)) {
    throw shapeError('pads must not be negative', '0 or more', `${window.pads}`);
  }
}

/** Height and width of what a window yields on [N, H, W, C]. `ceil` keeps a last partial window. */
export function windowOutput(
  shape: readonly number[],
  kernel: readonly number[],
  window: Window,
  ceil = false,
): number[] {
  checkWindow(window, kernel);
  return [0, 1].map((i) => {
    const padded = shape[1 + i] + window.pads[i] + window.pads[i + 2];
    const room = padded - (window.dilations[i] * (kernel[i] - 1) + 1);
    if (room < 0)
      throw shapeError('the window is larger than its padded input', `at most ${padded}`, `${kernel[i]}`);
    const steps = room / window.strides[i];
    if (!ceil) return Math.floor(steps) + 1;
    const size = Math.ceil(steps) + 1;
    return (size - 1) * window.strides[i] >= shape[1 + i] + window.pads[i] ? size - 1 : size;
  });
}

export const clampReal = (v: number, min: number, max: number): number => (v < min ? min : v > max ? max : v);
