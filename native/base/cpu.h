#ifndef EDGEC_BASE_CPU_H_
#define EDGEC_BASE_CPU_H_

#include <string>
#include <vector>

namespace edgec {

// Whether the compiler knows AVX-VNNI.
#if defined(__x86_64__) && (defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11)
#define EDGEC_AVX_VNNI
#endif

// Whether the compiler knows matrix products of int8 on 64-bit ARM.
#if defined(__aarch64__) && (defined(__clang__) ? __clang_major__ >= 11 : __GNUC__ >= 10)
#define EDGEC_I8MM
#endif

// Instruction sets that kernels are written for, worst first within an architecture.
enum class Isa { kScalar, kX86Avx2, kX86AvxVnni, kX86Avx512Vnni, kArm64Neon, kArm64Dotprod, kArm64I8mm };

// Whether CPUs for which `isa` is the best of one architecture run kernels of `other`. Those with AVX-512 VNNI may lack AVX-VNNI.
constexpr bool Includes(Isa isa, Isa other) { return other <= isa && !(isa == Isa::kX86Avx512Vnni && other == Isa::kX86AvxVnni); }

const char* IsaName(Isa isa);

// What this CPU and this build offer; the last is the best.
std::vector<Isa> AvailableIsas();

// False for a name that is unknown or not available here.
bool FindIsa(const std::string& name, Isa* isa);

}  // namespace edgec

#endif  // EDGEC_BASE_CPU_H_
