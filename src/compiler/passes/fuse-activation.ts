import { valueOf } from '../graph/index.ts';
import type { Pass } from './driver.ts';

const clamping = new Set([
  'Conv2d',
  'DepthwiseConv2d',
  'TransposeConv2d',
  'FullyConnected',
  'Add',
  'Sub',
  'Mul',
  'MaxPool2d',
  'AveragePool2d',
]);

/** A Clip joins the node before it, which then clamps its own output. */
export const fuseActivation: Pass = {
  name: 'fuse-activation',
  rewrite(node, { graph, maker, onlyReader, patch }) {
    const [x] = node.inputs;
    const producer = maker(x);
    if (node.op !== 'Clip' || x === undefined || !producer || !clamping.has(producer.op) || !onlyReader(x)) return undefined;
    if (valueOf(graph, x).type.dtype !== 'float32') return undefined;
    const clampMin = Math.max(producer.attrs.clampMin as number, node.attrs.min as number);
    const clampMax = Math.min(producer.attrs.clampMax as number, node.attrs.max as number);
    if (clampMin > clampMax) return undefined;
    const p = patch('fuse-activation', producer, node);
    const [y] = p.add(producer.op, producer.inputs, { ...producer.attrs, clampMin, clampMax }, producer.name);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};
