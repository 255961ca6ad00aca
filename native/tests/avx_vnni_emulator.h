#ifndef EDGEC_TESTS_AVX_VNNI_EMULATOR_H_
#define EDGEC_TESTS_AVX_VNNI_EMULATOR_H_

namespace edgec {

// From now on, 256-bit VPDPBUSD and VPDPWSSD of AVX-VNNI take effect on a CPU with AVX2 that does not have them. False where this
// build cannot do that.
bool EmulateAvxVnni();

}  // namespace edgec

#endif  // EDGEC_TESTS_AVX_VNNI_EMULATOR_H_
