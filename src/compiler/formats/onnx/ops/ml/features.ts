import { EdgecError, elementCount, tensor } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { Importers, NodeImport } from '../../node-import.ts';
import { real } from './rows.ts';

/** A constant of one number a column, or of one for all. Throws E_OP_ATTRIBUTE. */
function perColumn(node: NodeImport, x: ValueId, name: string, values: readonly number[]): ValueId {
  const columns = node.shape(x).at(-1) ?? 1;
  if (values.length === 1 || values.length === columns) {
    const dtype = node.type(x).dtype === 'int32' ? 'int32' : 'float32';
    return node.addConstant(tensor(dtype, [values.length], values));
  }
  throw new EdgecError('E_OP_ATTRIBUTE', `attribute '${name}' of ${node.op} has another length`, {
    expected: `1 or ${columns}`,
    found: `${values.length}`,
  });
}

function scaler(node: NodeImport): ValueId {
  const x = real(node, node.input(0));
  const of = (name: string, neutral: number): ValueId =>
    perColumn(node, x, name, node.attrs.floats(name, [neutral]));
  return node.emit('Mul', [node.emit('Sub', [x, of('offset', 0)]), of('scale', 1)]);
}

/** Rows divided by their greatest value, sum of magnitudes or length; those of which that is 0 stay. */
function normalizer(node: NodeImport): ValueId {
  const x = real(node, node.input(0));
  const last = { axes: [node.rank(x) - 1], keepDims: true };
  const norms: Readonly<Record<string, () => ValueId>> = {
    MAX: () => node.emit('ReduceMax', [x], last),
    L1: () => node.emit('ReduceSum', [node.emit('Abs', [x])], last),
    L2: () => node.emit('Sqrt', [node.emit('ReduceSum', [node.emit('Mul', [x, x])], last)]),
  };
  const kind = node.attrs.string('norm', 'MAX');
  if (!Object.hasOwn(norms, kind)) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'norm of Normalizer is unknown', {
      expected: Object.keys(norms).join(', '),
      found: kind,
    });
  }
  const norm = norms[kind]();
  const isZero = node.emit('Equal', [norm, node.scalar(0)]);
  return node.emit('Div', [x, node.emit('Where', [isZero, node.scalar(1), norm])]);
}

function imputer(node: NodeImport): ValueId {
  const x = node.input(0);
  const isInteger = node.type(x).dtype === 'int32';
  const name = isInteger ? 'imputed_value_int64s' : 'imputed_value_floats';
  const values = isInteger ? node.attrs.ints(name) : node.attrs.floats(name);
  const replaced = isInteger
    ? node.attrs.int('replaced_value_int64', 0)
    : node.attrs.floatOrNaN('replaced_value_float', 0);
  const imputed = perColumn(node, x, name, values);
  if (Number.isNaN(replaced)) {
    const isNumber = node.emit('Equal', [x, x]);
    return node.emit('Where', [isNumber, x, imputed]);
  }
  const wanted = isInteger ? node.intConstant([], [replaced]) : node.scalar(replaced);
  return node.emit('Where', [node.emit('Equal', [x, wanted]), imputed, x]);
}

function binarizer(node: NodeImport): ValueId {
  const above = node.emit('Greater', [
    real(node, node.input(0)),
    node.scalar(node.attrs.float('threshold', 0)),
  ]);
  return node.emit('Cast', [above], { to: 'float32' });
}

/** Columns of all inputs side by side, each cut or filled with zeros to its stated width. */
function featureVectorizer(node: NodeImport): ValueId {
  const tables = node.inputs().map((id) => {
    const shape = node.shape(id);
    const [rows, columns] = shape.length < 2 ? [1, shape] : [shape[0], shape.slice(1)];
    return node.reshape(real(node, id), [rows, elementCount(columns)]);
  });
  const widths = node.attrs.ints(
    'inputdimensions',
    tables.map((x) => node.shape(x)[1]),
  );
  if (widths.length !== tables.length || widths.some((w) => w < 1 || w > 2 ** 24)) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'inputdimensions of FeatureVectorizer do not fit its inputs', {
      expected: `${tables.length} widths`,
      found: `${widths}`,
    });
  }
  const parts = tables.map((x, i) => fitted(node, x, widths[i]));
  return parts.length === 1 ? parts[0] : node.emit('Concat', parts, { axis: 1 });
}

function fitted(node: NodeImport, x: ValueId, width: number): ValueId {
  const [rows, columns] = node.shape(x);
  if (columns > width)
    return node.emit('Slice', [x], { starts: [0, 0], sizes: [rows, width], steps: [1, 1] });
  return columns < width ? node.emit('Pad', [x], { pads: [0, 0, 0, width - columns] }) : x;
}

function arrayFeatureExtractor(node: NodeImport): ValueId {
  const x = node.input(0);
  const shape = node.shape(x);
  const table = shape.length === 1 ? node.reshape(x, [1, shape[0]]) : x;
  const indices = node.input(1);
  const flat = node.reshape(indices, [elementCount(node.shape(indices))]);
  const constant = node.constantOf(flat);
  const columns = node.shape(table).at(-1) ?? 0;
  const outside = constant && Array.from(constant.data, Number).find((i) => i < 0 || i >= columns);
  if (outside !== undefined) {
    throw new EdgecError('E_OP_SHAPE', 'ArrayFeatureExtractor picks a column that is not there', {
      expected: `0 to ${columns - 1}`,
      found: `${outside}`,
    });
  }
  return node.emit('Gather', [table, flat], { axis: node.rank(table) - 1 });
}

export const featureImporters: Importers = {
  Scaler: scaler,
  Normalizer: normalizer,
  Imputer: imputer,
  Binarizer: binarizer,
  FeatureVectorizer: featureVectorizer,
  ArrayFeatureExtractor: arrayFeatureExtractor,
};
