#include "kernels/qs8_gemm/windows.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace edgec {
namespace {

constexpr size_t kColumns = Qs8Windows::kColumns, kBytes = Qs8Windows::kBytes;
constexpr int16_t kMostSum = 128;

// Weights of one run that no window has yet, by byte.
using Byte = std::array<int16_t, kColumns>;
using Rest = std::vector<Byte>;

struct Window {
  int32_t offset;
  int8_t weights[kColumns][kBytes];
};

// What two weights of a lane are too much; weights of different signs never are.
int16_t Excess(int16_t first, int16_t second) {
  const auto sum = static_cast<int16_t>(first + second);
  return static_cast<int16_t>(sum - std::min(std::max<int16_t>(sum, -kMostSum), kMostSum));
}

bool Exceeds(const Byte& first, const Byte& second) {
  int16_t any = 0;
  for (size_t c = 0; c < kColumns; c++) any |= Excess(first[c], second[c]);
  return any != 0;
}

bool IsZero(const Byte& byte) {
  int16_t any = 0;
  for (const int16_t w : byte) any |= w;
  return any == 0;
}

// Moves the weights of two bytes to a lane, but for what exceeds it: that stays at the second. Returns whether any does.
bool TakeLane(Byte* first, Byte* second, size_t lane, Window* window) {
  int16_t any = 0;
  for (size_t c = 0; c < kColumns; c++) {
    const int16_t excess = Excess((*first)[c], (*second)[c]);
    window->weights[c][2 * lane] = static_cast<int8_t>((*first)[c]);
    window->weights[c][2 * lane + 1] = static_cast<int8_t>((*second)[c] - excess);
    (*second)[c] = excess;
    any |= excess;
  }
  *first = {};
  return any != 0;
}

// Windows of the first `depth` bytes, behind which lie kBytes without weights. Where two bytes exceed a lane, the window
// starts a byte earlier, so that they are in different lanes.
void CutRun(size_t depth, int32_t segment, Rest* rest, std::vector<Window>* windows) {
  Byte* bytes = rest->data();
  for (size_t i = 0; i < depth;) {
    if (IsZero(bytes[i])) {
      i++;
      continue;
    }
    const size_t at = i > 0 && Exceeds(bytes[i], bytes[i + 1]) ? i - 1 : i;
    Window& window = windows->emplace_back();
    window.offset = segment + static_cast<int32_t>(at);
    const bool first_stays = TakeLane(bytes + at, bytes + at + 1, 0, &window);
    const bool second_stays = TakeLane(bytes + at + 2, bytes + at + 3, 1, &window);
    i = first_stays ? at + 1 : second_stays ? at + 3 : at + 4;
  }
}

// Sums of the positive weights of every lane, then of the negative ones without their sign.
using LaneSums = std::array<uint8_t, 4 * kColumns>;

LaneSums SumsOf(const Window& window) {
  LaneSums sums;
  const int8_t* w = window.weights[0];
  for (size_t lane = 0; lane < 2 * kColumns; lane++, w += 2) {
    sums[lane] = static_cast<uint8_t>(std::max<int>(w[0], 0) + std::max<int>(w[1], 0));
    sums[2 * kColumns + lane] = static_cast<uint8_t>(std::max(-w[0], 0) + std::max(-w[1], 0));
  }
  return sums;
}

// How hard it is to find a partner.
uint32_t Hardness(const LaneSums& sums) {
  uint32_t cubes = 0;
  for (const uint32_t sum : sums) cubes += sum * sum * sum;
  return cubes;
}

bool FitTogether(const LaneSums& a, const LaneSums& b) {
  uint8_t over = 0;
  for (size_t i = 0; i < a.size(); i++) over |= a[i] > static_cast<uint8_t>(kMostSum - b[i]);
  return over == 0;
}

struct Candidate {
  uint32_t hardness, window;
  LaneSums sums;
};

// Windows by index, those of pairs side by side: the hardest with the next hardest that fits.
std::vector<std::array<uint32_t, 2>> FindPairs(const std::vector<Window>& windows, std::vector<uint32_t>* singles) {
  constexpr size_t kTrials = 256;
  std::vector<Candidate> left;
  for (const Window& window : windows) {
    const LaneSums sums = SumsOf(window);
    left.push_back({Hardness(sums), static_cast<uint32_t>(left.size()), sums});
  }
  std::sort(left.begin(), left.end(), [](const Candidate& a, const Candidate& b) { return a.hardness < b.hardness; });
  std::vector<std::array<uint32_t, 2>> pairs;
  while (!left.empty()) {
    const Candidate one = left.back();
    left.pop_back();
    const auto end = left.rbegin() + static_cast<std::ptrdiff_t>(std::min(kTrials, left.size()));
    const auto other = std::find_if(left.rbegin(), end, [&](const Candidate& c) { return FitTogether(one.sums, c.sums); });
    if (other == end) {
      singles->push_back(one.window);
    } else {
      pairs.push_back({std::min(one.window, other->window), std::max(one.window, other->window)});
      left.erase(std::next(other).base());
    }
  }
  return pairs;
}

// Pairs and single windows, each from the start of a row to its end.
Qs8Windows Arrange(const std::vector<Window>& windows) {
  std::vector<uint32_t> singles, order;
  std::vector<std::array<uint32_t, 2>> pairs = FindPairs(windows, &singles);
  std::sort(pairs.begin(), pairs.end());
  std::sort(singles.begin(), singles.end());
  for (const auto& pair : pairs) order.insert(order.end(), pair.begin(), pair.end());
  order.insert(order.end(), singles.begin(), singles.end());
  Qs8Windows arranged;
  arranged.pairs = pairs.size();
  for (const uint32_t i : order) {
    const int8_t* weights = windows[i].weights[0];
    arranged.offsets.push_back(windows[i].offset);
    arranged.weights.insert(arranged.weights.end(), weights, weights + sizeof(Window::weights));
  }
  return arranged;
}

}  // namespace

std::vector<Qs8Windows> MakeQs8Windows(const Layout& layout, const int8_t* packed, const int32_t* segments, size_t segment_count,
                                       size_t depth, size_t columns) {
  const size_t unit = layout.unit;
  std::vector<Qs8Windows> all;
  std::vector<Window> windows;
  Rest rest(depth + kBytes);
  for (size_t n = 0; n < columns; n += kColumns) {
    const int8_t* panel = packed + n / kLanes * kLanes * segment_count * depth + n % kLanes * unit;
    windows.clear();
    for (size_t s = 0; s < segment_count; s++, panel += depth * kLanes) {
      std::fill(rest.begin(), rest.end(), Byte{});
      for (size_t k = 0; k < depth; k += unit)
        for (size_t c = 0; c < kColumns; c++)
          for (size_t i = 0; i < unit; i++) rest[k + i][c] = panel[k * kLanes + c * unit + i];
      CutRun(depth, segments[s], &rest, &windows);
    }
    all.push_back(Arrange(windows));
  }
  return all;
}

bool Qs8WindowsPay(const std::vector<Qs8Windows>& windows, size_t depth) {
  // Relative times of a row on AVX2: a pair, a single window, and four bytes of packed weights.
  constexpr size_t kPair = 5, kSingle = 3, kPacked = 4;
  size_t time = 0;
  for (const Qs8Windows& w : windows) time += w.pairs * kPair + (w.offsets.size() - 2 * w.pairs) * kSingle;
  return time <= windows.size() * depth / kBytes * kPacked;
}

}  // namespace edgec
