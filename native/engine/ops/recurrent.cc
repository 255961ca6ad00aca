// LSTM, GRU and plain recurrent cells; src/core/ops/recurrent.ts is the specification.
#include <algorithm>
#include <cmath>

#include "engine/prepare.h"

namespace edgec {
namespace {

using Activation = float (*)(float);

float Sigmoid(float x) { return 1 / (1 + std::exp(-x)); }
float Tanh(float x) { return std::tanh(x); }
float Relu(float x) { return std::max(0.0f, x); }
float HardSigmoid(float x) { return std::max(0.0f, std::min(1.0f, 0.2f * x + 0.5f)); }
float Softsign(float x) { return x / (1 + std::fabs(x)); }

// In the order of the attribute's values.
constexpr Activation kActivations[] = {Sigmoid, Tanh, Relu, HardSigmoid, Softsign};

struct Cell {
  size_t time, batch, inputs, hidden, gates;
  const Value *x, *w, *r, *bias, *peephole, *initial_hidden, *initial_cell;
  const Value *y, *last_hidden, *last_cell;
  RecurrentAttrs::Cell kind;
  Activation f, g, h;
  bool reverse, linear_before_reset;
  float clip, cell_clip;

  float Clipped(float v) const { return std::max(-clip, std::min(clip, v)); }
};

// Values of one sample, allocated once.
struct Scratchpad {
  std::vector<float> from_input, from_hidden, masked;
};

float Dot(const float* a, const float* b, size_t length) {
  float sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= length; i += 8)
    for (size_t k = 0; k < 8; k++) sums[k] += a[i + k] * b[i + k];
  for (; i < length; i++) sums[0] += a[i] * b[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

// to = matrix · vector + bias, for the gates from `first` to `end`.
void Product(const Cell& c, const Value& matrix, const float* vector, size_t length, const float* bias, size_t first, size_t end, float* to) {
  for (size_t row = first * c.hidden; row < end * c.hidden; row++)
    to[row] = Dot(matrix.as<float>() + row * length, vector, length) + (bias ? bias[row] : 0);
}

void AdvanceGru(const Cell& c, Scratchpad* s, float* hidden, const float* recurrent_bias) {
  const size_t n = c.hidden;
  float *update = s->from_input.data(), *reset = update + n, *content = reset + n;
  const float *hu = s->from_hidden.data(), *hr = hu + n, *hc = hr + n;
  for (size_t k = 0; k < 2 * n; k++) update[k] = c.f(c.Clipped(update[k] + hu[k]));
  if (!c.linear_before_reset) {
    for (size_t k = 0; k < n; k++) s->masked[k] = hidden[k] * reset[k];
    Product(c, *c.r, s->masked.data(), n, recurrent_bias, 2, 3, s->from_hidden.data());
  }
  for (size_t k = 0; k < n; k++) {
    const float gate = c.linear_before_reset ? reset[k] : 1;
    content[k] = c.g(c.Clipped(content[k] + gate * hc[k]));
    hidden[k] = (1 - update[k]) * content[k] + update[k] * hidden[k];
  }
}

void AdvanceLstm(const Cell& c, const Scratchpad& s, float* hidden, float* cell) {
  const size_t n = c.hidden;
  const float *a = s.from_input.data(), *b = s.from_hidden.data(), *peep = c.peephole ? c.peephole->as<float>() : nullptr;
  const auto gate = [&](size_t g, size_t k, size_t part, float content) {
    return c.f(c.Clipped(a[g * n + k] + b[g * n + k] + (peep ? peep[part * n + k] * content : 0)));
  };
  for (size_t k = 0; k < n; k++) {
    const float input = gate(0, k, 0, cell[k]), forget = gate(2, k, 2, cell[k]);
    const float content = c.g(c.Clipped(a[3 * n + k] + b[3 * n + k]));
    cell[k] = std::max(-c.cell_clip, std::min(c.cell_clip, forget * cell[k] + input * content));
    hidden[k] = gate(1, k, 1, cell[k]) * c.h(cell[k]);
  }
}

void Run(const Cell& c, Scratchpad* s) {
  const float* bias = c.bias ? c.bias->as<float>() : nullptr;
  const float* recurrent_bias = bias ? bias + c.gates * c.hidden : nullptr;
  for (size_t b = 0; b < c.batch; b++) {
    float *hidden = c.last_hidden->as<float>() + b * c.hidden, *cell = c.last_cell->as<float>() + b * c.hidden;
    const auto start = [&](const Value* from, float* to) {
      if (from) std::copy_n(from->as<float>() + b * c.hidden, c.hidden, to);
      else std::fill_n(to, c.hidden, 0.0f);
    };
    start(c.initial_hidden, hidden);
    start(c.initial_cell, cell);
    for (size_t step = 0; step < c.time; step++) {
      const size_t t = c.reverse ? c.time - 1 - step : step, row = t * c.batch + b;
      Product(c, *c.w, c.x->as<float>() + row * c.inputs, c.inputs, bias, 0, c.gates, s->from_input.data());
      Product(c, *c.r, hidden, c.hidden, recurrent_bias, 0, c.gates, s->from_hidden.data());
      if (c.kind == RecurrentAttrs::Cell::kLstm) AdvanceLstm(c, *s, hidden, cell);
      else if (c.kind == RecurrentAttrs::Cell::kGru) AdvanceGru(c, s, hidden, recurrent_bias);
      else
        for (size_t k = 0; k < c.hidden; k++) hidden[k] = c.f(c.Clipped(s->from_input[k] + s->from_hidden[k]));
      std::copy_n(hidden, c.hidden, c.y->as<float>() + row * c.hidden);
    }
  }
}

bool HasShape(const Value* v, std::initializer_list<size_t> shape) {
  if (!v) return true;
  if (v->dtype != DType::kFloat32 || v->shape.size() != shape.size()) return false;
  return std::equal(shape.begin(), shape.end(), v->shape.begin(), [](size_t a, int32_t b) { return a == static_cast<size_t>(b); });
}

}  // namespace

Status PrepareRecurrent(const Preparation& p, Step* step) {
  RecurrentAttrs a;
  EDGEC_CHECK(HasOperands(p, 3, 3) && Decode(p.attrs, &a), "bad operands or attributes");
  const auto optional = [&](size_t i) { return i < p.inputs.size() ? p.inputs[i] : nullptr; };
  const Value &x = *p.inputs[0], &w = *p.inputs[1];
  EDGEC_CHECK(Is(x, DType::kFloat32, 3) && Is(w, DType::kFloat32, 2), "operands have other types");
  Cell c{};
  c.gates = a.cell == RecurrentAttrs::Cell::kLstm ? 4 : a.cell == RecurrentAttrs::Cell::kGru ? 3 : 1;
  c.time = x.dim(0), c.batch = x.dim(1), c.inputs = x.dim(2), c.hidden = w.dim(0) / c.gates;
  c.x = &x, c.w = &w, c.r = p.inputs[2], c.bias = optional(3), c.peephole = optional(4);
  c.initial_hidden = optional(5), c.initial_cell = optional(6);
  c.y = p.outputs[0], c.last_hidden = p.outputs[1], c.last_cell = p.outputs[2];
  const size_t rows = c.gates * c.hidden;
  EDGEC_CHECK(HasShape(&w, {rows, c.inputs}) && HasShape(c.r, {rows, c.hidden}) && HasShape(c.bias, {2 * rows}) && HasShape(c.peephole, {3 * c.hidden}),
              "weights do not fit");
  for (const Value* state : {c.initial_hidden, c.initial_cell, c.last_hidden, c.last_cell})
    EDGEC_CHECK(HasShape(state, {c.batch, c.hidden}), "a state does not fit");
  EDGEC_CHECK(HasShape(c.y, {c.time, c.batch, c.hidden}), "the output does not fit");
  c.kind = a.cell;
  c.f = kActivations[static_cast<size_t>(a.f)], c.g = kActivations[static_cast<size_t>(a.g)], c.h = kActivations[static_cast<size_t>(a.h)];
  c.reverse = a.reverse, c.linear_before_reset = a.linearBeforeReset, c.clip = a.clip, c.cell_clip = a.cellClip;
  auto pad = std::make_shared<Scratchpad>();
  pad->from_input.resize(rows), pad->from_hidden.resize(rows), pad->masked.resize(c.hidden);
  step->run = [=] { Run(c, pad.get()); };
  return Status::Ok();
}

}  // namespace edgec
