#ifndef EDGEC_ENGINE_PREPARE_H_
#define EDGEC_ENGINE_PREPARE_H_

#include <memory>

#include "engine/model.h"

namespace edgec {

inline Status Bad(const char* what) { return Status::Error("E_PACKAGE_CORRUPT", what); }

#define EDGEC_CHECK(condition, what) \
  do {                               \
    if (!(condition)) return Bad(what); \
  } while (0)

// Operand counts and presence that every op states first.
inline bool HasOperands(const Preparation& p, size_t required, size_t outputs = 1) {
  if (p.inputs.size() < required || p.outputs.size() < outputs) return false;
  for (size_t i = 0; i < required; i++)
    if (!p.inputs[i]) return false;
  return true;
}

inline bool Is(const Value& v, DType dtype, size_t rank) { return v.dtype == dtype && v.shape.size() == rank; }

// 0x80 where the bytes of x are not stored as a kernel of this layout reads them.
inline uint8_t FlipFor(const Value& x, const Layout& layout) { return x.plus128 == layout.plus128 ? 0 : 0x80; }

#define EDGEC_OP(name) Status Prepare##name(const Preparation&, Step*);
#include "engine/ops.inc"
#undef EDGEC_OP

}  // namespace edgec

#endif  // EDGEC_ENGINE_PREPARE_H_
