import { simple } from './unary.ts';

const within = { domain: (x: number): number => 0.95 * Math.tanh(x) };
const above = { domain: (x: number): number => 1 + Math.abs(x) };

export const trigonometricOps = [
  simple('Tan', 'y = tan x.', Math.tan, within),
  simple('Asin', 'y = arcsin x.', Math.asin, within),
  simple('Acos', 'y = arccos x.', Math.acos, within),
  simple('Atan', 'y = arctan x.', Math.atan),
  simple('Sinh', 'y = sinh x.', Math.sinh),
  simple('Cosh', 'y = cosh x.', Math.cosh),
  simple('Asinh', 'y = arsinh x.', Math.asinh),
  simple('Acosh', 'y = arcosh x.', Math.acosh, above),
  simple('Atanh', 'y = artanh x.', Math.atanh, within),
] as const;
