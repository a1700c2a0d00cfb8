// Mistakes: what is wrong with a configuration, each in one line that says where, what and what is
// allowed instead.
//
// Those of the file and the environment are all told, because whoever mends a file wants to mend it
// once; of those of the flags the first, because a flag is tried again at once. One thread owns it.
// Bound: kMistakesTold, and how many more there were.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/config/setting_value.h"

namespace app {

class Mistakes {
 public:
  void add(SettingOrigin origin, std::string line, const FilePlace& place = {});

  bool empty() const noexcept { return mistakes_.empty(); }
  // Those of the file first, in its order; each on a line with "millrace: " before it.
  std::string text() const;

 private:
  struct Mistake {
    std::string line;
    FilePlace place;
  };

  std::vector<Mistake> mistakes_;
  std::size_t untold_ = 0;
  bool has_flag_ = false;
};

}  // namespace app
