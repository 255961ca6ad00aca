#ifndef EDGEC_TESTS_ALLOCATIONS_H_
#define EDGEC_TESTS_ALLOCATIONS_H_

#include <cstddef>

namespace edgec {

// How often this thread has called operator new, which allocations.cc replaces.
size_t Allocations();

}  // namespace edgec

#endif  // EDGEC_TESTS_ALLOCATIONS_H_
