import { f32, type QuantParams, type Tensor, tensor } from '../../../../core/index.ts';
import type { Node } from '../../../graph/index.ts';
import { cannotWrite, type Emitter, type TensorIndex } from '../write/emitter.ts';

export interface WeightAndBias {
  weight: TensorIndex;
  bias: TensorIndex;
}

function biasParams(sx: number, { scale }: QuantParams): QuantParams {
  const product = scale.map((s) => f32(sx * s));
  const zeroPoint = product.map(() => 0);
  return product.length === 1 ? { scale: product, zeroPoint } : { scale: product, zeroPoint, axis: 0 };
}

/**
 * The weights of an accumulating node and its bias, which is zeros where it has none. Integers: the bias is
 * int32 at f32(sx · sw). `weightShape` shows constant weights in another shape. Throws E_OP_UNSUPPORTED where int8 weights have a zero point.
 */
export function weightAndBias(
  out: Emitter,
  node: Node,
  axis: number,
  weightShape?: readonly number[],
): WeightAndBias {
  const { shape, quant } = out.type(node.inputs[1]);
  const constant = out.constantOf(node.inputs[1]);
  if (!out.unsigned && quant?.zeroPoint.some((z) => z !== 0)) {
    throw cannotWrite(node, 'weights that have a zero point', 'quantise the float model instead');
  }
  const weight =
    weightShape && constant
      ? out.constant(`${node.name}.weight`, { ...constant, shape: weightShape })
      : out.operand(node, 1);
  const given = out.constantOf(node.inputs[2]);
  if (!quant) {
    const bias = given
      ? out.operand(node, 2)
      : out.constant(`${node.name}.bias`, tensor('float32', [shape[axis]]));
    return { weight, bias };
  }
  const [sx] = out.type(node.inputs[0]).quant?.scale ?? [1];
  const stored: Tensor = given ?? tensor('int32', [shape[axis]]);
  const params = biasParams(sx, quant);
  return {
    weight,
    bias: out.constant(`${node.name}.bias`, tensor('int32', stored.shape, stored.data, params)),
  };
}
