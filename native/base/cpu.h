#ifndef EDGEC_BASE_CPU_H_
#define EDGEC_BASE_CPU_H_

#include <string>
#include <vector>

namespace edgec {

// Instruction sets that kernels are written for, worst first within an architecture.
enum class Isa { kScalar, kX86Avx2, kX86Avx512Vnni, kArm64Neon, kArm64Dotprod };

const char* IsaName(Isa isa);

// What this CPU and this build offer; the last is the best.
std::vector<Isa> AvailableIsas();

// False for a name that is unknown or not available here.
bool FindIsa(const std::string& name, Isa* isa);

}  // namespace edgec

#endif  // EDGEC_BASE_CPU_H_
