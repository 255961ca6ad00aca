#ifndef EDGEC_ENGINE_CUBIC_H_
#define EDGEC_ENGINE_CUBIC_H_

#include <cmath>

namespace edgec {

// How much of an element at distance `d` cubic interpolation mixes.
inline double CubicWeight(double d) {
  constexpr double kA = -0.75;
  const double t = std::fabs(d);
  if (t <= 1) return (kA + 2) * t * t * t - (kA + 3) * t * t + 1;
  return t < 2 ? kA * t * t * t - 5 * kA * t * t + 8 * kA * t - 4 * kA : 0;
}

}  // namespace edgec

#endif  // EDGEC_ENGINE_CUBIC_H_
