#ifndef EDGEC_KERNELS_F32_GEMM_ROWS_H_
#define EDGEC_KERNELS_F32_GEMM_ROWS_H_

#include "kernels/f32_gemm/f32_gemm.h"

namespace edgec {

// Where a row of a product begins, and its results.
struct GemmRow {
  const float* a;
  float* y;
};

// The rows of all lines, one after the other.
class GemmRows {
 public:
  explicit GemmRows(const F32GemmArgs& g) : g_(g), row_{g.a, g.y} {}

  GemmRow Next() {
    const GemmRow row = row_;
    row_.a += g_.a_stride;
    row_.y += g_.y_stride;
    if (++in_line_ == g_.rows) {
      in_line_ = 0;
      line_++;
      row_ = {g_.a + line_ * g_.a_line, g_.y + line_ * g_.y_line};
    }
    return row;
  }

 private:
  const F32GemmArgs& g_;
  GemmRow row_;
  size_t line_ = 0, in_line_ = 0;
};

}  // namespace edgec

#endif  // EDGEC_KERNELS_F32_GEMM_ROWS_H_
