// Verdict: what a simulated run was found guilty of, and by whom.
//
// Checkers convict; the first conviction is the one to look at, because the others may follow from
// it. Threads: one. Bound: kept texts.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace sim {

class Verdict {
 public:
  void convict(std::string charge) {
    if (charges_.size() < kKept) charges_.push_back(std::move(charge));
  }
  void expect(bool condition, const char* charge) {
    if (!condition) convict(charge);
  }

  bool innocent() const noexcept { return charges_.empty(); }
  std::string text() const {
    std::string lines;
    for (const std::string& charge : charges_) lines += charge + "\n";
    return lines;
  }

 private:
  static constexpr std::size_t kKept = 8;

  std::vector<std::string> charges_;
};

}  // namespace sim
