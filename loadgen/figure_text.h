// Figure text: figures as a person reads them: grouped digits, times and sizes in fitting units.
//
// What the table and the HTML have in common, so that both say the same. Pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace loadgen {

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t value);

// Nanoseconds as 870ns, 12.3us, 4.56ms or 1.20s.
std::string time_text(double nanoseconds);
inline std::string time_text(std::uint64_t nanoseconds) {
  return time_text(static_cast<double>(nanoseconds));
}

// 9.9 kB and the like, in powers of 1000; may be negative.
std::string bytes_text(double bytes);

// For the ticks of an axis: as few digits as tell 1-2-5 steps apart: 250, 1.5k, 20M.
std::string tick_count(double value);
std::string tick_time(double nanoseconds);
std::string tick_bytes(double bytes);

}  // namespace loadgen
