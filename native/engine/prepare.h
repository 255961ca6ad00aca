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

inline size_t RoundUp(size_t n, size_t to) { return (n + to - 1) / to * to; }

Status PrepareConv2d(const Preparation&, Step*);
Status PrepareQConv2d(const Preparation&, Step*);
Status PrepareDepthwiseConv2d(const Preparation&, Step*);
Status PrepareQDepthwiseConv2d(const Preparation&, Step*);
Status PrepareFullyConnected(const Preparation&, Step*);
Status PrepareQFullyConnected(const Preparation&, Step*);
Status PrepareQAdd(const Preparation&, Step*);
Status PrepareQMul(const Preparation&, Step*);
Status PrepareTable(const Preparation&, Step*);
Status PrepareQSoftmax(const Preparation&, Step*);
Status PrepareSoftmax(const Preparation&, Step*);
Status PrepareMaxPool2d(const Preparation&, Step*);
Status PrepareAveragePool2d(const Preparation&, Step*);
Status PrepareQAveragePool2d(const Preparation&, Step*);
Status PrepareReduceMean(const Preparation&, Step*);
Status PrepareQReduceMean(const Preparation&, Step*);
Status PrepareAdd(const Preparation&, Step*);
Status PrepareSub(const Preparation&, Step*);
Status PrepareMul(const Preparation&, Step*);
Status PrepareClip(const Preparation&, Step*);
Status PrepareReshape(const Preparation&, Step*);
Status PrepareTranspose(const Preparation&, Step*);
Status PreparePad(const Preparation&, Step*);
Status PrepareConcat(const Preparation&, Step*);
Status PrepareSlice(const Preparation&, Step*);
Status PrepareQuantize(const Preparation&, Step*);
Status PrepareDequantize(const Preparation&, Step*);
Status PrepareRecode(const Preparation&, Step*);
Status PrepareSigmoid(const Preparation&, Step*);
Status PrepareTanh(const Preparation&, Step*);

}  // namespace edgec

#endif  // EDGEC_ENGINE_PREPARE_H_
