import type { ValueId } from '../../../graph/index.ts';
import type { Importers, NodeImport } from '../node-import.ts';
import { contribTransformerImporters } from './contrib-transformer.ts';
import { convolve } from './convolution.ts';
import { clip } from './elementwise.ts';
import { contribProductImporters } from './integer-products.ts';
import { matMul } from './matrix.ts';
import { contribQuantizedImporters } from './quantized.ts';

function activate(node: NodeImport, x: ValueId): ValueId {
  const activation = node.attrs.string('activation', '');
  const [a = 0, b = 0] = node.attrs.floats('activation_params', []);
  switch (activation) {
    case '':
      return x;
    case 'Relu':
      return clip(node, x, 0);
    case 'Clip':
      return clip(node, x, a, b);
    case 'LeakyRelu':
      return node.emit('LeakyRelu', [x], { alpha: a });
    case 'HardSigmoid':
      return node.emit('HardSigmoid', [x], { alpha: a, beta: b });
    case 'Sigmoid':
    case 'Tanh':
      return node.emit(activation, [x]);
    default:
      throw node.unsupported(`activation '${activation}'`);
  }
}

function fusedConv(node: NodeImport): ValueId {
  const y = convolve(node, node.input(0), node.input(1), node.optional(2));
  const sum = node.optional(3);
  return activate(node, sum === undefined ? y : node.emit('Add', [y, sum]));
}

function fusedMatMul(node: NodeImport): ValueId {
  if (['transBatchA', 'transBatchB'].some((name) => node.attrs.flag(name, false)))
    throw node.unsupported('a transposed batch');
  const side = (i: number, flag: string): ValueId => {
    const x = node.input(i);
    const perm = node.shape(x).map((_, axis) => axis);
    if (!node.attrs.flag(flag, false) || perm.length < 2) return x;
    return node.transpose(x, [...perm.slice(0, -2), perm.length - 1, perm.length - 2]);
  };
  const product = matMul(node, side(0, 'transA'), side(1, 'transB'));
  const alpha = node.attrs.float('alpha', 1);
  return alpha === 1 ? product : node.emit('Mul', [product, node.scalar(alpha)]);
}

/** Ops that ONNX Runtime's optimiser writes into the domain com.microsoft. */
export const contribImporters: Importers = {
  ...contribProductImporters,
  ...contribQuantizedImporters,
  ...contribTransformerImporters,
  FusedConv: fusedConv,
  FusedMatMul: fusedMatMul,
  Gelu: (node) => node.emit('Gelu', [node.input(0)]),
};
