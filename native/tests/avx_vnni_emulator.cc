#include "tests/avx_vnni_emulator.h"

#include "base/cpu.h"

#if defined(EDGEC_AVX_VNNI) && defined(__linux__)
#include <signal.h>
#include <ucontext.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace edgec {
namespace {

struct Bytes {
  uint8_t at[32];
};

// The general registers of a signal's frame in the order of their numbers.
constexpr int kGeneral[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                            REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

// The vector registers of a signal's frame, as XSAVE lays them out: Intel's manual, volume 1, chapter 13.
class VectorRegisters {
 public:
  explicit VectorRegisters(ucontext_t* context) : area_(reinterpret_cast<uint8_t*>(context->uc_mcontext.fpregs)) {
    uint64_t present;
    std::memcpy(&present, area_ + kPresent, sizeof(present));
    if (present & kUpperBit) return;
    std::memset(area_ + kUpper, 0, 16 * kHalf);
    present |= kUpperBit;
    std::memcpy(area_ + kPresent, &present, sizeof(present));
  }

  Bytes Get(unsigned i) const {
    Bytes bytes;
    std::memcpy(bytes.at, area_ + kLower + i * kHalf, kHalf);
    std::memcpy(bytes.at + kHalf, area_ + kUpper + i * kHalf, kHalf);
    return bytes;
  }
  void Set(unsigned i, const Bytes& bytes) {
    std::memcpy(area_ + kLower + i * kHalf, bytes.at, kHalf);
    std::memcpy(area_ + kUpper + i * kHalf, bytes.at + kHalf, kHalf);
  }

 private:
  static constexpr size_t kHalf = 16, kLower = 160, kPresent = 512, kUpper = 576;
  static constexpr uint64_t kUpperBit = 4;
  uint8_t* area_;
};

// VEX.256.66.0F38.W0 50 /r, 52 /r and their operands: Intel's manual, volume 2, chapter 2.
class Instruction {
 public:
  Instruction(const uint8_t* at, const greg_t* general) : at_(at), general_(general), end_(at + 5) {
    if (!register_operand()) address_ = Address();
  }

  bool IsDot() const { return at_[0] == 0xc4 && (at_[1] & 0x1f) == 2 && (at_[2] & 0x87) == 5 && (is_of_bytes() || at_[3] == 0x52); }
  bool is_of_bytes() const { return at_[3] == 0x50; }
  unsigned sums() const { return (at_[4] >> 3 & 7) | Extension(7); }
  unsigned first() const { return ~(at_[2] >> 3) & 15; }
  Bytes Second(const VectorRegisters& vectors) const {
    if (register_operand()) return vectors.Get((at_[4] & 7) | Extension(5));
    Bytes bytes;
    std::memcpy(bytes.at, reinterpret_cast<const void*>(address_), sizeof(bytes.at));
    return bytes;
  }
  const uint8_t* end() const { return end_; }

 private:
  bool register_operand() const { return at_[4] >> 6 == 3; }
  // The fourth bit of a register's number, which the prefix holds inverted.
  unsigned Extension(int bit) const { return at_[1] >> bit & 1 ? 0 : 8; }
  uint64_t General(unsigned i) const { return static_cast<uint64_t>(general_[kGeneral[i]]); }

  uint64_t Address() {
    const unsigned mode = at_[4] >> 6, base = at_[4] & 7;
    if (mode == 0 && base == 5) {
      const int64_t offset = Displacement(4);
      return reinterpret_cast<uint64_t>(end_) + static_cast<uint64_t>(offset);
    }
    const uint64_t place = base == 4 ? Indexed(*end_++, mode) : General(base | Extension(5));
    return place + static_cast<uint64_t>(mode == 1 ? Displacement(1) : mode == 2 ? Displacement(4) : 0);
  }
  uint64_t Indexed(uint8_t sib, unsigned mode) {
    const unsigned index = (sib >> 3 & 7) | Extension(6), base = sib & 7;
    const uint64_t scaled = index == 4 ? 0 : General(index) << (sib >> 6);
    return scaled + (mode == 0 && base == 5 ? static_cast<uint64_t>(Displacement(4)) : General(base | Extension(5)));
  }
  int64_t Displacement(size_t bytes) {
    int8_t one;
    int32_t four;
    std::memcpy(&one, end_, sizeof(one));
    if (bytes == 4) std::memcpy(&four, end_, sizeof(four));
    end_ += bytes;
    return bytes == 4 ? four : one;
  }

  const uint8_t* at_;
  const greg_t* general_;
  const uint8_t* end_;
  uint64_t address_ = 0;
};

// Adds the products of neighbouring elements of A and B to each lane.
template <typename A, typename B>
void AddProducts(const Bytes& first, const Bytes& second, Bytes* sums) {
  constexpr size_t kCount = sizeof(Bytes) / sizeof(A), kOfLane = sizeof(int32_t) / sizeof(A);
  A a[kCount];
  B b[kCount];
  uint32_t lanes[kCount / kOfLane];
  std::memcpy(a, first.at, sizeof(a));
  std::memcpy(b, second.at, sizeof(b));
  std::memcpy(lanes, sums->at, sizeof(lanes));
  for (size_t i = 0; i < kCount; i++) lanes[i / kOfLane] += static_cast<uint32_t>(a[i] * b[i]);
  std::memcpy(sums->at, lanes, sizeof(lanes));
}

void OnIllegalInstruction(int, siginfo_t*, void* frame) {
  auto* context = static_cast<ucontext_t*>(frame);
  greg_t* general = context->uc_mcontext.gregs;
  const Instruction instruction(reinterpret_cast<const uint8_t*>(general[REG_RIP]), general);
  if (!instruction.IsDot()) std::abort();
  VectorRegisters vectors(context);
  Bytes sums = vectors.Get(instruction.sums());
  const Bytes first = vectors.Get(instruction.first()), second = instruction.Second(vectors);
  if (instruction.is_of_bytes()) AddProducts<uint8_t, int8_t>(first, second, &sums);
  else AddProducts<int16_t, int16_t>(first, second, &sums);
  vectors.Set(instruction.sums(), sums);
  general[REG_RIP] = reinterpret_cast<greg_t>(instruction.end());
}

}  // namespace

bool EmulateAvxVnni() {
  struct sigaction action = {};
  action.sa_sigaction = OnIllegalInstruction;
  action.sa_flags = SA_SIGINFO;
  return sigaction(SIGILL, &action, nullptr) == 0;
}

}  // namespace edgec
#else
namespace edgec {
bool EmulateAvxVnni() { return false; }
}  // namespace edgec
#endif
