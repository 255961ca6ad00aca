// NonMaxSuppression: the boxes of each class from the best score on, each held against those that were kept.
#include <algorithm>

#include "engine/prepare.h"

namespace edgec {
namespace {

constexpr size_t kCoordinates = 4;

struct Box {
  float top, left, bottom, right;

  float Area() const { return (bottom - top) * (right - left); }
};

Box MakeBox(const float* at, bool corners) {
  if (corners) return {std::min(at[0], at[2]), std::min(at[1], at[3]), std::max(at[0], at[2]), std::max(at[1], at[3])};
  const float half_width = at[2] / 2, half_height = at[3] / 2;
  return {at[1] - half_height, at[0] - half_width, at[1] + half_height, at[0] + half_width};
}

// The area common to two boxes over that of both; 0 where one has none.
float Overlap(const Box& p, const Box& q) {
  const float height = std::min(p.bottom, q.bottom) - std::max(p.top, q.top);
  const float width = std::min(p.right, q.right) - std::max(p.left, q.left);
  const float a = p.Area(), b = q.Area();
  if (!(height > 0 && width > 0 && a > 0 && b > 0)) return 0;
  const float common = height * width;
  return common / (a + b - common);
}

struct Suppression {
  float most_overlap, least_score;
  size_t most_boxes;
  std::vector<Box> boxes;
  std::vector<int32_t> ranked;

  void Select(const float* scores, int32_t* kept) {
    ranked.clear();
    for (size_t i = 0; i < boxes.size(); i++)
      if (scores[i] > least_score) ranked.push_back(static_cast<int32_t>(i));
    std::sort(ranked.begin(), ranked.end(), [&](int32_t i, int32_t j) { return scores[i] != scores[j] ? scores[i] > scores[j] : i < j; });
    size_t count = 0;
    for (const int32_t box : ranked) {
      if (count == most_boxes) break;
      const auto covers = [&](int32_t other) { return Overlap(boxes[other], boxes[box]) > most_overlap; };
      if (std::none_of(kept, kept + count, covers)) kept[count++] = box;
    }
    std::fill(kept + count, kept + most_boxes, -1);
  }
};

}  // namespace

Status PrepareNonMaxSuppression(const Preparation& p, Step* step) {
  NonMaxSuppressionAttrs a;
  EDGEC_CHECK(HasOperands(p, 2) && Decode(p.attrs, &a), "bad operands or attributes");
  const Value &boxes = *p.inputs[0], &scores = *p.inputs[1], &y = *p.outputs[0];
  EDGEC_CHECK(Is(boxes, DType::kFloat32, 3) && Is(scores, DType::kFloat32, 3) && Is(y, DType::kInt32, 3), "bad operands");
  const size_t images = boxes.dim(0), count = boxes.dim(1), classes = scores.dim(1);
  EDGEC_CHECK(boxes.dim(2) == kCoordinates && scores.dim(0) == images && scores.dim(2) == count, "the scores do not fit");
  EDGEC_CHECK(a.maxBoxes >= 0 && static_cast<size_t>(a.maxBoxes) <= count, "there are not so many boxes");
  const auto most = static_cast<size_t>(a.maxBoxes);
  EDGEC_CHECK(y.dim(0) == images && y.dim(1) == classes && y.dim(2) == most, "the output does not fit");
  const bool corners = a.format == NonMaxSuppressionAttrs::Format::kCorners;
  auto state = std::make_shared<Suppression>(Suppression{a.iouThreshold, a.scoreThreshold, most, std::vector<Box>(count), {}});
  state->ranked.reserve(count);
  step->run = [=, &boxes, &scores, &y] {
    for (size_t image = 0; image < images; image++) {
      for (size_t i = 0; i < count; i++) state->boxes[i] = MakeBox(boxes.as<float>() + (image * count + i) * kCoordinates, corners);
      for (size_t row = image * classes; row < (image + 1) * classes; row++)
        state->Select(scores.as<float>() + row * count, y.as<int32_t>() + row * most);
    }
  };
  return Status::Ok();
}

}  // namespace edgec
