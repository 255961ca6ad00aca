#include "base/cpu.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

namespace edgec {
#if defined(EDGEC_AVX_VNNI)
namespace {

bool HasAvxVnni() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1) != 0;
}

}  // namespace
#elif defined(EDGEC_I8MM)
namespace {

constexpr unsigned long kI8mm = 1UL << 13;  // HWCAP2_I8MM, which older C libraries do not name

bool HasI8mm() { return (getauxval(AT_HWCAP2) & kI8mm) != 0; }

}  // namespace
#endif

const char* IsaName(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return "scalar";
    case Isa::kX86Avx2:
      return "x86_avx2";
    case Isa::kX86AvxVnni:
      return "x86_avxvnni";
    case Isa::kX86Avx512Vnni:
      return "x86_avx512vnni";
    case Isa::kArm64Neon:
      return "arm64_neon";
    case Isa::kArm64Dotprod:
      return "arm64_dotprod";
    case Isa::kArm64I8mm:
      return "arm64_i8mm";
  }
  return "scalar";
}

std::vector<Isa> AvailableIsas() {
  std::vector<Isa> isas{Isa::kScalar};
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (has_avx2) isas.push_back(Isa::kX86Avx2);
#if defined(EDGEC_AVX_VNNI)
  if (has_avx2 && HasAvxVnni()) isas.push_back(Isa::kX86AvxVnni);
#endif
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni"))
    isas.push_back(Isa::kX86Avx512Vnni);
#elif defined(__aarch64__)
  isas.push_back(Isa::kArm64Neon);
  const bool has_dotprod = (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
  if (has_dotprod) isas.push_back(Isa::kArm64Dotprod);
#if defined(EDGEC_I8MM)
  if (has_dotprod && HasI8mm()) isas.push_back(Isa::kArm64I8mm);
#endif
#endif
  return isas;
}

bool FindIsa(const std::string& name, Isa* isa) {
  for (Isa available : AvailableIsas()) {
    if (name != IsaName(available)) continue;
    *isa = available;
    return true;
  }
  return false;
}

}  // namespace edgec
