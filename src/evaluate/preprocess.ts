import { EdgecError, type QuantParams, type TensorType, type TypedArray, tensor } from '../core/index.ts';
import { describedBy, type InputPort } from './contract.ts';
import { mismatch } from './data-source.ts';
import type { Part, Sample } from './dataset.ts';
import type { Preprocessing } from './dataset-spec.ts';
import { movedElements, moveTo, pictureInput } from './layout.ts';
import { withChannels } from './picture.ts';
import { resizePixels } from './resize-picture.ts';

type Input = Pick<TensorType, 'dtype' | 'shape' | 'quant'>;

interface Stored {
  readonly data: ArrayLike<number | bigint>;
  readonly shape: readonly number[];
}

/**
 * The real values that the model's input stands for: pictures fitted to it, then `scale·(x − zeroPoint)`, then
 * `(x − mean) / std`, then the layout of the input. Throws E_DATA_SHAPE.
 */
export function realInput(part: Part, inputType: Input): Float32Array {
  const sample = described(part, inputType);
  const fitted = fitPicture(sample, inputType);
  const move = moveTo(fitted.shape, inputType.shape, sample.info.layout, sample.where);
  return movedElements(realValues(fitted, sample.info, sample.where), fitted.shape, move);
}

/**
 * The elements to hand to a session, in the dtype of its input. A quantised input gets `realInput` quantised by its own
 * parameters; bytes that are stored with those same parameters pass unchanged.
 */
export function modelInput(part: Part, inputType: Input): TypedArray {
  const sample = described(part, inputType);
  if (passesThrough(sample, inputType)) {
    const move = moveTo(sample.input.shape, inputType.shape, sample.info.layout, sample.where);
    return movedElements(sample.input.data as Int8Array, sample.input.shape, move);
  }
  return quantizeInput(realInput(sample, inputType), inputType);
}

const described = (part: Part, inputType: Input): Part => ({
  ...part,
  info: describedBy(part.info, part.input.dtype, inputType),
});

/** What a sample hands to each input, in their order: arrays by the inputs' names where there are several. */
export function modelInputs(sample: Sample, ports: readonly InputPort[]): TypedArray[] {
  if (ports.length === 1) return [modelInput(sample, ports[0].type)];
  return ports.map(({ name, type }) => modelInput(sample.part(name), type));
}

/** Real values in the dtype of an input: quantised where it has parameters, else rounded to even and clamped. */
export function quantizeInput(real: Float32Array, { dtype, quant, shape }: Input): TypedArray {
  if (dtype === 'float32') return real;
  const out = tensor(dtype, shape).data;
  const range = ranges[dtype];
  const { scale, zeroPoint } = wholeParams(quant);
  for (let i = 0; i < real.length; i++) {
    const value = roundToEven(Math.fround(real[i] / scale)) + zeroPoint;
    const clamped = Math.max(range[0], Math.min(range[1], Number.isNaN(value) ? zeroPoint : value));
    out[i] = dtype === 'int64' ? BigInt(clamped) : clamped;
  }
  return out;
}

const ranges = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32_768, 32_767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  bool: [0, 1],
} as const;

function wholeParams(quant: QuantParams | undefined): { scale: number; zeroPoint: number } {
  if (quant && quant.scale.length !== 1) {
    throw new EdgecError('E_TENSOR_DTYPE', 'an input quantised per channel', {
      expected: 'one scale',
      found: `${quant.scale.length}`,
    });
  }
  return { scale: Math.fround(quant?.scale[0] ?? 1), zeroPoint: quant?.zeroPoint[0] ?? 0 };
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function passesThrough({ input, info }: Part, { dtype, quant }: Input): boolean {
  return (
    (dtype === 'int8' || dtype === 'uint8') &&
    input.dtype === dtype &&
    !info.picture &&
    info.resize === undefined &&
    info.mean === undefined &&
    info.std === undefined &&
    quant?.scale.length === 1 &&
    Math.fround(info.scale ?? 1) === Math.fround(quant.scale[0]) &&
    (info.zeroPoint ?? 0) === quant.zeroPoint[0]
  );
}

function fitPicture(sample: Part, { shape }: Input): Stored {
  const { input, info, where } = sample;
  if (!info.picture && info.resize === undefined) return input;
  if (input.shape.length !== 3 || info.layout === 'NCHW' || input.dtype === 'int64') {
    throw mismatch('pictures [height, width, channels] to resize', `[${input.shape}] ${input.dtype}`, where);
  }
  const [height, width] = input.shape;
  const stored = { height, width, channels: input.shape[2], data: input.data as ArrayLike<number> };
  const pixels = info.picture ? { ...stored, ...withModelChannels(sample, shape) } : stored;
  const fit = info.resize ?? { ...pictureInput(shape, where), fit: 'stretch', method: 'bilinear' };
  const fitted = resizePixels(pixels, fit, where);
  return { data: fitted.data, shape: [fitted.height, fitted.width, fitted.channels] };
}

function withModelChannels({ input, where }: Part, shape: readonly number[]) {
  const [height, width, channels] = input.shape;
  const picture = { height, width, channels: channels as 1 | 3, data: input.data as Uint8Array };
  return withChannels(picture, pictureInput(shape, where).channels);
}

function realValues({ data, shape }: Stored, info: Preprocessing, where: string): Float32Array {
  const { scale = 1, zeroPoint = 0 } = info;
  const { channels, inner } = channelsOf(shape, info);
  const mean = perChannel(info.mean ?? 0, channels, where);
  const std = perChannel(info.std ?? 1, channels, where);
  const real = new Float32Array(data.length);
  for (let i = 0; i < real.length; i++) {
    const c = Math.floor(i / inner) % channels;
    real[i] = (scale * (Number(data[i]) - zeroPoint) - mean[c]) / std[c];
  }
  return real;
}

/** Channels stand last, or first in NCHW and where only the first axis has as many entries as `mean` or `std`. */
function channelsOf(
  shape: readonly number[],
  { layout, mean, std }: Preprocessing,
): { channels: number; inner: number } {
  const last = shape[shape.length - 1] ?? 1;
  if (shape.length < 3) return { channels: last, inner: 1 };
  const [first, height, width] = shape.slice(-3);
  const entries = Array.isArray(mean) ? mean.length : Array.isArray(std) ? std.length : last;
  const leads = layout === 'NCHW' || (layout === undefined && entries !== last && entries === first);
  return leads ? { channels: first, inner: height * width } : { channels: last, inner: 1 };
}

function perChannel(value: number | readonly number[], channels: number, where: string): readonly number[] {
  if (typeof value === 'number') return new Array<number>(channels).fill(value);
  if (value.length !== channels)
    throw mismatch(`mean and std of ${channels} channels`, `${value.length}`, where);
  return value;
}
