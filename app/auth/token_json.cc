#include "app/auth/token_json.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/gateway_limits.h"

namespace app {

namespace {

using nlohmann::json;

// Looks at each element as the parser meets it; `false` stops the parser.
class StrictReader final : public nlohmann::json_sax<json> {
 public:
  TokenJson result() const noexcept { return result_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t value) override {
    if (std::in_range<std::int64_t>(value)) return true;
    return bound_is_broken();
  }
  bool number_float(number_float_t, const string_t& text) override {
    // A whole number that is here has not found room in 64 bits.
    if (text.find_first_of(".eE") != std::string::npos) return true;
    return bound_is_broken();
  }
  bool string(string_t& text) override {
    if (text.find('\0') == std::string::npos) return true;
    return bound_is_broken();
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    names_.emplace_back();
    return enter();
  }
  bool key(string_t& name) override {
    if (!string(name)) return false;
    if (names_.back().insert(name).second) return true;
    result_ = TokenJson::malformed;
    return false;
  }
  bool end_object() override {
    names_.pop_back();
    return leave();
  }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }

  bool parse_error(std::size_t, const std::string&, const json::exception& exception) override {
    constexpr int kNumberOverflow = 406;
    result_ = exception.id == kNumberOverflow ? TokenJson::out_of_bounds : TokenJson::malformed;
    return false;
  }

 private:
  bool enter() {
    if (++depth_ <= kTokenJsonDepthMax) return true;
    result_ = TokenJson::malformed;
    return false;
  }
  bool leave() {
    --depth_;
    return true;
  }
  bool bound_is_broken() {
    result_ = TokenJson::out_of_bounds;
    return false;
  }

  TokenJson result_ = TokenJson::good;
  std::size_t depth_ = 0;
  std::vector<std::set<std::string>> names_;  // Of each object that is open.
};

}  // namespace

TokenJson read_token_json(std::string_view text, json& object) {
  // The parser takes a zero octet for the end and skips a byte order mark; others do neither.
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xef\xbb\xbf")) {
    return TokenJson::malformed;
  }
  StrictReader reader;
  json::sax_parse(text, &reader);
  if (reader.result() != TokenJson::good) return reader.result();
  object = json::parse(text, nullptr, false);
  return object.is_object() ? TokenJson::good : TokenJson::malformed;
}

}  // namespace app
