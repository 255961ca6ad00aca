#ifndef EDGEC_ENGINE_GEMM_WEIGHTS_H_
#define EDGEC_ENGINE_GEMM_WEIGHTS_H_

#include <vector>

#include "engine/accumulate.h"
#include "engine/stored_windows.h"
#include "kernels/qs8_gemm/qs8_gemm.h"

namespace edgec {

// How operand 1 falls into the weights of matrix products, one for each group of columns.
struct GemmShape {
  size_t groups, columns, runs, depth;  // columns of a group, runs of a column, elements of a run

  size_t elements() const { return groups * columns * runs * depth; }
};

// Leaves `at` where it is in what the package stores of a constant, or moves it to a copy of so many bytes where that goes
// with the package.
Status TakeStored(const Value& w, size_t bytes, Block* copy, const uint8_t** at);

// Elements of a constant row-major: its own, or in `room` where the package has them in panels.
Status RowMajor(const Value& w, Block* room, const uint8_t** at);

// The kernel for int8 products of so many rows, whose segments have `depth` bytes at most in one set.
const Kernel<Qs8GemmArgs>& Qs8ProductKernel(Isa isa, size_t rows, size_t depth);

// Weights, bias and multipliers of int8 products as a kernel of `layout` reads them: where the package has them in
// its panels or windows, else packed.
class Qs8GemmWeights {
 public:
  // `runs` are where those of a column start in a row.
  Status Make(const Preparation& p, const GemmShape& shape, const int32_t* runs, const AccumulateParams& params, const Layout& layout);

  // How often the runs of a column come: weights that one int8 does not hold are several sets.
  size_t sets() const { return sets_; }
  const int8_t* group(size_t g) const { return weights_ + g * group_bytes_; }
  const Requant& requant(size_t g) const { return requants_[g].requant; }

  // Instead of weights, where the package has windows and the kernel takes them.
  Qs8Windows windows(size_t g) const;
  Qs8ColumnWindows column_windows(size_t g) const;

 private:
  Status TakePanels(const Value& w, const GemmShape& shape);
  Status TakeWindows(const Value& w, const int32_t* runs);
  Status Pack(const int8_t* w, const GemmShape& shape, int32_t zero_point, const Layout& layout);

  const int8_t* weights_ = nullptr;
  size_t sets_ = 1, group_bytes_ = 0;
  Block owned_;
  std::vector<RequantTable> requants_;
  StoredWindows windows_;
};

// Weights and bias of float products.
class F32GemmWeights {
 public:
  Status Make(const Preparation& p, const GemmShape& shape, const float* bias);

  const float* group(size_t g) const { return weights_ + g * group_count_; }
  const float* bias(size_t g) const { return bias_.data() + g * padded_; }

 private:
  const float* weights_ = nullptr;
  size_t group_count_ = 0, padded_ = 0;
  Block owned_;
  std::vector<float> bias_;
};

}  // namespace edgec

#endif  // EDGEC_ENGINE_GEMM_WEIGHTS_H_
