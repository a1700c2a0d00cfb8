#include "app/admin/json_check.h"

#include <cstddef>
#include <span>

#include "app/events/json_number.h"
#include "app/events/json_tokens.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

// A recursive descent, no deeper than kJsonDepthMax. `depth`: of objects and arrays around it.
class JsonWalk {
 public:
  explicit JsonWalk(JsonTokens& tokens) : tokens_(tokens) {}

  bool read_object(std::size_t depth) {
    if (!tokens_.take('{') || depth == kJsonDepthMax) return false;
    if (tokens_.take('}')) return true;
    do {
      if (tokens_.peek() != '"' || !read_string() || !tokens_.take(':')) return false;
      if (!read_value(depth + 1)) return false;
    } while (tokens_.take(','));
    return tokens_.take('}');
  }

 private:
  bool read_array(std::size_t depth) {
    if (!tokens_.take('[') || depth == kJsonDepthMax) return false;
    if (tokens_.take(']')) return true;
    do {
      if (!read_value(depth + 1)) return false;
    } while (tokens_.take(','));
    return tokens_.take(']');
  }

  bool read_string() {
    std::string_view text;
    return tokens_.unescape(tokens_.take(), text);
  }

  bool read_value(std::size_t depth) {
    if (tokens_.at_end()) return false;
    switch (tokens_.peek()) {
      case '{':
        return read_object(depth);
      case '[':
        return read_array(depth);
      case '"':
        return read_string();
      case 't':
        return tokens_.take() == "true";
      case 'f':
        return tokens_.take() == "false";
      case 'n':
        return tokens_.take() == "null";
      default:  // A number, or nothing that JSON knows: a char is not an enum of ours.
        return parse_json_number(tokens_.take()).has_value();
    }
  }

  JsonTokens& tokens_;
};

}  // namespace

bool is_json_object(std::string_view text) {
  JsonTokens tokens;
  if (tokens.scan(std::as_bytes(std::span(text))) != JsonTokens::Outcome::scanned) return false;
  return JsonWalk(tokens).read_object(0) && tokens.at_end();
}

}  // namespace app
