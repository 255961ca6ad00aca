import { opByName, tensor } from '../../core/index.ts';
import { operandConstants, valueOf } from '../graph/index.ts';
import type { Pass } from './driver.ts';

/** A product with a constant matrix is a fully connected layer. */
export const matMulToFullyConnected: Pass = {
  name: 'mat-mul-to-fully-connected',
  rewrite(node, { graph, patch }) {
    const [, b] = operandConstants(graph, node);
    if (node.op !== 'MatMul' || b?.dtype !== 'float32' || b.shape.length !== 2) return undefined;
    const weight = tensor('float32', [b.shape[1], b.shape[0]]);
    opByName('Transpose').evaluate([b], { perm: [1, 0] } as never, [weight]);
    const p = patch('mat-mul-to-fully-connected', node);
    const [y] = p.add('FullyConnected', [node.inputs[0], p.constant(`${node.name}.weight`, weight)], {}, node.name);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};

/** Division by a constant is multiplication by its reciprocal, which has an integer form. */
export const divToMul: Pass = {
  name: 'div-to-mul',
  rewrite(node, { graph, patch }) {
    const [, b] = operandConstants(graph, node);
    if (node.op !== 'Div' || b?.dtype !== 'float32') return undefined;
    const data = (b.data as Float32Array).map((v) => 1 / v);
    if (data.some((v) => !Number.isFinite(v))) return undefined;
    const p = patch('div-to-mul', node);
    const [y] = p.add('Mul', [node.inputs[0], p.constant(`${node.name}.reciprocal`, tensor('float32', b.shape, data))], {}, node.name);
    p.replace(node.outputs[0], y);
    return p.build();
  },
};

/** x · HardSigmoid(x) with the slope 1/6 is HardSwish. */
export const hardSwish: Pass = {
  name: 'hard-swish',
  rewrite(node, { maker, patch, graph }) {
    if (node.op !== 'Mul' || valueOf(graph, node.outputs[0]).type.dtype !== 'float32') return undefined;
    const at = [0, 1].find((i) => {
      const gate = maker(node.inputs[i]);
      return gate?.op === 'HardSigmoid' && gate.inputs[0] === node.inputs[1 - i];
    });
    const gate = at === undefined ? undefined : maker(node.inputs[at]);
    if (!gate || Math.abs((gate.attrs.alpha as number) - 1 / 6) > 1e-6 || gate.attrs.beta !== 0.5) return undefined;
    if (node.attrs.clampMin !== -Infinity || node.attrs.clampMax !== Infinity) return undefined;
    const p = patch('hard-swish', gate, node);
    p.replace(node.outputs[0], p.add('HardSwish', [gate.inputs[0]], {}, node.name)[0]);
    return p.build();
  },
};
