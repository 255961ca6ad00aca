import { counting, EdgecError, numbers, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

const mostEntries = 2 ** 24;

/** A transform of `length` points, complex or real, to `bins` complex ones. */
interface Transform {
  readonly length: number;
  readonly bins: number;
  readonly isComplex: boolean;
  readonly inverse: boolean;
}

/** The matrix of a transform: a row for each real number of a point, a column for each of a bin. Throws E_LIMIT_EXCEEDED. */
function matrixOf(node: NodeImport, { length, bins, isComplex, inverse }: Transform): ValueId {
  const parts = isComplex ? 2 : 1;
  const [rows, columns] = [length * parts, bins * 2];
  if (!(rows * columns <= mostEntries)) {
    throw new EdgecError('E_LIMIT_EXCEEDED', 'a transform has too many points', {
      expected: `at most ${mostEntries} products`,
      found: `${rows} × ${columns}`,
      where: node.name,
    });
  }
  const sign = inverse ? 1 : -1;
  const scale = inverse ? 1 / length : 1;
  const entries = new Float32Array(rows * columns);
  for (let n = 0; n < length; n++)
    for (let k = 0; k < bins; k++) {
      const angle = (2 * Math.PI * ((n * k) % length)) / length;
      const [cos, sin] = [scale * Math.cos(angle), scale * sign * Math.sin(angle)];
      entries.set([cos, sin], n * parts * columns + 2 * k);
      if (isComplex) entries.set([-sin, cos], (n * parts + 1) * columns + 2 * k);
    }
  return node.addConstant(tensor('float32', [rows, columns], entries));
}

const binsOf = (length: number, onesided: boolean): number =>
  onesided ? Math.floor(length / 2) + 1 : length;

/** The discrete Fourier transform along an axis of points, the last axis being their real and imaginary parts. */
function dft(node: NodeImport): ValueId {
  const given = node.input(0);
  const shape = node.shape(given);
  const rank = shape.length;
  const axis = node.axis(
    node.opset < 20 ? node.attrs.int('axis', 1) : (node.optionalScalar(2, 'an axis') ?? -2),
    rank,
  );
  const parts = shape[rank - 1];
  const isComplex = parts === 2;
  const onesided = node.attrs.flag('onesided', false);
  const inverse = node.attrs.flag('inverse', false);
  if (axis === rank - 1 || (parts !== 1 && !isComplex) || (onesided && (isComplex || inverse)))
    throw node.unsupported(`points of [${shape}] along axis ${axis}`);
  const length = node.optionalScalar(1, 'dft_length') ?? shape[axis];
  if (!(length >= 1)) throw node.unsupported(`${length} points`, '1 or more');
  const bins = binsOf(length, onesided);
  const pads = new Array<number>(2 * rank).fill(0);
  pads[axis + rank] = length - shape[axis];
  const points = pads[axis + rank] === 0 ? given : node.emit('Pad', [given], { pads });
  const others = shape.map((_, i) => i).filter((i) => i !== axis && i !== rank - 1);
  const perm = [...others, axis, rank - 1];
  const lengths = others.map((i) => shape[i]);
  const rows = node.reshape(node.transpose(points, perm), [...lengths, length * parts]);
  const made = node.emit('MatMul', [rows, matrixOf(node, { length, bins, isComplex, inverse })]);
  const back = shape.map((_, i) => perm.indexOf(i));
  return node.transpose(node.reshape(made, [...lengths, bins, 2]), back);
}

/** Spectra of frames of a signal, each weighed by a window. */
function stft(node: NodeImport): ValueId {
  const signal = node.input(0);
  const [batch, samples, parts = 1] = node.shape(signal);
  if (parts !== 1) throw node.unsupported('a complex signal', 'a real one');
  const [step] = node.numbersOf(1, 'frame_step');
  const window = node.optional(2);
  const length =
    node.optionalScalar(3, 'frame_length') ?? (window === undefined ? samples : node.shape(window)[0]);
  const frames = Math.floor((samples - length) / step) + 1;
  if (!(step >= 1 && length >= 1 && frames >= 1))
    throw node.unsupported(`frames of ${length} at every ${step} of ${samples} samples`);
  if (window !== undefined && node.shape(window).join() !== `${length}`)
    throw node.unsupported(`a window of [${node.shape(window)}]`, `[${length}]`);
  const places = counting(frames * length).map((i) => Math.floor(i / length) * step + (i % length));
  const flat = node.reshape(signal, [batch, samples]);
  const cut = node.emit('Gather', [flat, node.intConstant([frames, length], places)], { axis: 1 });
  const weighed = window === undefined ? cut : node.emit('Mul', [cut, window]);
  const bins = binsOf(length, node.attrs.flag('onesided', true));
  const matrix = matrixOf(node, { length, bins, isComplex: false, inverse: false });
  return node.reshape(node.emit('MatMul', [weighed, matrix]), [batch, frames, bins, 2]);
}

const toMel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const fromMel = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/** Triangles over the bins of a spectrum, evenly apart in mel. */
function melWeightMatrix(node: NodeImport): ValueId {
  const [bands, length, rate, lowest, highest] = [0, 1, 2, 3, 4].map((i) =>
    Number(numbers(node.constant(i, 'a parameter'))[0]),
  );
  const bins = binsOf(length, true);
  if (!(bands >= 1 && length >= 1 && rate >= 1 && bins * bands <= mostEntries))
    throw node.unsupported(`${bands} bands of ${length} points at ${rate} Hz`);
  const step = (toMel(highest) - toMel(lowest)) / (bands + 2);
  const edges = counting(bands + 2).map((i) =>
    Math.floor(((length + 1) * fromMel(toMel(lowest) + i * step)) / rate),
  );
  const weights = new Float32Array(bins * bands);
  for (let band = 0; band < bands; band++) {
    const [low, center, high] = edges.slice(band, band + 3);
    for (let bin = Math.max(0, low); bin < Math.min(bins, high); bin++)
      weights[bin * bands + band] =
        bin < center ? (bin - low) / (center - low) : (high - bin) / (high - center);
    if (center === high && center >= 0 && center < bins) weights[center * bands + band] = 1;
  }
  return node.addConstant(tensor('float32', [bins, bands], weights));
}

export const spectrumImporters: Importers = { DFT: dft, MelWeightMatrix: melWeightMatrix, STFT: stft };
