import { counting, EdgecError, tensor } from '../../../../core/index.ts';
import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';

/** [batch, length, heads · size] as [batch, heads, length, size]; four axes already stand so. */
function byHead(node: NodeImport, id: ValueId, headsName: string): ValueId {
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

/** Finite, so that a row without any key has a result. */
const hidden = -3e38;

/** What masks add to the scores: 0 where a key is seen. */
function maskOf(node: NodeImport, rows: number, columns: number): ValueId[] {
  const masks: ValueId[] = [];
  const given = node.optional(3);
  if (given !== undefined) {
    const seen = node.type(given).dtype === 'bool';
    masks.push(seen ? node.emit('Where', [given, node.scalar(0), node.scalar(hidden)]) : given);
  }
  if (node.attrs.flag('is_causal', false)) {
    const later = counting(rows * columns).map((i) => (i % columns > Math.floor(i / columns) ? hidden : 0));
    masks.push(node.addConstant(tensor('float32', [rows, columns], later)));
  }
  return masks;
}

/** softmax(scale · Q · Kᵀ + mask) · V for each head. */
function attention(node: NodeImport): ValueId {
  if (node.optional(4) !== undefined || node.optional(5) !== undefined) throw node.unsupported('a past');
  if (node.proto.output.slice(1).some((name) => name !== '')) throw node.unsupported('more than one output');
  const q = byHead(node, node.input(0), 'q_num_heads');
  const [batch, heads, length, size] = node.shape(q);
  const [k, v] = [1, 2].map((i) => repeated(node, byHead(node, node.input(i), 'kv_num_heads'), heads));
  const product = node.emit('MatMul', [q, node.transpose(k, [0, 1, 3, 2])]);
  const scaled = node.emit('Mul', [product, node.scalar(node.attrs.float('scale', 1 / Math.sqrt(size)))]);
  const masked = maskOf(node, length, node.shape(k)[2]).reduce(
    (x, mask) => node.emit('Add', [x, mask]),
    scaled,
  );
  const cap = node.attrs.float('softcap', 0);
  if (cap !== 0) throw node.unsupported('softcap');
  const y = node.emit('MatMul', [node.emit('Softmax', [masked], { axis: 3 }), v]);
  if (node.rank(node.input(0)) === 4) return y;
  const joined = node.transpose(y, [0, 2, 1, 3]);
  return node.reshape(joined, [batch, length, heads * node.shape(v)[3]]);
}

/** x turned in pairs of its halves by angles given as cosines and sines [length, size / 2] or one a sample. */
function rotaryEmbedding(node: NodeImport): ValueId {
  const given = node.input(0);
  if (node.optional(3) !== undefined) throw node.unsupported('position ids');
  if (node.attrs.flag('interleaved', false) || node.attrs.int('rotary_embedding_dim', 0) !== 0)
    throw node.unsupported('interleaved or partial rotation');
  const x = byHead(node, given, 'num_heads');
  const [batch, heads, length, size] = node.shape(x);
  const half = size / 2;
  const [cos, sin] = [1, 2].map((i) => {
    const shape = node.shape(node.input(i));
    return node.reshape(node.input(i), [shape.length === 3 ? shape[0] : 1, 1, length, half]);
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
  const y = node.emit('Concat', [real, imaginary], { axis: 3 });
  if (node.rank(given) === 4) return y;
  return node.reshape(node.transpose(y, [0, 2, 1, 3]), [batch, length, heads * size]);
}

export const attentionImporters: Importers = { Attention: attention, RotaryEmbedding: rotaryEmbedding };
