#ifndef EDGEC_ENGINE_PEAKS_H_
#define EDGEC_ENGINE_PEAKS_H_

#include "base/cpu.h"

namespace edgec {

// What one core of this machine does in a second at most: multiply-accumulates, and bytes read and written by copies
// that stay in its caches.
struct Peaks {
  double int8 = 0, float32 = 0, bytes = 0;
};

// Measures for some milliseconds.
Peaks MeasurePeaks(Isa isa);

}  // namespace edgec

#endif  // EDGEC_ENGINE_PEAKS_H_
