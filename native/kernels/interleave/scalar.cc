#include "kernels/interleave/interleave.h"

namespace edgec::scalar {
namespace {
#include "kernels/interleave/pixels.inc"
}  // namespace

void Interleave(const InterleaveArgs& args) { InterleaveFrom(args, 0); }

}  // namespace edgec::scalar
