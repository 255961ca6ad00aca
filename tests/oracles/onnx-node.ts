import { encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import { modelSchema } from '../../src/compiler/formats/onnx/proto/onnx.ts';
import type { TypedArray } from '../../src/core/index.ts';
import { empty } from './onnx-ml.ts';

/** Element types of ONNX by code. */
export const codes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, uint4: 21, int4: 22 } as const;

/** An operand with its elements. */
export interface Value {
  dtype: keyof typeof codes;
  shape: number[];
  data: TypedArray;
}

/** An integer, a text, integers, or a real. */
export type Attribute = number | string | number[] | { f: number };

const stored = (name: string, { dtype, shape, data }: Value) => ({
  ...empty,
  name,
  dims: shape,
  dataType: codes[dtype],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/** A model of one node: what runs feed it, constants behind that, and its result. */
export interface Case {
  op: string;
  domain?: string;
  opset?: number;
  attributes?: Record<string, Attribute>;
  inputs: Value[];
  /** Those left out are missing operands. */
  constants?: (Value | undefined)[];
  /** A dimension of −1 is not known. */
  output: { dtype: keyof typeof codes; shape: number[] };
  /** How many further results the node makes, which nothing reads. */
  unread?: number;
}

const typeOf = ({ dtype, shape }: Omit<Value, 'data'>) => ({
  tensorType: {
    elemType: codes[dtype],
    shape: { dim: shape.map((value) => (value < 0 ? { param: 'n' } : { value })) },
  },
});

function attribute([name, value]: [string, Attribute]): object {
  const none = { name, floats: [], ints: [], strings: [] };
  if (Array.isArray(value)) return { ...none, ints: value, type: 7 };
  if (typeof value === 'object') return { ...none, ...value, type: 1 };
  return typeof value === 'number'
    ? { ...none, i: value, type: 2 }
    : { ...none, s: new TextEncoder().encode(value), type: 3 };
}

export function modelOf({
  op,
  domain = '',
  opset = 17,
  attributes = {},
  inputs,
  constants = [],
  output,
  unread = 0,
}: Case): Uint8Array {
  const names = [...inputs.map((_, i) => `x${i}`), ...constants.map((c, i) => (c ? `c${i}` : ''))];
  const graph = {
    name: 'g',
    node: [
      {
        opType: op,
        domain,
        name: op,
        input: names,
        output: ['y', ...Array.from({ length: unread }, (_, i) => `z${i}`)],
        attribute: Object.entries(attributes).map(attribute),
      },
    ],
    input: inputs.map((x, i) => ({ name: `x${i}`, type: typeOf(x) })),
    initializer: constants.flatMap((c, i) => (c ? [stored(`c${i}`, c)] : [])),
    sparseInitializer: [],
    output: [{ name: 'y', type: typeOf(output) }],
  };
  const opsetImport = [{ domain: '', version: opset }, ...(domain ? [{ domain, version: 1 }] : [])];
  return encode(modelSchema, { irVersion: opset > 21 ? 10 : 8, opsetImport, graph } as never);
}
