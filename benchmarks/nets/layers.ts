import { Random, tensor } from 'edgec';
import { type Graph, GraphBuilder, type ValueId } from 'edgec/compiler';

interface ConvOptions {
  kernel?: readonly [number, number];
  stride?: number;
  /** Upper bound of the activation: 6, or no bound. Absent: linear. */
  relu?: number;
  /** Factor on the weights' deviation, below 1 for the last layer of a residual branch. */
  gain?: number;
}

/** Upper bounds of activations. */
export const relu = Number.POSITIVE_INFINITY;
export const relu6 = 6;

/** Builds a net layer by layer: He-scaled normal weights and small biases, all from one seed. */
export class Layers {
  readonly #builder = new GraphBuilder();
  readonly #random: Random;
  readonly #name: string;

  constructor(name: string, seed: number) {
    this.#name = name;
    this.#random = new Random(seed);
  }

  /** An image input as ONNX has it, channels first; what is returned is channels last. */
  image(channels: number, height: number, width: number): ValueId {
    const x = this.#builder.input('image', { dtype: 'float32', shape: [1, channels, height, width] });
    return this.#builder.add1('Transpose', [x], { perm: [0, 2, 3, 1] });
  }

  input(shape: readonly number[]): ValueId {
    return this.#builder.input('x', { dtype: 'float32', shape });
  }

  shape = (id: ValueId): readonly number[] => this.#builder.type(id).shape;

  conv(x: ValueId, channels: number, options: ConvOptions = {}): ValueId {
    const [kh, kw] = options.kernel ?? [1, 1];
    const depth = this.shape(x)[3];
    const weight = this.weights([channels, kh, kw, depth], kh * kw * depth, options);
    return this.#window('Conv2d', x, weight, channels, options);
  }

  depthwise(x: ValueId, options: ConvOptions = {}): ValueId {
    const [kh, kw] = options.kernel ?? [3, 3];
    const channels = this.shape(x)[3];
    const weight = this.weights([1, kh, kw, channels], kh * kw, options);
    return this.#window('DepthwiseConv2d', x, weight, channels, { kernel: [3, 3], ...options });
  }

  #window(op: string, x: ValueId, weight: ValueId, channels: number, options: ConvOptions): ValueId {
    const { kernel = [1, 1], stride = 1 } = options;
    const pads = samePads(this.shape(x), kernel, stride);
    const attrs = { strides: [stride, stride], pads, ...clamp(options) };
    return this.#builder.add1(op, [x, weight, this.#bias(channels)], attrs);
  }

  dense(x: ValueId, channels: number, options: Pick<ConvOptions, 'relu' | 'gain'> = {}): ValueId {
    const depth = this.shape(x).at(-1) as number;
    const weight = this.weights([channels, depth], depth, options);
    return this.#builder.add1('FullyConnected', [x, weight, this.#bias(channels)], clamp(options));
  }

  maxPool(x: ValueId, size: number, stride: number, padded: boolean): ValueId {
    const pads = padded ? samePads(this.shape(x), [size, size], stride) : [0, 0, 0, 0];
    return this.#builder.add1('MaxPool2d', [x], { kernel: [size, size], strides: [stride, stride], pads });
  }

  /** Mean over height and width, as a matrix. */
  globalPool(x: ValueId): ValueId {
    return this.apply('ReduceMean', [x], { axes: [1, 2], keepDims: false });
  }

  apply(
    op: string,
    inputs: readonly ValueId[],
    attrs: Record<string, number | boolean | readonly number[]> = {},
  ): ValueId {
    return this.#builder.add1(op, inputs, attrs);
  }

  add(a: ValueId, b: ValueId, activation?: number): ValueId {
    return this.#builder.add1('Add', [a, b], clamp({ relu: activation }));
  }

  weights(shape: readonly number[], fanIn: number, { relu, gain = 1 }: ConvOptions): ValueId {
    const deviation = gain * Math.sqrt((relu === undefined ? 1 : 2) / fanIn);
    return this.#constant('weight', shape, () => this.#random.normal(0, deviation));
  }

  scalar(value: number): ValueId {
    return this.#constant('scalar', [], () => value);
  }

  #bias = (channels: number): ValueId =>
    this.#constant('bias', [channels], () => this.#random.normal(0, 0.1));

  #constant(kind: string, shape: readonly number[], draw: () => number): ValueId {
    const count = shape.reduce((n, d) => n * d, 1);
    return this.#builder.constant(kind, tensor('float32', shape, Float32Array.from({ length: count }, draw)));
  }

  build(output: ValueId): Graph {
    this.#builder.rename(output, 'scores');
    this.#builder.output(output);
    return this.#builder.build(this.#name, 'canonical', { format: 'generated', ops: {}, notes: [] });
  }
}

const clamp = ({ relu }: ConvOptions): Record<string, number> =>
  relu === undefined ? {} : { clampMin: 0, clampMax: relu };

/** Borders [top, left, bottom, right] that give ⌈size / stride⌉ outputs, the odd one at the end. */
function samePads(
  [, height, width]: readonly number[],
  [kh, kw]: readonly [number, number] | readonly number[],
  stride: number,
): number[] {
  const total = (size: number, kernel: number): number =>
    Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const [high, wide] = [total(height, kh), total(width, kw)];
  return [high >> 1, wide >> 1, high - (high >> 1), wide - (wide >> 1)];
}
