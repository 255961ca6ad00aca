import { counting, EdgecError } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importer, Importers, NodeImport } from '../node-import.ts';
import { attend, behind, byHead, causalMask, type Heads, joinHeads, rotated } from './attention.ts';
import { matMul } from './matrix.ts';
import { inverseRoot, standardise } from './normalization.ts';

/** Parts of transformers that ONNX Runtime's optimiser writes into the domain com.microsoft. */

const add = (node: NodeImport, x: ValueId, more: ValueId | undefined): ValueId =>
  more === undefined ? x : node.emit('Add', [x, more]);

/** What is added to the scores: of keys that a mask [batch, keys] leaves out, of given scores, and of later keys. */
function masksOf(
  node: NodeImport,
  heads: Heads,
  padding: ValueId | undefined,
  bias: ValueId | undefined,
): ValueId[] {
  const [rows, columns] = [node.shape(heads.q)[2], node.shape(heads.k)[2]];
  const masks: ValueId[] = bias === undefined ? [] : [bias];
  if (padding !== undefined) {
    const [batch, keys, ...rest] = node.shape(padding);
    if (keys !== columns || rest.length > 0)
      throw node.unsupported(`a mask of [${node.shape(padding)}]`, `[batch, ${columns}]`);
    const left = node.emit('Equal', [node.reshape(padding, [batch, 1, 1, keys]), node.intConstant([], [0])]);
    const filter = node.scalar(node.attrs.float('mask_filter_value', -10000));
    masks.push(node.emit('Where', [left, filter, node.scalar(0)]));
  }
  if (node.attrs.flag('unidirectional', false)) masks.push(causalMask(node, rows, columns, columns - rows));
  return masks;
}

/** Operand `i`, with its part of the bias, by heads. */
function biasedHeads(node: NodeImport, i: number, bias: ValueId | undefined, first: number): ValueId {
  const x = node.input(i);
  if (bias === undefined || node.rank(x) !== 3) return byHead(node, x, 'num_heads');
  const part = node.emit('Slice', [bias], { starts: [first], sizes: [node.shape(x)[2]], steps: [1] });
  return byHead(node, node.emit('Add', [x, part]), 'num_heads');
}

function multiHeadAttention(node: NodeImport): ValueId[] {
  const [query, key] = [node.input(0), node.optional(1)];
  if (node.rank(query) !== 3 || key === undefined || node.optional(2) === undefined)
    throw node.unsupported('packed operands', 'a query, a key and a value');
  const bias = node.optional(3);
  const width = node.shape(query)[2];
  const [q, ownK, ownV] = [0, width, 2 * width].map((first, i) => biasedHeads(node, i, bias, first));
  const [k, v] = [behind(node, node.optional(6), ownK), behind(node, node.optional(7), ownV)];
  const masks = masksOf(node, { q, k, v }, node.optional(4), node.optional(5));
  return [joinHeads(node, attend(node, { q, k, v }, masks)), k, v];
}

/** Queries, keys and values are made of one input by one product. */
function packedAttention(node: NodeImport): ValueId {
  if (node.optional(4) !== undefined) throw node.unsupported('a past');
  if (node.attrs.flag('do_rotary', false)) throw node.unsupported('rotary embedding');
  const projected = add(node, matMul(node, node.input(0), node.input(1)), node.optional(2));
  const width = node.shape(projected)[2];
  const sizes = [...node.attrs.ints('qkv_hidden_sizes', [width / 3, width / 3, width / 3])];
  const [q, k, v] = node
    .emitAll('Split', [projected], { axis: 2, sizes })
    .map((x) => byHead(node, x, 'num_heads'));
  const masks = masksOf(node, { q, k, v }, node.optional(3), node.optional(5));
  return joinHeads(node, attend(node, { q, k, v }, masks));
}

const lastAxis = (node: NodeImport, x: ValueId): number[] => [node.rank(x) - 1];

const skipEpsilon = 1e-12;
const epsilonOf = (node: NodeImport): number => node.attrs.float('epsilon', skipEpsilon);

