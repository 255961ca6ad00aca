import { encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import {
  type AttributeProto,
  attributeType,
  modelSchema,
  type TensorProto,
} from '../../src/compiler/formats/onnx/proto/onnx.ts';

export type MlAttribute =
  | { i: number }
  | { f: number }
  | { t: TensorProto }
  | { g: Uint8Array }
  | { floats: readonly number[] }
  | { strings: readonly string[] }
  | string
  | readonly number[];

const utf8 = new TextEncoder();

/** An attribute: a list of numbers is one of integers; `g` holds the bytes of a subgraph. */
export function attribute(name: string, value: MlAttribute): AttributeProto {
  const base = { name, floats: [], ints: [], strings: [] };
  if (typeof value === 'string') return { ...base, s: utf8.encode(value), type: attributeType.string };
  if ('i' in value) return { ...base, i: value.i, type: attributeType.int };
  if ('f' in value) return { ...base, f: value.f, type: attributeType.float };
  if ('t' in value) return { ...base, t: value.t, type: attributeType.tensor };
  if ('g' in value) return { ...base, g: value.g, type: attributeType.graph };
  if ('floats' in value) return { ...base, floats: [...value.floats], type: attributeType.floats };
  if ('strings' in value)
    return { ...base, strings: value.strings.map((s) => utf8.encode(s)), type: attributeType.strings };
  return { ...base, ints: [...value], type: attributeType.ints };
}

/** TensorProto.DataType of inputs and outputs. */
export const mlType = { float: 1, int32: 6, int64: 7, string: 8, double: 11 } as const;
export type MlType = keyof typeof mlType;

export interface MlNode {
  op: string;
  inputs?: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, MlAttribute>>;
  domain?: string;
}

export interface MlModel {
  nodes: readonly MlNode[];
  inputs: Readonly<Record<string, { type: MlType; shape: readonly (number | string)[] }>>;
  /** Names with their types; `undefined` for an output whose type is left to ONNX Runtime. */
  outputs: Readonly<Record<string, MlType | undefined>>;
  version?: number;
}

/** The fields of a tensor that keeps its elements in another one. */
export const empty = {
  floatData: [],
  int32Data: [],
  int64Data: [],
  doubleData: [],
  uint64Data: [],
  externalData: [],
};

export const doubleTensor = (name: string, values: readonly number[]): TensorProto => ({
  ...empty,
  name,
  dims: [values.length],
  dataType: 11,
  doubleData: [...values],
});

export const floatTensor = (name: string, values: readonly number[]): TensorProto => ({
  ...empty,
  name,
  dims: [values.length],
  dataType: 1,
  floatData: [...values],
});

export const uint8Tensor = (name: string, values: readonly number[]): TensorProto => ({
  ...empty,
  name,
  dims: [values.length],
  dataType: 2,
  int32Data: [...values],
});

/** The bytes of an ONNX model of nodes that read x unless they say something else. */
export function mlModel({ nodes, inputs, outputs, version = 3 }: MlModel): Uint8Array {
  const dims = (shape: readonly (number | string)[]) => ({
    dim: shape.map((d) => (typeof d === 'number' ? { value: d } : { param: d })),
  });
  const graph = {
    name: 'g',
    node: nodes.map((n, i) => ({
      opType: n.op,
      domain: n.domain ?? 'ai.onnx.ml',
      name: `${n.op}_${i}`,
      input: [...(n.inputs ?? ['x'])],
      output: [...n.outputs],
      attribute: Object.entries(n.attributes ?? {}).map(([name, value]) => attribute(name, value)),
    })),
    initializer: [],
    sparseInitializer: [],
    input: Object.entries(inputs).map(([name, { type, shape }]) => ({
      name,
      type: { tensorType: { elemType: mlType[type], shape: dims(shape) } },
    })),
    output: Object.entries(outputs).map(([name, type]) => ({
      name,
      ...(type && { type: { tensorType: { elemType: mlType[type] } } }),
    })),
  };
  const opsetImport = [{ domain: 'ai.onnx.ml', version }, { version: 15 }];
  return encode(modelSchema, { irVersion: 8, opsetImport, graph } as never);
}
