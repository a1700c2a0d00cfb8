// Axis: where on a picture a value stands, and which values are written beside it.
//
// Linear axes begin at zero, so that heights may be compared, and end at a round value;
// logarithmic ones begin and end at powers of ten. Plain value; pure functions.
#pragma once

#include <vector>

namespace loadgen {

struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  double from = 0;  // Where `low` stands, in units of the picture, and `high`.
  double to = 1;
  std::vector<double> ticks;

  double place(double value) const noexcept;

  // From 0 to a round value of at least `most`, with at most `ticks_most` steps of 1, 2 or 5.
  static Axis linear(double most, double from, double to, int ticks_most);
  // From 0 to `most` itself: for time, which ends where it ends.
  static Axis exact(double most, double from, double to, int ticks_most);
  // From the power of ten below `least` to that above `most`.
  static Axis powers_of_ten(double least, double most, double from, double to);
};

}  // namespace loadgen
