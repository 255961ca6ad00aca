// PRelu and QPRelu with a slope that broadcasts.
#include <algorithm>

#include "engine/broadcast.h"
#include "engine/prepare.h"
#include "engine/int8.h"

namespace edgec {

Status PreparePRelu(const Preparation& p, Step* step) {
  PReluAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &slope = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && slope.dtype == DType::kFloat32 && y.dtype == DType::kFloat32,
              "operands have other types");
  Broadcast b;
  EDGEC_RETURN_IF_ERROR(MakeBroadcast({&x, &slope}, y, &b));
  // Without a branch: signs of activations are random.
  step->run = [=, &x, &slope, &y] {
    ApplyBinary(b, x.as<float>(), slope.as<float>(), y.as<float>(), [](float v, float s) { return std::max(v, 0.0f) + s * std::min(v, 0.0f); });
  };
  return Status::Ok();
}

Status PrepareQPRelu(const Preparation& p, Step* step) {
  QPReluAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &x = *p.inputs[0], &slope = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kInt8 && slope.dtype == DType::kInt8 && y.dtype == DType::kInt8,
              "operands have other types");
  EDGEC_CHECK(IsInt8(a.inputZeroPoint) && IsInt8(a.slopeZeroPoint) && IsInt8(a.outputZeroPoint), "bad zero point");
  Broadcast b;
  EDGEC_RETURN_IF_ERROR(MakeBroadcast({&x, &slope}, y, &b));
  step->run = [=, &x, &slope, &y] {
    ApplyBinary(b, x.as<int8_t>(), slope.as<int8_t>(), y.as<int8_t>(), [&](int8_t q, int8_t s) {
      const int32_t d = q - a.inputZeroPoint;
      return d >= 0 ? RequantizeSum(d, a.positiveMultiplier, a.outputZeroPoint, -128, 127)
                    : RequantizeSum(d * (s - a.slopeZeroPoint), a.negativeMultiplier, a.outputZeroPoint, -128, 127);
    });
  };
  return Status::Ok();
}

}  // namespace edgec