/** The last axis of a sum, standardised. The sum itself is the fourth result. */
function skipLayerNormalization(node: NodeImport): ValueId[] {
  const sum = add(node, node.emit('Add', [node.input(0), node.input(1)]), node.optional(4));
  const { y, mean, inverse } = standardise(node, sum, lastAxis(node, sum), epsilonOf(node));
  return [add(node, node.emit('Mul', [y, node.input(2)]), node.optional(3)), mean, inverse, sum];
}

function skipRmsNormalization(node: NodeImport): (ValueId | undefined)[] {
  const sum = add(node, node.emit('Add', [node.input(0), node.input(1)]), node.optional(3));
  const inverse = inverseRoot(node, sum, lastAxis(node, sum), epsilonOf(node));
  const y = node.emit('Mul', [node.emit('Mul', [sum, inverse]), node.input(2)]);
  return [y, undefined, inverse, sum];
}

/** Embeddings of words, places and segments, summed and standardised. */
function embedLayerNormalization(node: NodeImport): (ValueId | undefined)[] {
  const ids = node.input(0);
  const length = node.shape(ids)[1];
  const rows = (table: number, indices: ValueId): ValueId =>
    node.emit('Gather', [node.input(table), indices], { axis: 0 });
  const places = node.optional(8) ?? node.intConstant([length], counting(length));
  const segments = node.optional(1);
  const sum = node.emit('Add', [rows(2, ids), rows(3, places)]);
  const whole = segments === undefined ? sum : node.emit('Add', [sum, rows(4, segments)]);
  const { y } = standardise(node, whole, lastAxis(node, whole), epsilonOf(node));
  const scaled = node.emit('Mul', [y, node.input(5)]);
  return [node.emit('Add', [scaled, node.input(6)]), undefined, whole];
}

/** The angles of each place out of tables [places, size / 2]. Places are given, or follow on a first one. */
function rotaryEmbedding(node: NodeImport): ValueId {
  if (node.attrs.flag('interleaved', false) || node.attrs.int('rotary_embedding_dim', 0) !== 0)
    throw node.unsupported('interleaved or partial rotation');
  const [given, places, table] = [node.input(0), node.input(1), node.shape(node.input(2))];
  const x = node.rank(given) === 4 ? given : rotaryHeads(node, given, 2 * table[1]);
  const length = node.shape(x)[2];
  const first = node.rank(places) === 1 ? node.numbersOf(1, 'a first position')[0] : undefined;
  const indices =
    first === undefined
      ? places
      : node.intConstant(
          [length],
          counting(length).map((i) => first + i),
        );
  const [cos, sin] = [2, 3].map((i) => node.emit('Gather', [node.input(i), indices], { axis: 0 }));
  const y = rotated(node, x, [cos, sin]);
  return node.rank(given) === 4 ? y : joinHeads(node, y);
}

/** The heads of which the width of the tables tells the size. */
function rotaryHeads(node: NodeImport, x: ValueId, size: number): ValueId {
  const [batch, length, width] = node.shape(x);
  if (width % size !== 0) {
    throw new EdgecError('E_OP_SHAPE', 'tables of angles do not fit the heads', {
      expected: `a divisor of ${width}`,
      found: `${size}`,
      where: node.name,
    });
  }
  return node.transpose(node.reshape(x, [batch, length, width / size, size]), [0, 2, 1, 3]);
}

const gelu =
  (approximate: string): Importer =>
  (node) =>
    node.emit('Gelu', [add(node, node.input(0), node.optional(1))], { approximate });

function quickGelu(node: NodeImport): ValueId {
  const x = node.input(0);
  const scaled = node.emit('Mul', [x, node.scalar(node.attrs.float('alpha', 1.702))]);
  return node.emit('Mul', [x, node.emit('Sigmoid', [scaled])]);
}

export const contribTransformerImporters: Importers = {
  Attention: packedAttention,
  BiasGelu: gelu('none'),
  EmbedLayerNormalization: embedLayerNormalization,
  FastGelu: gelu('tanh'),
  MultiHeadAttention: multiHeadAttention,
  QuickGelu: quickGelu,
  RotaryEmbedding: rotaryEmbedding,
  SkipLayerNormalization: skipLayerNormalization,
  SkipSimplifiedLayerNormalization: skipRmsNormalization,
};
