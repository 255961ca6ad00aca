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
  uint16_t lanes[2][kColumns];    // the weights of two bytes, the first in the lower half
  uint8_t sums[2][2][kColumns];   // of each lane's positive weights, and of its negative ones without their sign
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
bool TakeLane(Byte* bytes, size_t lane, Window* window) {
  const Byte first = bytes[0], second = bytes[1];
  const int16_t zero = 0;
  int16_t any = 0;
  for (size_t c = 0; c < kColumns; c++) {
    const int16_t excess = Excess(first[c], second[c]);
    const auto taken = static_cast<int16_t>(second[c] - excess);
    window->lanes[lane][c] = static_cast<uint16_t>((first[c] & 0xff) | (taken & 0xff) << 8);
    window->sums[lane][0][c] = static_cast<uint8_t>(std::max(first[c], zero) + std::max(taken, zero));
    window->sums[lane][1][c] = static_cast<uint8_t>(-std::min(first[c], zero) - std::min(taken, zero));
    bytes[0][c] = 0;
    bytes[1][c] = excess;
    any |= excess;
  }
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
    const bool first_stays = TakeLane(bytes + at, 0, &window), second_stays = TakeLane(bytes + at + 2, 1, &window);
    i = first_stays ? at + 1 : second_stays ? at + 3 : at + 4;
  }
}

// A window that has no partner yet, and how hard it is to find one.
struct Candidate {
  uint32_t hardness, window;
};

Candidate CandidateOf(const Window& window, size_t index) {
  uint32_t squares = 0;
  const uint8_t* sums = window.sums[0][0];
  for (size_t i = 0; i < sizeof(window.sums); i++) squares += static_cast<uint32_t>(sums[i]) * sums[i];
  return {squares, static_cast<uint32_t>(index)};
}

bool FitTogether(const Window& a, const Window& b) {
  const uint8_t *sums_a = a.sums[0][0], *sums_b = b.sums[0][0];
  uint8_t over = 0;
  for (size_t i = 0; i < sizeof(a.sums); i++) over |= sums_a[i] > static_cast<uint8_t>(kMostSum - sums_b[i]);
  return over == 0;
}

// The partner of every window, or itself: the hardest with the next hardest that fits.
std::vector<uint32_t> FindPartners(const std::vector<Window>& windows) {
  constexpr size_t kTrials = 256;
  std::vector<Candidate> left;
  std::vector<uint32_t> partners(windows.size());
  for (size_t i = 0; i < windows.size(); i++) left.push_back(CandidateOf(windows[i], i));
  std::sort(left.begin(), left.end(), [](const Candidate& a, const Candidate& b) { return a.hardness < b.hardness; });
  while (!left.empty()) {
    const uint32_t one = left.back().window;
    left.pop_back();
    const auto end = left.rbegin() + static_cast<std::ptrdiff_t>(std::min(kTrials, left.size()));
    const auto other = std::find_if(left.rbegin(), end, [&](const Candidate& c) { return FitTogether(windows[one], windows[c.window]); });
    partners[one] = one;
    if (other == end) continue;
    partners[one] = other->window;
    partners[other->window] = one;
    left.erase(std::next(other).base());
  }
  return partners;
}

void Fill(const Window& window, int32_t* offset, int8_t (*weights)[kBytes]) {
  uint16_t lanes[kColumns][2];
  static_assert(sizeof(lanes) == kColumns * kBytes);
  for (size_t c = 0; c < kColumns; c++)
    for (size_t lane = 0; lane < 2; lane++) lanes[c][lane] = window.lanes[lane][c];
  *offset = window.offset;
  std::memcpy(weights, lanes, sizeof(lanes));
}

// Pairs and single windows, each from the start of a row to its end.
Qs8Windows Arrange(const std::vector<Window>& windows) {
  const std::vector<uint32_t> partners = FindPartners(windows);
  Qs8Windows arranged;
  for (size_t i = 0; i < windows.size(); i++) {
    if (partners[i] == i) {
      Qs8Windows::Single& single = arranged.singles.emplace_back();
      Fill(windows[i], &single.offset, single.weights);
    } else if (partners[i] > i) {
      Qs8Windows::Pair& pair = arranged.pairs.emplace_back();
      Fill(windows[i], &pair.offsets[0], pair.weights[0]);
      Fill(windows[partners[i]], &pair.offsets[1], pair.weights[1]);
    }
  }
  arranged.pairs.shrink_to_fit();
  arranged.singles.shrink_to_fit();
  return arranged;
}

}  // namespace

std::vector<Qs8Windows> MakeQs8Windows(const int8_t* packed, const int32_t* segments, size_t segment_count, size_t depth, size_t columns) {
  constexpr size_t kUnit = 2;
  std::vector<Qs8Windows> all;
  std::vector<Window> windows;
  Rest rest(depth + kBytes);
  for (size_t n = 0; n < columns; n += kColumns) {
    const int8_t* w = packed + n / kLanes * kLanes * segment_count * depth + n % kLanes * kUnit;
    windows.clear();
    for (size_t s = 0; s < segment_count; s++) {
      for (size_t k = 0; k < depth; k += kUnit, w += kLanes * kUnit)
        for (size_t c = 0; c < kColumns; c++) {
          rest[k][c] = w[c * kUnit];
          rest[k + 1][c] = w[c * kUnit + 1];
        }
      std::fill(rest.begin() + static_cast<std::ptrdiff_t>(depth), rest.end(), Byte{});
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
  for (const Qs8Windows& w : windows) time += w.pairs.size() * kPair + w.singles.size() * kSingle;
  return time <= windows.size() * depth / kBytes * kPacked;
}

}  // namespace edgec
