import { encode } from '../../src/compiler/formats/onnx/proto/message.ts';
import { graphSchema, modelSchema } from '../../src/compiler/formats/onnx/proto/onnx.ts';
import { tensorProto, valueInfo } from '../../src/compiler/formats/onnx/write/protos.ts';
import { type DType, type TypedArray, tensor } from '../../src/core/index.ts';
import { attribute, type MlAttribute } from '../oracles/onnx-ml.ts';

export type Attributes = Readonly<Record<string, MlAttribute>>;

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Attributes;
  readonly name?: string;
  readonly domain?: string;
}

export interface Parts {
  readonly nodes?: readonly Node[];
  readonly constants?: readonly object[];
  readonly inputs?: readonly object[];
  readonly outputs?: readonly string[];
  readonly sparseInitializer?: readonly Uint8Array[];
}

export const relu: Node = { op: 'Relu', inputs: ['x'], outputs: ['y'] };

export const constant = (
  name: string,
  shape: readonly number[],
  data?: TypedArray | ArrayLike<number>,
  type: DType = 'float32',
) => tensorProto(name, tensor(type, shape, data), type);

function graphOf({ nodes = [relu], constants = [], outputs = ['y'], ...rest }: Parts) {
  return {
    name: 'g',
    node: nodes.map(({ op, inputs, outputs: made, attributes = {}, name, domain }) => ({
      opType: op,
      input: [...inputs],
      output: [...made],
      attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      ...(name && { name }),
      ...(domain && { domain }),
    })),
    initializer: constants,
    sparseInitializer: rest.sparseInitializer ?? [],
    input: rest.inputs ?? [valueInfo('x', 'float32', [1, 4])],
    output: outputs.map((name) => valueInfo(name, 'float32', [1, 4])),
  };
}

const standard = [{ version: 18 }, { domain: 'ai.onnx.ml', version: 3 }];

/** An ONNX file of one float input x [1, 4] and one Relu, where `parts` says nothing else. */
export const onnx = (
  parts: Parts = {},
  opsetImport: readonly object[] = standard,
  irVersion = 8,
): Uint8Array => encode(modelSchema, { irVersion, opsetImport, graph: graphOf(parts) } as never);

/** The bytes of a subgraph. */
export const subgraph = (parts: Parts): { g: Uint8Array } => ({
  g: encode(graphSchema, graphOf({ inputs: [], ...parts }) as never),
});

/** An operand of a node: an input of the model, a constant, or none. */
export type Operand = object | '';

export const input = (shape: readonly number[], type: DType = 'float32'): Operand => ({ shape, type });
export const real = (shape: readonly number[], data?: ArrayLike<number>): Operand =>
  constant('', shape, data);
export const whole = (values: readonly number[], shape: readonly number[] = [values.length]): Operand =>
  constant('', shape, values, 'int64');

/** A model of one node, called the_node. */
export function node(
  op: string,
  operands: readonly Operand[],
  attributes: Attributes = {},
  { outputs = 1, opset = 18, domain }: { outputs?: number; opset?: number; domain?: string } = {},
): Uint8Array {
  const named = operands.map((o, i) => (o === '' ? o : { ...o, name: i === 0 ? 'x' : `operand_${i}` }));
  const given = named.flatMap((o) => (o === '' ? [] : [o as { name: string; shape: number[]; type: DType }]));
  const made = Array.from({ length: outputs }, (_, i) => (i === 0 ? 'y' : `y_${i}`));
  const inputs = named.map((o) => (o === '' ? '' : o.name));
  const parts: Parts = {
    nodes: [{ op, inputs, outputs: made, attributes, name: 'the_node', domain }],
    constants: given.filter((o) => 'dims' in o),
    inputs: given.filter((o) => 'shape' in o).map((o) => valueInfo(o.name, o.type, o.shape)),
    outputs: made,
  };
  return onnx(parts, [
    { version: opset },
    { domain: 'ai.onnx.ml', version: 3 },
    { domain: 'com.microsoft', version: 1 },
  ]);
}

export const image = input([1, 2, 5, 5]);
export const row = input([1, 4]);
