// MatMul and QMatMul: both operands are computed, the axes before the last two broadcast.
#include <algorithm>
#include <cmath>

#include "engine/int8.h"
#include "engine/prepare.h"
#include "engine/split.h"

namespace edgec {
namespace {

struct Product {
  size_t rows, depth, columns, matrices;
  std::vector<size_t> a_first, b_first;  // first element of the matrices of each product
};

// First elements of the matrices of `x` for each matrix of the output.
bool MatrixIndices(const Value& x, const Value& y, size_t matrices, std::vector<size_t>* first) {
  const size_t own = x.shape.size(), rank = y.shape.size(), matrix = x.dim(-2) * x.dim(-1);
  for (size_t i = 0; i + 2 < own; i++) {
    const int32_t size = x.shape[i], target = y.shape[i + rank - own];
    if (size != 1 && size != target) return false;
  }
  for (size_t m = 0; m < matrices; m++) {
    size_t left = m, index = 0, step = 1;
    for (size_t axis = rank - 2; axis-- > 0;) {
      const size_t at = left % y.dim(static_cast<int>(axis));
      left /= y.dim(static_cast<int>(axis));
      if (axis + own < rank) continue;
      const size_t size = x.dim(static_cast<int>(axis + own - rank));
      if (size != 1) index += at * step;
      step *= size;
    }
    first->push_back(index * matrix);
  }
  return true;
}

Status MakeProduct(const Value& a, const Value& b, const Value& y, Product* product) {
  const size_t rank = y.shape.size();
  EDGEC_CHECK(a.shape.size() >= 2 && b.shape.size() >= 2 && rank == std::max(a.shape.size(), b.shape.size()),
              "operands need rank 2 or more");
  EDGEC_CHECK(a.dim(-1) == b.dim(-2) && y.dim(-2) == a.dim(-2) && y.dim(-1) == b.dim(-1), "matrices do not fit");
  *product = {y.dim(-2), a.dim(-1), y.dim(-1), 0, {}, {}};
  if (y.count == 0) return Status::Ok();
  product->matrices = y.count / (product->rows * product->columns);
  EDGEC_CHECK(MatrixIndices(a, y, product->matrices, &product->a_first) &&
                  MatrixIndices(b, y, product->matrices, &product->b_first),
              "shapes do not broadcast");
  return Status::Ok();
}

// Elements [depth][columns] as F32Gemm reads weights.
void PackRows(const float* rows, size_t depth, size_t columns, float* packed) {
  for (size_t n = 0; n < columns; n += kLanes, packed += depth * kLanes) {
    const size_t count = std::min(kLanes, columns - n);
    for (size_t k = 0; k < depth; k++) {
      float* to = packed + k * kLanes;
      std::copy_n(rows + k * columns + n, count, to);
      std::fill(to + count, to + kLanes, 0.0f);
    }
  }
}

constexpr int32_t kNoOffset = 0;

}  // namespace

Status PrepareMatMul(const Preparation& p, Step* step) {
  MatMulAttrs attrs;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &attrs), "bad operands or attributes");
  const Value &a = *p.inputs[0], &b = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(a.dtype == DType::kFloat32 && b.dtype == DType::kFloat32 && y.dtype == DType::kFloat32,
              "operands have other types");
  auto product = std::make_shared<Product>();
  EDGEC_RETURN_IF_ERROR(MakeProduct(a, b, y, product.get()));
  const auto& kernel = F32GemmFamily().Best(p.isa);
  const size_t rows = product->rows, depth = product->depth, columns = product->columns;
  p.scratch->Need(F32GemmWeightCount(columns, 1, depth) * sizeof(float));
  auto bias = std::make_shared<std::vector<float>>(RoundUp(columns, kLanes), 0.0f);
  step->kernel = kernel.name;
  step->run = [=, run = kernel.run, scratch = p.scratch, pool = p.pool, &a, &b, &y] {
    auto* packed = reinterpret_cast<float*>(scratch->data());
    for (size_t m = 0; m < product->matrices; m++) {
      const size_t first = product->b_first[m];
      if (m == 0 || first != product->b_first[m - 1]) PackRows(b.as<float>() + first, depth, columns, packed);
      const F32GemmArgs args{a.as<float>() + product->a_first[m], 1, rows, 0, depth, &kNoOffset, 1, depth, columns, packed, bias->data(),
                             -INFINITY, INFINITY, y.as<float>() + m * rows * columns, 0, columns};
      SplitProduct(pool, run, args);
    }
  };
  return Status::Ok();
}

Status PrepareQMatMul(const Preparation& p, Step* step) {
  QMatMulAttrs q;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &q), "bad operands or attributes");
  const Value &a = *p.inputs[0], &b = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(a.dtype == DType::kInt8 && b.dtype == DType::kInt8 && y.dtype == DType::kInt8, "operands have other types");
  EDGEC_CHECK(IsInt8(q.aZeroPoint) && IsInt8(q.bZeroPoint) && IsOutputRange(q.outputZeroPoint, q.outputMin, q.outputMax),
              "bad zero point or bounds");
  auto product = std::make_shared<Product>();
  EDGEC_RETURN_IF_ERROR(MakeProduct(a, b, y, product.get()));
  EDGEC_CHECK(product->depth <= 32768, "the sum can leave int32");
  auto sums = std::make_shared<std::vector<int32_t>>(product->columns);
  step->run = [=, &a, &b, &y] {
    const size_t depth = product->depth, columns = product->columns;
    int32_t* acc = sums->data();
    int8_t* to = y.as<int8_t>();
    for (size_t m = 0; m < product->matrices; m++)
      for (size_t r = 0; r < product->rows; r++, to += columns) {
        const int8_t* row = a.as<int8_t>() + product->a_first[m] + r * depth;
        const int8_t* right = b.as<int8_t>() + product->b_first[m];
        std::fill(acc, acc + columns, 0);
        for (size_t k = 0; k < depth; k++, right += columns) {
          const int32_t left = row[k] - q.aZeroPoint;
          for (size_t c = 0; c < columns; c++) acc[c] += left * (right[c] - q.bZeroPoint);
        }
        for (size_t c = 0; c < columns; c++)
          to[c] = RequantizeSum(acc[c], q.multiplier, q.outputZeroPoint, q.outputMin, q.outputMax);
      }
  };
  return Status::Ok();
}

}  // namespace edgec
