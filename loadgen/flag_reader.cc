#include "loadgen/flag_reader.h"

#include <charconv>
#include <sstream>

#include "base/byte_text.h"
#include "base/duration_text.h"
#include "base/limits.h"
#include "loadgen/message.h"

namespace loadgen {

namespace {

constexpr std::uint32_t kCpuMost = 4095;

}  // namespace

std::uint32_t FlagReader::count(std::string_view flag, std::uint64_t value, std::uint64_t least,
                                std::uint64_t most) {
  if (value < least || value > most) {
    fail("{} {}: must be from {} to {}", flag, value, least, most);
  }
  return static_cast<std::uint32_t>(value);
}

base::Duration FlagReader::duration(std::string_view flag, const std::string& text,
                                    bool zero_allowed) {
  auto duration = base::parse_duration(text);
  if (!duration.ok()) {
    fail("{} {}", flag, duration.error().message);
    return {};
  }
  if (duration.value() == base::Duration::zero() && !zero_allowed) {
    fail("{} {}: must be more than nothing", flag, text);
  }
  if (duration.value() > base::kTimeoutMost) {
    fail("{} {}: at most {}", flag, text, base::format_duration(base::kTimeoutMost));
  }
  return duration.take();
}

double FlagReader::rate(std::string_view flag, const std::string& text) {
  if (text.empty()) return 0;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const double factor = unit.empty() ? 1 : unit == "k" ? 1e3 : unit == "M" ? 1e6 : 0;
  value *= factor;
  constexpr double kRateMost = 1e9;
  if (error != std::errc{} || !(value > 0) || value > kRateMost) {
    fail("{} {}: write how many a second, for example 5000, 100k or 0.5", flag, text);
    return 1;
  }
  return value;
}

SizeRange FlagReader::size(std::string_view flag, const std::string& text) {
  const std::size_t dots = text.find("..");
  const std::uint32_t least = bytes(flag, text.substr(0, dots));
  const std::uint32_t most = dots == std::string::npos ? least : bytes(flag, text.substr(dots + 2));
  if (least > most) fail("{} {}: the first is larger than the second", flag, text);
  return {.least = least, .most = most};
}

std::array<std::uint32_t, 3> FlagReader::shares(std::string_view flag, const std::string& text) {
  constexpr std::uint32_t kShareMost = 1'000'000;
  std::array<std::uint32_t, 3> shares{};
  const char* at = text.data();
  const char* end = at + text.size();
  std::uint32_t sum = 0;
  bool wrong = false;
  for (std::uint32_t& share : shares) {
    const auto [rest, error] = std::from_chars(at, end, share);
    const bool is_last = &share == &shares.back();
    const bool ends_well = is_last ? rest == end : rest != end && *rest == ':';
    wrong = wrong || error != std::errc{} || !ends_well || share > kShareMost;
    if (wrong) break;
    at = is_last ? rest : rest + 1;
    sum += share;
  }
  if (wrong || sum == 0) {
    fail("{} {}: write three shares, such as 60:30:10, of at most {}", flag, text, kShareMost);
  }
  return shares;
}

std::vector<std::uint32_t> FlagReader::cpus(const std::string& text) {
  std::vector<std::uint32_t> cpus;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t dash = part.find('-');
    const std::uint32_t first = cpu(text, part.substr(0, dash));
    const std::uint32_t last = dash == std::string::npos ? first : cpu(text, part.substr(dash + 1));
    for (std::uint32_t i = first; i <= last; ++i) cpus.push_back(i);
  }
  return cpus;
}

std::uint32_t FlagReader::bytes(std::string_view flag, const std::string& text) {
  const auto count = base::parse_byte_count(text);
  if (!count.ok()) {
    fail("{} {}", flag, count.error().message);
  } else if (count.value() < kStampBytes || count.value() > base::kMessageBytesMost) {
    fail("{} {}: must be from {} (what a message carries to be audited) to {}", flag, text,
         kStampBytes, base::format_byte_count(base::kMessageBytesMost));
  } else {
    return static_cast<std::uint32_t>(count.value());
  }
  return kStampBytes;
}

std::uint32_t FlagReader::cpu(const std::string& all, const std::string& text) {
  std::uint32_t cpu = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, cpu);
  if (error != std::errc{} || rest != end || cpu > kCpuMost) {
    fail("--cpus {}: write cpus such as 1 or 0-3,8", all);
    return 0;
  }
  return cpu;
}

}  // namespace loadgen
