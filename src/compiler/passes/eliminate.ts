import { sameQuant, sameShape } from '../../core/index.ts';
import type { Node, ValueId } from '../graph/index.ts';
import { localPass } from './driver.ts';
import { type GraphView, hasClamp, intsAttr } from './graph-view.ts';

/** Removes nodes that give back their operand. */
export const eliminate = localPass('eliminate', (node, view) => {
  const same = identityOf(node, view);
  if (same === undefined || !sameType(view, same, node.outputs[0])) return undefined;
  const patch = view.patch('eliminate', node);
  patch.replace(node.outputs[0], same);
  return patch.build();
});

function sameType(view: GraphView, a: ValueId, b: ValueId): boolean {
  const [ta, tb] = [view.type(a), view.type(b)];
  return ta.dtype === tb.dtype && sameShape(ta.shape, tb.shape) && sameQuant(ta.quant, tb.quant);
}

const allEqual = (values: readonly number[], to: number): boolean => values.every((v) => v === to);

/** The operand that a node gives back; types are compared afterwards. */
function identityOf(node: Node, view: GraphView): ValueId | undefined {
  const { attrs } = node;
  const x = node.inputs[0] as ValueId;
  switch (node.op) {
    case 'Clip':
      return attrs.min === Number.NEGATIVE_INFINITY && attrs.max === Number.POSITIVE_INFINITY ? x : undefined;
    case 'Add':
    case 'Mul':
    case 'Sub':
    case 'Div':
    case 'Pow':
      return hasClamp(attrs) || view.type(x).quant ? undefined : neutralOperand(node, view);
    case 'Expand':
    case 'Tile':
    case 'Cast':
      return x;
    case 'Concat':
    case 'Split':
      return node.inputs.length === 1 && node.outputs.length === 1 ? x : undefined;
    case 'Slice':
      return allEqual(intsAttr(attrs, 'steps'), 1) ? x : undefined;
    case 'Pad':
      return allEqual(intsAttr(attrs, 'pads'), 0) ? x : undefined;
    case 'MaxPool2d':
    case 'AveragePool2d':
      return isUnitWindow(node) ? x : undefined;
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin':
    case 'ReduceProd':
      return intsAttr(attrs, 'axes').every((axis) => view.shape(x)[axis] === 1) ? x : undefined;
    case 'Quantize':
      return view.maker(x, 'Dequantize')?.inputs[0];
    default:
      return undefined;
  }
}

const isUnitWindow = ({ attrs }: Node): boolean =>
  !hasClamp(attrs) &&
  allEqual(intsAttr(attrs, 'kernel'), 1) &&
  allEqual(intsAttr(attrs, 'strides'), 1) &&
  allEqual(intsAttr(attrs, 'pads'), 0);

const neutral: Readonly<Record<string, number>> = { Add: 0, Sub: 0, Mul: 1, Div: 1, Pow: 1 };

function neutralOperand(node: Node, view: GraphView): ValueId | undefined {
  const [a, b] = node.inputs as [ValueId, ValueId];
  const is = (id: ValueId): boolean => {
    const constant = view.constant(id);
    return (
      constant !== undefined && (constant.data as Float32Array).every((v) => Number(v) === neutral[node.op])
    );
  };
  if (is(b)) return a;
  return (node.op === 'Add' || node.op === 'Mul') && is(a) ? b : undefined;
}
