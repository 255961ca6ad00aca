import { f32, type Lowering, type Ref } from '../define-op.ts';
import { tensor } from '../tensor.ts';
import { fixedMultiplier, roundingProduct, shifted, truncatedProduct } from './fixed-point.ts';
import { quantOf } from './requantize.ts';
import { lowerToTable } from './table.ts';

export const hardSwish = (x: number): number => (x * Math.max(0, Math.min(6, x + 3))) / 6;

/** Fraction bits of the 16-bit form of x. */
const hiresBits = 7;
const reluishScale = f32(3 / 32768);

/** The table of HardSwish: by its definition, or with the bits of TFLite's builtin kernel, 16 bits wide (docs/numerics.md, section 4). */
export function lowerHardSwish(node: Lowering<{ tableRounding: 'exact' | 'tflite16' }>): Ref[] {
  if (node.attrs.tableRounding === 'exact') return lowerToTable(node, hardSwish);
  const from = quantOf(node.types[0], 'x');
  const to = quantOf(node.outputs[0], 'output');
  const hiresScale = f32(from.scale[0] / 2 ** hiresBits);
  const output = fixedMultiplier(f32(hiresScale / to.scale[0]));
  const gate = fixedMultiplier(f32(hiresScale / reluishScale));
  if (output.exponent > 0) return lowerToTable(node, hardSwish);
  const entries = Int8Array.from({ length: 256 }, (_, i) => {
    const hires = (i - 128 - from.zeroPoint[0]) * 2 ** hiresBits;
    const raised = gate.exponent > 0 ? shifted(hires, gate.exponent - 1) : hires;
    const scaled = shifted(roundingProduct(raised, gate.multiplier), Math.min(1, gate.exponent));
    const factor = (scaled + 32768) >> 1;
    const product = truncatedProduct(factor, roundingProduct(hires, output.multiplier));
    return Math.max(-128, Math.min(127, shifted(product, output.exponent) + to.zeroPoint[0]));
  });
  return [node.emit('Table', [node.inputs[0], node.addConstant(tensor('int8', [256], entries))], {}, to)];
}
