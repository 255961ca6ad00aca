// Elementwise ops: sums, products, tables, quantisation, functions of one value.
#include <algorithm>
#include <cmath>

#include "engine/broadcast.h"
#include "engine/prepare.h"
#include "engine/split.h"
#include "engine/int8.h"
#include "kernels/qs8_add/qs8_add.h"
#include "kernels/qs8_mul/qs8_mul.h"

namespace edgec {
namespace {

constexpr double kMacsOfAByte = 16;  // what can be multiplied while one byte is added

// y = f(a, b) with broadcasting, all of one type.
template <typename T, typename F>
Status Binary(const Preparation& p, F f, Step* step) {
  const Value &a = *p.inputs[0], &b = *p.inputs[1], &y = *p.outputs[0];
  Broadcast broadcast;
  EDGEC_RETURN_IF_ERROR(MakeBroadcast({&a, &b}, y, &broadcast));
  if (broadcast.rows == 1 && broadcast.steps[0] == 1 && broadcast.steps[1] == 1) {
    step->run = [=, pool = p.pool, &a, &b, &y] {
      SplitElements(pool, y.count, kMacsOfAByte * static_cast<double>(y.bytes()), [&](size_t from, size_t to) {
        const T *u = a.as<T>(), *v = b.as<T>();
        T* results = y.as<T>();
        for (size_t i = from; i < to; i++) results[i] = f(u[i], v[i]);
      });
    };
    return Status::Ok();
  }
  step->run = [=, &a, &b, &y] { ApplyBinary(broadcast, a.as<T>(), b.as<T>(), y.as<T>(), f); };
  return Status::Ok();
}

bool AllAre(const Preparation& p, DType dtype) {
  return p.inputs[0]->dtype == dtype && p.inputs[1]->dtype == dtype && p.outputs[0]->dtype == dtype;
}

// Integers wrap after the clamp, as in ECMAScript's typed arrays.
template <typename T>
T Wrapped(double v) {
  return static_cast<T>(static_cast<uint32_t>(static_cast<int64_t>(std::fmod(std::trunc(v), 4294967296.0))));
}

template <typename A, typename F>
Status ClampedBinary(const Preparation& p, F f, Step* step) {
  A a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const float low = a.clampMin, high = a.clampMax;
  const auto integer = [=](auto u, auto v) {
    const double r = f(static_cast<double>(u), static_cast<double>(v));
    const double clamped = r < low ? low : r > high ? high : r;
    return std::isfinite(clamped) ? Wrapped<decltype(u)>(clamped) : decltype(u){0};
  };
  if (AllAre(p, DType::kFloat32))
    return Binary<float>(p, [=](float u, float v) {
      const float r = f(u, v);
      return r < low ? low : r > high ? high : r;
    }, step);
  if (AllAre(p, DType::kInt32)) return Binary<int32_t>(p, integer, step);
  if (AllAre(p, DType::kInt8)) return Binary<int8_t>(p, integer, step);
  return Bad("operands have other types");
}

// Rows of two stored int8 operands, of which `b` may be one byte for all; swapped where that was the first operand.
struct Rows {
  const uint8_t *a, *b;
  uint8_t* y;
  size_t count, b_step;
  bool swapped;
  uint8_t a_flip, b_flip, y_flip;
};

template <typename Args>
void SetRows(const Rows& r, Args* args) {
  args->a = r.a;
  args->b = r.b;
  args->y = r.y;
  args->count = r.count;
  args->b_step = r.b_step;
  args->a_flip = r.a_flip;
  args->b_flip = r.b_flip;
  args->y_flip = r.y_flip;
}

// Calls row(Rows) for every row of the broadcast operands.
template <typename F>
Status StoredBinary(const Preparation& p, const char* kernel, Step* step, F row) {
  const Value &a = *p.inputs[0], &b = *p.inputs[1], &y = *p.outputs[0];
  Broadcast broadcast;
  EDGEC_RETURN_IF_ERROR(MakeBroadcast({&a, &b}, y, &broadcast));
  const bool swapped = broadcast.steps[0] == 0 && broadcast.steps[1] != 0;
  const Value &u = swapped ? b : a, &v = swapped ? a : b;
  const size_t iu = swapped ? 1 : 0, iv = 1 - iu;
  // Two operands of one element have no step, and a single element needs none.
  const auto v_step = static_cast<size_t>(broadcast.steps[iv]);
  step->kernel = kernel;
  if (broadcast.rows == 1 && v_step == 1) {
    step->run = [=, pool = p.pool, &u, &v, &y] {
      SplitElements(pool, y.count, kMacsOfAByte * static_cast<double>(y.count), [&](size_t from, size_t to) {
        row({u.data + from, v.data + from, y.data + from, to - from, 1, swapped, u.flip(), v.flip(), y.flip()});
      });
    };
    return Status::Ok();
  }
  step->run = [=, &u, &v, &y] {
    ForEachRow(broadcast, [&](size_t first, const std::array<int64_t, Broadcast::kOperands>& offsets) {
      row({u.data + offsets[iu], v.data + offsets[iv], y.data + first, broadcast.length, v_step, swapped, u.flip(), v.flip(), y.flip()});
    });
  };
  return Status::Ok();
}

template <typename F>
Status Unary(const Preparation& p, F f, Step* step) {
  EDGEC_CHECK(HasOperands(p, 1), "an operand is missing");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kFloat32 && y.dtype == DType::kFloat32 && x.count == y.count, "operands have other types");
  step->run = [=, &x, &y] {
    for (size_t i = 0; i < y.count; i++) y.as<float>()[i] = f(x.as<float>()[i]);
  };
  return Status::Ok();
}

}  // namespace

