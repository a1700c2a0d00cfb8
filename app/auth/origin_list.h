// OriginList: the pages that a browser may connect from, by the Origin header of the handshake.
//
//   https://app.example.com     that origin; the default ports of http and https may be left out
//   https://*.example.com       one label or more before it, not example.com itself
//   capacitor://localhost       any scheme, as apps in a web view have them
//   null                        pages without an origin: files, sandboxed frames
//
// Immutable once made; any thread. A request without the header comes from no browser, and is let
// in: the list protects the users of browsers from foreign pages, and nothing else from anything.
// Bounds: kOriginsMost of kOriginBytesMax.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace app {

class OriginList {
 public:
  // An empty list lets every page in. The error says which origin is wrong, and how.
  static base::Result<OriginList> make(const std::vector<std::string>& origins);

  // `origin`: the header's value; nothing when there is no such header.
  bool allows(std::optional<std::string_view> origin) const;

 private:
  struct Pattern {
    std::string scheme;  // In lower case, as the host.
    std::string host;
    std::uint32_t port = 0;        // 0: the scheme has no default and none is named.
    bool with_subdomains = false;  // `host` was preceded by "*.".
  };

  // The text says what is wrong; empty when nothing is.
  static std::string_view parse(std::string_view text, Pattern& pattern);
  static bool fits(const Pattern& pattern, const Pattern& origin);

  std::vector<Pattern> patterns_;
  bool null_is_allowed_ = false;
  bool all_are_allowed_ = true;
};

}  // namespace app
