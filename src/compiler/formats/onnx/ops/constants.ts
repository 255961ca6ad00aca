import {
  counting,
  type DType,
  EdgecError,
  elementCount,
  numbers,
  type Tensor,
  tensor,
} from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importer, Importers, NodeImport } from '../node-import.ts';
import { dataTypeName, dataTypes, type TensorProto } from '../proto/onnx.ts';
import { graphDtype, isUnsigned, readTensor } from '../tensor-proto.ts';

function addTensor(node: NodeImport, proto: TensorProto): ValueId {
  const id = node.addConstant(readTensor(proto, node.context.directory));
  return isUnsigned(proto) ? node.context.markUnsigned(id) : id;
}

function constant(node: NodeImport): ValueId {
  const { attrs } = node;
  const proto = attrs.tensor('value');
  if (proto) return addTensor(node, proto);
  if (attrs.has('value_float')) return node.scalar(attrs.float('value_float'));
  if (attrs.has('value_floats')) {
    const values = attrs.floats('value_floats');
    return node.addConstant(tensor('float32', [values.length], values));
  }
  if (attrs.has('value_int')) return node.intConstant([], [attrs.int('value_int')]);
  if (attrs.has('value_ints'))
    return node.intConstant([attrs.ints('value_ints').length], attrs.ints('value_ints'));
  throw node.unsupported(`value of the kind '${attrs.names()}'`);
}

/** Larger fillings are left to be made at run time. */
const mostFilled = 4096;

function filled(node: NodeImport, value: Tensor, shape: readonly number[]): ValueId {
  const count = elementCount(shape);
  if (shape.some((d) => d < 0)) {
    throw new EdgecError('E_OP_SHAPE', `${node.op} makes a constant of negative dimensions`, {
      found: `[${shape}]`,
      where: node.name,
    });
  }
  if (count > mostFilled) {
    const one = tensor(value.dtype, [], [numbers(value)[0]]);
    return node.emit('Expand', [node.addConstant(one)], { shape: [...shape] });
  }
  const out = tensor(value.dtype, shape);
  (out.data as Float32Array).fill(numbers(value)[0]);
  return node.addConstant(out);
}

function constantOfShape(node: NodeImport): ValueId {
  const proto = node.attrs.tensor('value');
  const shape = node.numbersOf(0, 'shape');
  if (!proto) return filled(node, tensor('float32', [1]), shape);
  const value = readTensor(proto, node.context.directory);
  if (elementCount(value.shape) !== 1)
    throw new EdgecError('E_OP_SHAPE', 'value of ConstantOfShape is not one number', { where: node.name });
  const id = filled(node, value, shape);
  return isUnsigned(proto) ? node.context.markUnsigned(id) : id;
}

function shapeOf(node: NodeImport): ValueId {
  const shape = node.shape(node.input(0));
  const start = node.attrs.int('start', 0);
  const part = node.attrs.has('end') ? shape.slice(start, node.attrs.int('end')) : shape.slice(start);
  return node.intConstant([part.length], part);
}

function range(node: NodeImport): ValueId {
  const [start, limit, delta] = ['start', 'limit', 'delta'].map((what, i) => node.numbersOf(i, what)[0]);
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  const { dtype } = node.type(node.input(0));
  return node.addConstant(
    tensor(
      dtype,
      [count],
      counting(count).map((i) => start + i * delta),
    ),
  );
}

/** A window of `size` elements as a sum of cosines. */
const window =
  (...coefficients: readonly number[]): Importer =>
  (node) => {
    const size = node.numbersOf(0, 'size')[0];
    const period = node.attrs.flag('periodic', true) ? size : size - 1;
    const values = counting(size).map((i) =>
      coefficients.reduce((sum, c, k) => sum + c * Math.cos((2 * Math.PI * k * i) / period), 0),
    );
    return node.addConstant(tensor('float32', [size], values));
  };

/** Inference form: nothing is dropped, so that the mask is true everywhere. */
function dropout(node: NodeImport): ValueId | ValueId[] {
  const x = node.input(0);
  if (node.optionalScalar(2, 'training_mode')) throw node.unsupported('training_mode');
  return node.outputCount === 1 ? x : [x, filled(node, tensor('bool', [1], [1]), node.shape(x))];
}

/** Before opset 6, the type is named. */
const castTarget = (node: NodeImport): number =>
  node.opset < 6 ? dataTypes.indexOf(node.attrs.string('to').toLowerCase() as never) : node.attrs.int('to');

function cast(node: NodeImport): ValueId {
  const code = castTarget(node);
  return castTo(node, graphDtype(code, node.name), dataTypeName(code) === 'uint8');
}

function castLike(node: NodeImport): ValueId {
  const like = node.input(1);
  return castTo(node, node.type(like).dtype, node.context.isUnsigned(like));
}

/** The int32 values of uint8. */
export const fromUint8 = (node: NodeImport, x: ValueId): ValueId =>
  node.emit('Add', [node.emit('Cast', [x], { to: 'int32' }), node.intConstant([], [128])]);

/** int32 values as uint8, saturated. */
export const asUint8 = (node: NodeImport, x: ValueId): ValueId => {
  const shifted = node.emit('Sub', [x, node.intConstant([], [128])]);
  return node.context.markUnsigned(node.emit('Cast', [shifted], { to: 'int8' }));
};

/** uint8 lives as int8 − 128; casts from and to it pass through the true value. */
function castTo(node: NodeImport, to: DType, toUnsigned: boolean): ValueId {
  const x = node.input(0);
  const fromUnsigned = node.context.isUnsigned(x);
  if (toUnsigned && fromUnsigned) return x;
  if (!toUnsigned && !fromUnsigned) return node.type(x).dtype === to ? x : node.emit('Cast', [x], { to });
  if (toUnsigned) return asUint8(node, node.emit('Cast', [x], { to: 'int32' }));
  const value = fromUint8(node, x);
  return to === 'int32' ? value : node.emit('Cast', [value], { to });
}

export const constantImporters: Importers = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shapeOf,
  Size: (node) => node.intConstant([], [elementCount(node.shape(node.input(0)))]),
  Range: range,
  Cast: cast,
  CastLike: castLike,
  Identity: (node) => node.input(0),
  Dropout: dropout,
  HannWindow: window(0.5, -0.5),
  HammingWindow: window(25 / 46, -21 / 46),
  BlackmanWindow: window(0.42, -0.5, 0.08),
};
