import { counting, EdgecError, tensor } from '../../../../../core/index.ts';
import type { ValueId } from '../../../../graph/index.ts';
import type { Importers, NodeImport } from '../../node-import.ts';
import { checkedInts, classesOf, classNames } from './classes.ts';
import { exactTensor } from './exact-tensor.ts';

/** A sequence of maps is the table that it was made of, with named columns. */
function zipMap(node: NodeImport): ValueId {
  const x = node.input(0);
  const names = classNames(classesOf(node, 'classlabels_int64s', 'classlabels_strings'));
  const columns = node.shape(x).at(-1);
  if (columns !== names.length) {
    throw new EdgecError('E_OP_SHAPE', 'ZipMap has another count of keys than columns', {
      expected: `${columns}`,
      found: `${names.length}`,
    });
  }
  return node.context.nameColumns(node.emit('Reshape', [x], { shape: node.shape(x) }), names);
}

type List =
  | { readonly strings: readonly string[] }
  | { readonly ints: readonly number[] }
  | { readonly reals: readonly number[] };

const lengthOf = (list: List): number => Object.values(list)[0].length;

/** Older versions never find NaN. */
const nanKeysSince = 4;

/** Places of the elements of `x` in `keys`, −1 where they are none. */
function placesIn(node: NodeImport, x: ValueId, keys: List): ValueId {
  const labels = node.context.labelsOf(x);
  if ('strings' in keys) {
    if (!labels) throw stringsExpected(node, 'strings', node.type(x).dtype);
    const places = new Map<string, number>();
    keys.strings.forEach((key, i) => void (places.has(key) || places.set(key, i)));
    const table = [...labels.map((label) => places.get(label) ?? -1), -1];
    return node.emit('Gather', [node.intConstant([table.length], table), x], { axis: 0 });
  }
  if (labels) throw stringsExpected(node, 'numbers', 'strings');
  if ('ints' in keys) {
    const whole = node.type(x).dtype === 'int32' ? x : node.emit('Cast', [x], { to: 'int32' });
    return node.emit('Lookup', [whole, node.intConstant([keys.ints.length], keys.ints)]);
  }
  const missing = node.opset < nanKeysSince ? -1 : keys.reals.findIndex(Number.isNaN);
  const known = keys.reals.map((v) => (Number.isNaN(v) ? keys.reals[0] : v));
  const places = node.emit('Lookup', [x, node.addConstant(tensor('float32', [known.length], known))]);
  if (missing < 0) return places;
  return node.emit('Where', [node.emit('Equal', [x, x]), places, node.intConstant([], [missing])]);
}

const stringsExpected = (node: NodeImport, expected: string, found: string): EdgecError =>
  new EdgecError('E_TENSOR_DTYPE', `the input of ${node.op} is of another type than its keys`, {
    expected,
    found,
  });

/** The values at `places`, the last of which stands for −1. */
function valuesAt(node: NodeImport, places: ValueId, values: List): ValueId {
  const count = lengthOf(values);
  if ('strings' in values) {
    const named = [...new Set(values.strings)];
    const ids = values.strings.map((name) => named.indexOf(name));
    const picked = node.emit('Gather', [node.intConstant([count], ids), places], { axis: 0 });
    return node.context.label(picked, named);
  }
  const table =
    'ints' in values ? tensor('int32', [count], values.ints) : tensor('float32', [count], values.reals);
  return node.emit('Gather', [node.addConstant(table), places], { axis: 0 });
}

/** The list that one of `prefix`_strings, _int64s, _floats or _tensor gives. */
function listOf(node: NodeImport, prefix: string): List | undefined {
  const { attrs } = node;
  if (attrs.has(`${prefix}_strings`)) return { strings: attrs.strings(`${prefix}_strings`) };
  if (attrs.has(`${prefix}_int64s`)) return { ints: checkedInts(node, attrs.ints(`${prefix}_int64s`)) };
  if (attrs.has(`${prefix}_floats`)) return { reals: attrs.floats(`${prefix}_floats`) };
  const proto = attrs.tensor(`${prefix}_tensor`);
  if (!proto) return undefined;
  const values = exactTensor(node, `${prefix}_tensor`) ?? [];
  return [1, 11].includes(proto.dataType ?? 0) ? { reals: values } : { ints: values };
}

/** `values` with what stands for unknown keys behind them. */
function withDefault(node: NodeImport, values: List): List {
  const { attrs } = node;
  if ('strings' in values) return { strings: [...values.strings, attrs.string('default_string', '_Unused')] };
  const [given] = exactTensor(node, 'default_tensor') ?? [];
  if ('ints' in values)
    return { ints: [...values.ints, ...checkedInts(node, [given ?? attrs.int('default_int64', -1)])] };
  return { reals: [...values.reals, given ?? attrs.float('default_float', 0)] };
}

function labelEncoder(node: NodeImport): ValueId {
  const strings = node.attrs.strings('classes_strings', []);
  if (strings.length > 0)
    return mapped(
      node,
      strings,
      strings.map((_, i) => i),
    );
  const [keys, values] = [listOf(node, 'keys'), listOf(node, 'values')];
  if (!keys || !values || lengthOf(keys) !== lengthOf(values) || lengthOf(keys) === 0) {
    throw new EdgecError('E_OP_ATTRIBUTE', 'LabelEncoder needs as many keys as values', {
      expected: 'one list of each',
      found: `${keys ? lengthOf(keys) : 'no'} keys, ${values ? lengthOf(values) : 'no'} values`,
    });
  }
  return valuesAt(node, placesIn(node, node.input(0), keys), withDefault(node, values));
}

/** Strings to integers, or integers to strings, as the input asks. */
function mapped(node: NodeImport, strings: readonly string[], ints: readonly number[]): ValueId {
  const x = node.input(0);
  const [from, to]: List[] = node.context.labelsOf(x) ? [{ strings }, { ints }] : [{ ints }, { strings }];
  return valuesAt(node, placesIn(node, x, from), withDefault(node, to));
}

function categoryMapper(node: NodeImport): ValueId {
  const strings = node.attrs.strings('cats_strings');
  const ints = checkedInts(node, node.attrs.ints('cats_int64s'));
  if (strings.length === ints.length && ints.length > 0) return mapped(node, strings, ints);
  throw new EdgecError('E_OP_ATTRIBUTE', 'CategoryMapper needs as many strings as integers', {
    expected: `${ints.length}`,
    found: `${strings.length}`,
  });
}

/** A column for each category along a new last axis; nothing is set for what is none. */
function oneHotEncoder(node: NodeImport): ValueId {
  const x = node.input(0);
  const classes = classesOf(node, 'cats_int64s', 'cats_strings');
  const count = classNames(classes).length;
  if (!node.attrs.flag('zeros', true))
    node.context.notes.add(`${node.name}: unknown categories are rows of zeros here, not an error`);
  const places = placesIn(node, x, classes);
  const apart = node.reshape(places, [...node.shape(x), 1]);
  const columns = node.intConstant([count], counting(count));
  return node.emit('Cast', [node.emit('Equal', [apart, columns])], { to: 'float32' });
}

export const labelImporters: Importers = {
  ZipMap: zipMap,
  LabelEncoder: labelEncoder,
  CategoryMapper: categoryMapper,
  OneHotEncoder: oneHotEncoder,
};
