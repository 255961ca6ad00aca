import { type Message, schema } from './message.ts';

/** The part of onnx.proto (IR version 10) that the reader and the writer use: field numbers by name. */

const entry = schema({ key: [1, 'string'], value: [2, 'string'] });

export const tensorSchema = schema({
  dims: [1, 'int', 'many'],
  dataType: [2, 'int'],
  floatData: [4, 'float', 'many'],
  int32Data: [5, 'int', 'many'],
  int64Data: [7, 'int', 'many'],
  name: [8, 'string'],
  rawData: [9, 'bytes'],
  doubleData: [10, 'double', 'many'],
  uint64Data: [11, 'int', 'many'],
  externalData: [13, entry, 'many'],
  dataLocation: [14, 'int'],
});

/** Subgraphs stay bytes until the op that has them is read. */
export const attributeSchema = schema({
  name: [1, 'string'],
  f: [2, 'float'],
  i: [3, 'int'],
  s: [4, 'bytes'],
  t: [5, tensorSchema],
  g: [6, 'bytes'],
  floats: [7, 'float', 'many'],
  ints: [8, 'int', 'many'],
  strings: [9, 'bytes', 'many'],
  type: [20, 'int'],
});

export const attributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

export const nodeSchema = schema({
  input: [1, 'string', 'many'],
  output: [2, 'string', 'many'],
  name: [3, 'string'],
  opType: [4, 'string'],
  attribute: [5, attributeSchema, 'many'],
  domain: [7, 'string'],
});

const dimensionSchema = schema({ value: [1, 'int'], param: [2, 'string'] });
const shapeSchema = schema({ dim: [1, dimensionSchema, 'many'] });
const tensorTypeSchema = schema({ elemType: [1, 'int'], shape: [2, shapeSchema] });
const typeSchema = schema({ tensorType: [1, tensorTypeSchema] });
const valueInfoSchema = schema({ name: [1, 'string'], type: [2, typeSchema] });

export const graphSchema = schema({
  node: [1, nodeSchema, 'many'],
  name: [2, 'string'],
  initializer: [5, tensorSchema, 'many'],
  input: [11, valueInfoSchema, 'many'],
  output: [12, valueInfoSchema, 'many'],
  sparseInitializer: [15, 'bytes', 'many'],
});

const opsetSchema = schema({ domain: [1, 'string'], version: [2, 'int'] });

export const modelSchema = schema({
  irVersion: [1, 'int'],
  producerName: [2, 'string'],
  producerVersion: [3, 'string'],
  graph: [7, graphSchema],
  opsetImport: [8, opsetSchema, 'many'],
});

export type TensorProto = Message<typeof tensorSchema>;
export type AttributeProto = Message<typeof attributeSchema>;
export type NodeProto = Message<typeof nodeSchema>;
export type ValueInfoProto = Message<typeof valueInfoSchema>;
export type GraphProto = Message<typeof graphSchema>;
export type ModelProto = Message<typeof modelSchema>;

/** TensorProto.DataType. */
export const dataTypes = [
  'undefined',
  'float',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'double',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
] as const;
export type DataType = (typeof dataTypes)[number];

export const dataTypeName = (code: number | undefined): DataType | undefined => dataTypes[code ?? 0];
