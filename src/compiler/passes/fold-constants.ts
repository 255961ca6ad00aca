import { elementCount, opByName, tensor } from '../../core/index.ts';
import { operandConstants, valueOf } from '../graph/index.ts';
import type { Pass } from './driver.ts';

const maxElements = 2 ** 26;
const kept = new Set(['Quantize', 'Requantize']);

/** A node whose operands are all known becomes the constants that it would compute. */
export const foldConstants: Pass = {
  name: 'fold-constants',
  rewrite(node, { graph, patch }) {
    const constants = operandConstants(graph, node);
    const known = node.inputs.every((id, i) => id === undefined || constants[i] !== undefined);
    const types = node.outputs.map((id) => valueOf(graph, id).type);
    if (!known || kept.has(node.op) || types.some((t) => elementCount(t.shape) > maxElements)) return undefined;
    const outputs = types.map((t) => tensor(t.dtype, t.shape, undefined, t.quant));
    opByName(node.op).evaluate(constants, node.attrs as never, outputs);
    const p = patch('fold-constants', node);
    node.outputs.forEach((id, i) => {
      p.replace(id, p.constant(valueOf(graph, id).name, outputs[i]));
    });
    return p.build();
  },
};
