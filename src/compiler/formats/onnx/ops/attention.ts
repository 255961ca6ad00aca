import { counting, EdgecError, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

/** [batch, length, heads · size] as [batch, heads, length, size]; four axes already stand so. */
export function byHead(node: NodeImport, id: ValueId, headsName: string): ValueId {
  const shape = node.shape(id);
  if (shape.length === 4) return id;
  const heads = node.attrs.int(headsName);
  if (shape.length !== 3 || heads < 1 || shape[2] % heads !== 0) {
    throw new EdgecError('E_OP_SHAPE', 'an operand of Attention does not split into heads', {
      expected: `a multiple of ${heads} in the last axis`,
      found: `[${shape}]`,
      where: node.name,
    });
  }
  const split = node.reshape(id, [shape[0], shape[1], heads, shape[2] / heads]);
  return node.transpose(split, [0, 2, 1, 3]);
}

/** Keys or values of fewer heads serve groups of queries. */
function repeated(node: NodeImport, id: ValueId, heads: number): ValueId {
  const [batch, own, length, size] = node.shape(id);
  if (own === heads) return id;
  if (heads % own !== 0) throw node.unsupported(`${heads} heads of queries for ${own} of keys`);
  const grouped = node.reshape(id, [batch, own, 1, length, size]);
  const shape = [batch, own, heads / own, length, size];
  return node.reshape(node.emit('Expand', [grouped], { shape }), [batch, heads, length, size]);
}

/** [batch, heads, length, size] as [batch, length, heads · size]. */
export function joinHeads(node: NodeImport, id: ValueId): ValueId {
  const [batch, heads, length, size] = node.shape(id);
  return node.reshape(node.transpose(id, [0, 2, 1, 3]), [batch, length, heads * size]);
}

/** Finite, so that a row without any key has a result. */
const hidden = -3e38;

/** Hides the keys behind each query; the first query has `past` keys before its own. */
export function causalMask(node: NodeImport, rows: number, columns: number, past = 0): ValueId {
  const later = counting(rows * columns).map((i) =>
    (i % columns) - past > Math.floor(i / columns) ? hidden : 0,
  );
  return node.addConstant(tensor('float32', [rows, columns], later));
}

/** What masks add to the scores: 0 where a key is seen. */
function maskOf(node: NodeImport, rows: number, columns: number): ValueId[] {
  const masks: ValueId[] = [];
  const given = node.optional(3);
  if (given !== undefined) {
    const seen = node.type(given).dtype === 'bool';
    masks.push(seen ? node.emit('Where', [given, node.scalar(0), node.scalar(hidden)]) : given);
  }
  if (node.attrs.flag('is_causal', false)) masks.push(causalMask(node, rows, columns));
  return masks;
}

/** Queries, keys and values of all heads, [batch, heads, length, size]. */
export interface Heads {
  readonly q: ValueId;
  readonly k: ValueId;
  readonly v: ValueId;
}

/** softmax(scale · Q · Kᵀ + masks) · V for each head. `scale` is 1 / √size where it is not given. */
export function attend(node: NodeImport, { q, k, v }: Heads, masks: readonly ValueId[]): ValueId {
  const scale = node.attrs.float('scale', 0) || 1 / Math.sqrt(node.shape(q)[3]);
  const product = node.emit('MatMul', [q, node.transpose(k, [0, 1, 3, 2])]);
  const scaled = node.emit('Mul', [product, node.scalar(scale)]);
  const masked = masks.reduce((x, mask) => node.emit('Add', [x, mask]), scaled);
  return node.emit('MatMul', [node.emit('Softmax', [masked], { axis: 3 }), v]);
}

/** `x` behind what runs before made of it. */
export const behind = (node: NodeImport, past: ValueId | undefined, x: ValueId): ValueId =>
  past === undefined ? x : node.emit('Concat', [past, x], { axis: 2 });

/** Beside the result, the keys and values that a next run has before its own. */
function attention(node: NodeImport): ValueId[] {
  if (node.proto.output[3]) throw node.unsupported('scores as an output');
  if (node.attrs.float('softcap', 0) !== 0) throw node.unsupported('softcap');
  if (node.optional(4) !== undefined && node.attrs.flag('is_causal', false))
    throw node.unsupported('is_causal and a past', 'a mask');
  const q = byHead(node, node.input(0), 'q_num_heads');
  const [, heads, length] = node.shape(q);
  const kept = [1, 2].map((i) =>
    behind(node, node.optional(3 + i), byHead(node, node.input(i), 'kv_num_heads')),
  );
  const [k, v] = kept.map((x) => repeated(node, x, heads));
  const y = attend(node, { q, k, v }, maskOf(node, length, node.shape(k)[2]));
  return [node.rank(node.input(0)) === 4 ? y : joinHeads(node, y), ...kept];
}

/** x [batch, heads, length, size], its halves turned in pairs by angles [length, size / 2], or such for each sample. */
export function rotated(
  node: NodeImport,
  x: ValueId,
  angles: readonly [cos: ValueId, sin: ValueId],
): ValueId {
  const [batch, heads, length, size] = node.shape(x);
  const half = size / 2;
  const [cos, sin] = angles.map((id) => {
    const shape = node.shape(id);
    return node.reshape(id, [shape.length === 3 ? shape[0] : 1, 1, length, half]);
  });
  const part = (first: number): ValueId =>
    node.emit('Slice', [x], {
      starts: [0, 0, 0, first],
      sizes: [batch, heads, length, half],
      steps: [1, 1, 1, 1],
    });
  const [a, b] = [part(0), part(half)];
  const product = (left: ValueId, right: ValueId): ValueId => node.emit('Mul', [left, right]);
  const real = node.emit('Sub', [product(a, cos), product(b, sin)]);
  const imaginary = node.emit('Add', [product(a, sin), product(b, cos)]);
  return node.emit('Concat', [real, imaginary], { axis: 3 });
}

function rotaryEmbedding(node: NodeImport): ValueId {
  const given = node.input(0);
  if (node.optional(3) !== undefined) throw node.unsupported('position ids');
  if (node.attrs.flag('interleaved', false) || node.attrs.int('rotary_embedding_dim', 0) !== 0)
    throw node.unsupported('interleaved or partial rotation');
  const x = byHead(node, given, 'num_heads');
  const y = rotated(node, x, [node.input(1), node.input(2)]);
  return node.rank(given) === 4 ? y : joinHeads(node, y);
}

export const attentionImporters: Importers = { Attention: attention, RotaryEmbedding: rotaryEmbedding };
