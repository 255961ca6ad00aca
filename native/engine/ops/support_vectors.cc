// SquaredDistance and PairwiseCoupling, of which support vector machines are made.
#include <cmath>

#include "engine/prepare.h"

namespace edgec {
namespace {

constexpr int kMostSteps = 100;

// The second method of Wu, Lin and Weng (2004), see the op's definition.
struct Coupling {
  size_t count;
  std::vector<float> r, q, qp;

  explicit Coupling(size_t classes) : count(classes), r(classes * classes), q(classes * classes), qp(classes) {}

  void SetPairs(const float* pairs) {
    for (size_t i = 0; i < count; i++)
      for (size_t j = i + 1; j < count; j++, pairs++) {
        r[i * count + j] = *pairs;
        r[j * count + i] = 1 - *pairs;
      }
  }

  bool Settled(const float* p, float* pqp) {
    *pqp = 0;
    for (size_t i = 0; i < count; i++) {
      qp[i] = 0;
      for (size_t j = 0; j < count; j++) qp[i] += q[i * count + j] * p[j];
      *pqp += p[i] * qp[i];
    }
    for (const float v : qp)
      if (!(std::fabs(v - *pqp) < 0.005f / static_cast<float>(count))) return false;
    return true;
  }

  void Step(float* p, float pqp) {
    for (size_t i = 0; i < count; i++) {
      const float own = q[i * count + i], diff = (pqp - qp[i]) / own, whole = 1 + diff;
      p[i] += diff;
      pqp = (pqp + diff * (diff * own + 2 * qp[i])) / whole / whole;
      for (size_t j = 0; j < count; j++) {
        qp[j] = (qp[j] + diff * q[i * count + j]) / whole;
        p[j] /= whole;
      }
    }
  }

  void Run(float* p) {
    for (size_t i = 0; i < count; i++) {
      p[i] = 1 / static_cast<float>(count);
      float& own = q[i * count + i] = 0;
      for (size_t j = 0; j < count; j++) {
        if (j == i) continue;
        own += r[j * count + i] * r[j * count + i];
        q[i * count + j] = j < i ? q[j * count + i] : -r[j * count + i] * r[i * count + j];
      }
    }
    float pqp = 0;
    for (int step = 0; step < kMostSteps && !Settled(p, &pqp); step++) Step(p, pqp);
  }
};

}  // namespace

Status PreparePairwiseCoupling(const Preparation& p, Step* step) {
  PairwiseCouplingAttrs a;
  EDGEC_CHECK(HasOperands(p, 1) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, DType::kFloat32, 2) && Is(y, DType::kFloat32, 2) && a.classCount >= 2 && a.classCount <= 4096, "bad operands");
  const auto count = static_cast<size_t>(a.classCount);
  EDGEC_CHECK(x.dim(1) == count * (count - 1) / 2 && y.dim(1) == count && y.dim(0) == x.dim(0), "the output does not fit");
  step->run = [coupling = std::make_shared<Coupling>(count), count, &x, &y] {
    for (size_t row = 0; row < x.dim(0); row++) {
      coupling->SetPairs(x.as<float>() + row * x.dim(1));
      coupling->Run(y.as<float>() + row * count);
    }
  };
  return Status::Ok();
}

Status PrepareSquaredDistance(const Preparation& p, Step* step) {
  SquaredDistanceAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &points = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(Is(x, DType::kFloat32, 2) && Is(points, DType::kFloat32, 2) && Is(y, DType::kFloat32, 2), "bad operands");
  EDGEC_CHECK(points.dim(1) == x.dim(1) && y.dim(0) == x.dim(0) && y.dim(1) == points.dim(0), "the output does not fit");
  step->run = [&x, &points, &y] {
    const size_t width = x.dim(1), count = points.dim(0);
    for (size_t i = 0; i < y.count; i++) {
      const float *row = x.as<float>() + i / count * width, *point = points.as<float>() + i % count * width;
      float sum = 0;
      for (size_t k = 0; k < width; k++) sum += (row[k] - point[k]) * (row[k] - point[k]);
      y.as<float>()[i] = sum;
    }
  };
  return Status::Ok();
}

}  // namespace edgec
