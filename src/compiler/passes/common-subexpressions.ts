import { type Attrs, type QuantParams, type Tensor, tensorBytes } from '../../core/index.ts';
import type { ValueId } from '../graph/index.ts';
import type { Pass } from './driver.ts';
import { GraphView } from './graph-view.ts';

/** Constants of up to this many bytes are compared by content, larger ones by identity. */
const comparedBytes = 4096;

/** Nodes that apply the same op with the same attributes to the same values become one. */
export const commonSubexpressions: Pass = {
  name: 'common-subexpressions',
  patches(graph, ids) {
    const view = new GraphView(graph, ids);
    const first = new Map<string, readonly ValueId[]>();
    const same = new Map<ValueId, ValueId>();
    const keys = new Map<ValueId, string>();
    const keyOf = (id: ValueId | undefined): string => {
      if (id === undefined) return '_';
      const known = keys.get(id);
      if (known !== undefined) return known;
      const constant = view.constant(id);
      const key =
        constant && tensorBytes(constant) <= comparedBytes ? contentKey(constant) : `%${same.get(id) ?? id}`;
      keys.set(id, key);
      return key;
    };
    return graph.nodes.flatMap((node) => {
      const quant = node.outputs.map((id) => quantKey(view.type(id).quant)).join(';');
      const key = `${node.op}(${node.inputs.map(keyOf).join()}){${attrsKey(node.attrs)}}${quant}`;
      const earlier = first.get(key);
      if (!earlier) {
        first.set(key, node.outputs);
        return [];
      }
      const patch = view.patch('common-subexpressions', node);
      node.outputs.forEach((id, i) => {
        if (!view.isOutput(id)) same.set(id, earlier[i]);
        patch.replace(id, earlier[i]);
      });
      return node.outputs.some((id) => view.isOutput(id)) ? [] : [patch.build()];
    });
  },
};

const quantKey = (quant: QuantParams | undefined): string =>
  quant ? `${quant.scale}|${quant.zeroPoint}|${quant.axis}` : '';

const attrsKey = (attrs: Attrs): string =>
  Object.entries(attrs)
    .map(([name, value]) => `${name}=${value}`)
    .join(';');

const contentKey = (t: Tensor): string =>
  `${t.dtype}[${t.shape}]${quantKey(t.quant)}:${Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength).toString('latin1')}`;
