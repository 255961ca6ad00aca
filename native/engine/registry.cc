#include "engine/prepare.h"

namespace edgec {

Prepare FindPrepare(Opcode opcode) {
  switch (opcode) {
#define EDGEC_OP(name)  \
  case Opcode::k##name: \
    return Prepare##name;
#include "engine/ops.inc"
#undef EDGEC_OP
    default:
      return nullptr;
  }
}

}  // namespace edgec
