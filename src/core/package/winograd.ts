import { elementCount, type TensorType } from '../tensor.ts';
import { filledUp, type Panels, panelColumns } from './panels.ts';

/** Outputs in a line of the squares in which Winograd's filtering makes those of a 3×3 convolution. */
export type WinogradSide = 2 | 4;

/** Products that stand for the sums of a square. */
export const winogradPoints = (side: WinogradSide): number => (side + 2) ** 2;

/** Bytes of transformed weights [columns, 3, 3, channels]. */
export const winogradBytes = ({ shape }: TensorType, side: WinogradSide): number =>
  4 * winogradPoints(side) * filledUp(shape[0]) * shape[3];

/** How int8 weights that are filtered lie in panels: kernels multiply channels in pairs. */
export const filteredPanels: Panels = { groups: 1, runs: 3, unit: 2 };

/** Whether weights can be filtered in squares of this side: of float32, which are also stored transformed, or of int8 in these panels. */
export function winogradFits(
  { dtype, shape }: TensorType,
  side: number,
  panels?: Panels,
): side is WinogradSide {
  const isKernel = shape.length === 4 && shape[1] === 3 && shape[2] === 3 && elementCount(shape) > 0;
  const isFloat = dtype === 'float32' && !panels;
  const { groups, runs, unit } = filteredPanels;
  const isInteger =
    dtype === 'int8' && panels?.groups === groups && panels.runs === runs && shape[3] % unit === 0;
  return isKernel && (isFloat || isInteger) && (side === 2 || side === 4);
}

/**
 * What the weights of either sign of an int8 column may sum to. Filtering leaves sums of as many bytes times 4 or 576, of which 9
 * is divided out modulo 2³²: the rest has to lie in an int32.
 */
export const mostWeight = (side: WinogradSide): number =>
  Math.floor((2 ** 31 / (side === 2 ? 4 : 64) - 1) / 255);

/** What three weights in a line contribute to each point of one. */
const transforms: Readonly<Record<WinogradSide, readonly (readonly [number, number, number])[]>> = {
  2: [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
  4: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
};

/** The elements of weights [columns, 3, 3, channels] transformed to [points][columns/16][channels][16]; the rest is 0. */
export function transformWeights(type: TensorType, side: WinogradSide, data: Float32Array): Float32Array {
  const [columns, , , channels] = type.shape;
  const line = transforms[side];
  const to = new Float32Array(winogradBytes(type, side) / 4);
  const point = to.length / winogradPoints(side);
  for (let n = 0; n < columns; n++) {
    const panel = Math.floor(n / panelColumns) * panelColumns * channels + (n % panelColumns);
    for (let c = 0; c < channels; c++) {
      const across = (ky: number, [a, b, d]: readonly number[]): number => {
        const first = (9 * n + 3 * ky) * channels + c;
        return a * data[first] + b * data[first + channels] + d * data[first + 2 * channels];
      };
      for (const [px, column] of line.entries()) {
        const [top, middle, bottom] = [0, 1, 2].map((ky) => across(ky, column));
        for (const [py, [a, b, d]] of line.entries())
          to[(py * line.length + px) * point + panel + c * panelColumns] = a * top + b * middle + d * bottom;
      }
    }
  }
  return to;
}