Status PrepareAdd(const Preparation& p, Step* step) {
  return ClampedBinary<AddAttrs>(p, [](auto a, auto b) { return a + b; }, step);
}
Status PrepareSub(const Preparation& p, Step* step) {
  return ClampedBinary<SubAttrs>(p, [](auto a, auto b) { return a - b; }, step);
}
Status PrepareMul(const Preparation& p, Step* step) {
  return ClampedBinary<MulAttrs>(p, [](auto a, auto b) { return a * b; }, step);
}

Status PrepareClip(const Preparation& p, Step* step) {
  ClipAttrs a;
  EDGEC_CHECK(Decode(p.attrs, &a), "bad attributes");
  return Unary(p, [low = a.min, high = a.max](float v) { return std::min(std::max(v, low), high); }, step);
}

Status PrepareQAdd(const Preparation& p, Step* step) {
  QAddAttrs q;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &q), "bad operands or attributes");
  EDGEC_CHECK(q.shift >= 1 && q.shift <= 30 && std::abs(int64_t{q.aMultiplier}) <= 1 << 21 && std::abs(int64_t{q.bMultiplier}) <= 1 << 21, "bad multipliers");
  EDGEC_CHECK(AllAre(p, DType::kInt8), "operands have other types");
  EDGEC_CHECK(IsInt8(q.aZeroPoint) && IsInt8(q.bZeroPoint) && IsOutputRange(q.outputZeroPoint, q.outputMin, q.outputMax),
              "bad zero point or bounds");
  const auto offset = static_cast<int32_t>((int64_t{1} << (q.shift - 1)) - int64_t{q.aZeroPoint} * q.aMultiplier -
                                           int64_t{q.bZeroPoint} * q.bMultiplier);
  const auto& kernel = Qs8AddFamily().Best(p.isa);
  Qs8AddArgs shared{};
  shared.offset = offset;
  shared.shift = q.shift;
  shared.zero_point = q.outputZeroPoint;
  shared.min = q.outputMin;
  shared.max = q.outputMax;
  return StoredBinary(p, kernel.name, step, [=, run = kernel.run](const Rows& r) {
    Qs8AddArgs args = shared;
    args.a_multiplier = r.swapped ? q.bMultiplier : q.aMultiplier;
    args.b_multiplier = r.swapped ? q.aMultiplier : q.bMultiplier;
    SetRows(r, &args);
    run(args);
  });
}

Status PrepareQMul(const Preparation& p, Step* step) {
  QMulAttrs q;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &q), "bad operands or attributes");
  EDGEC_CHECK(AllAre(p, DType::kInt8), "operands have other types");
  EDGEC_CHECK(IsInt8(q.aZeroPoint) && IsInt8(q.bZeroPoint) && IsOutputRange(q.outputZeroPoint, q.outputMin, q.outputMax),
              "bad zero point or bounds");
  const auto& kernel = Qs8MulFamily().Best(p.isa);
  Qs8MulArgs shared{};
  shared.multiplier = q.multiplier;
  shared.zero_point = q.outputZeroPoint;
  shared.min = q.outputMin;
  shared.max = q.outputMax;
  return StoredBinary(p, kernel.name, step, [=, run = kernel.run](const Rows& r) {
    Qs8MulArgs args = shared;
    args.a_zero = r.swapped ? q.bZeroPoint : q.aZeroPoint;
    args.b_zero = r.swapped ? q.aZeroPoint : q.bZeroPoint;
    SetRows(r, &args);
    run(args);
  });
}

Status PrepareTable(const Preparation& p, Step* step) {
  EDGEC_CHECK(HasOperands(p, 2), "an operand is missing");
  const Value &x = *p.inputs[0], &t = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(x.dtype == DType::kInt8 && y.dtype == DType::kInt8 && t.dtype == DType::kInt8 && t.count == 256 && x.count == y.count,
              "operands do not fit");
  step->run = [&x, &t, &y] {
    // The table begins at -128, which is byte 0 where x is stored plus 128.
    const uint8_t from = x.flip() ^ 0x80, to = y.flip(), *bytes = x.data, *table = t.data;
    uint8_t* out = y.data;
    for (size_t i = 0, count = y.count; i < count; i++) out[i] = table[bytes[i] ^ from] ^ to;
  };
  return Status::Ok();
}

Status PrepareRecode(const Preparation& p, Step* step) {
  EDGEC_CHECK(HasOperands(p, 1), "an operand is missing");
  const Value &x = *p.inputs[0], &y = *p.outputs[0];
  EDGEC_CHECK(x.count == y.count && ElementBytes(x.dtype) == 1 && ElementBytes(y.dtype) == 1, "operands do not fit");
  step->run = [&x, &y, count = y.count] {
    const uint8_t* from = x.data;
    uint8_t* to = y.data;
    for (size_t i = 0; i < count; i++) to[i] = from[i] ^ 0x80;
  };
  return Status::Ok();
}

}  // namespace edgec
