import type { Node, ValueId } from '../../../graph/index.ts';
import { valueOf } from '../../../graph/index.ts';
import type { Emitter, Layout } from './emitter.ts';
import type { AttributeInput } from './protos.ts';
import type { Row, Rows } from './rows.ts';

/** Channels first where an operand is so already and all others can follow. */
export function layoutOf(emitter: Emitter, node: Node): Layout {
  const ids = node.inputs.filter((id) => id !== undefined);
  const canFollow = ids.every(
    (id) => emitter.shape(id).length === 4 || valueOf(emitter.graph, id).constant !== undefined,
  );
  const some = ids.some((id) => !valueOf(emitter.graph, id).constant && emitter.has(id, 'first'));
  return canFollow && some && emitter.shape(node.outputs[0]).length === 4 ? 'first' : 'plain';
}

type Body = (emitter: Emitter, node: Node, operands: string[]) => string;

const elementwise =
  (body: Body): Row =>
  (emitter, node) => {
    const layout = layoutOf(emitter, node);
    const operands = node.inputs.map((id) => emitter.real(id as ValueId, layout));
    emitter.result(node.outputs[0], layout, emitter.clamped(node, body(emitter, node, operands)));
  };

const named =
  (op: string, attrs: (node: Node) => Record<string, AttributeInput> = () => ({})): Body =>
  (emitter, node, operands) =>
    emitter.emit(op, operands, attrs(node), node.name);

const real = (node: Node, name: string): { f: number } => ({ f: node.attrs[name] as number });

/** HardSwish and Gelu came to ONNX after opset 13. */
const hardSwish: Body = (emitter, node, [x]) => {
  const gate = emitter.emit(
    'HardSigmoid',
    [x],
    { alpha: { f: 1 / 6 }, beta: { f: 0.5 } },
    `${node.name}_gate`,
  );
  return emitter.emit('Mul', [x, gate], {}, node.name);
};

const gelu: Body = (emitter, node, [x]) => {
  const step = (op: string, inputs: string[]): string =>
    emitter.emit(op, inputs, {}, `${node.name}_${op.toLowerCase()}`);
  const value = (v: number): string => emitter.float(`${node.name}_constant`, v);
  const cube = (): string => step('Mul', [step('Mul', [step('Mul', [x, x]), x]), value(0.044715)]);
  const inner =
    node.attrs.approximate === 'tanh'
      ? step('Tanh', [step('Mul', [step('Add', [x, cube()]), value(Math.sqrt(2 / Math.PI))])])
      : step('Erf', [step('Mul', [x, value(Math.SQRT1_2)])]);
  return step('Mul', [step('Mul', [x, value(0.5)]), step('Add', [inner, value(1)])]);
};

const same =
  'Add Sub Mul Div Min Max Pow Equal Greater Less And Or Not Where Neg Abs Sqrt Reciprocal Exp Log Floor Ceil Round Erf Sin Cos Sign Sigmoid Tanh Softplus PRelu';

export const elementwiseRows: Rows = {
  ...Object.fromEntries(same.split(' ').map((op) => [op, elementwise(named(op))])),
  Clip: elementwise((_, __, [x]) => x),
  Rsqrt: elementwise((emitter, node, [x]) =>
    emitter.emit('Reciprocal', [emitter.emit('Sqrt', [x], {}, `${node.name}_root`)], {}, node.name),
  ),
  LeakyRelu: elementwise(named('LeakyRelu', (node) => ({ alpha: real(node, 'alpha') }))),
  Elu: elementwise(named('Elu', (node) => ({ alpha: real(node, 'alpha') }))),
  HardSigmoid: elementwise(
    named('HardSigmoid', (node) => ({ alpha: real(node, 'alpha'), beta: real(node, 'beta') })),
  ),
  HardSwish: elementwise(hardSwish),
  Gelu: elementwise(gelu),
};
