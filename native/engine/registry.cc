#include "engine/prepare.h"

namespace edgec {

Prepare FindPrepare(Opcode opcode) {
  switch (opcode) {
#define EDGEC_OP(name) \
  case Opcode::k##name: \
    return Prepare##name;
    EDGEC_OP(Conv2d)
    EDGEC_OP(QConv2d)
    EDGEC_OP(DepthwiseConv2d)
    EDGEC_OP(QDepthwiseConv2d)
    EDGEC_OP(FullyConnected)
    EDGEC_OP(QFullyConnected)
    EDGEC_OP(QAdd)
    EDGEC_OP(QMul)
    EDGEC_OP(Table)
    EDGEC_OP(QSoftmax)
    EDGEC_OP(Softmax)
    EDGEC_OP(MaxPool2d)
    EDGEC_OP(AveragePool2d)
    EDGEC_OP(QAveragePool2d)
    EDGEC_OP(ReduceMean)
    EDGEC_OP(QReduceMean)
    EDGEC_OP(Add)
    EDGEC_OP(Sub)
    EDGEC_OP(Mul)
    EDGEC_OP(Clip)
    EDGEC_OP(Reshape)
    EDGEC_OP(Transpose)
    EDGEC_OP(Pad)
    EDGEC_OP(Concat)
    EDGEC_OP(Slice)
    EDGEC_OP(Quantize)
    EDGEC_OP(Dequantize)
    EDGEC_OP(Recode)
    EDGEC_OP(Sigmoid)
    EDGEC_OP(Tanh)
#undef EDGEC_OP
    default:
      return nullptr;
  }
}

}  // namespace edgec
