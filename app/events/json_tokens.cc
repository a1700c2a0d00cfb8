#include "app/events/json_tokens.h"

#include <simdjson.h>

#include <bit>
#include <cstring>

#include "app/gateway_limits.h"
#include "base/check.h"

namespace app {

struct JsonTokens::Scanner {
  void reserve(std::size_t bytes);

  std::unique_ptr<char[]> text;
  std::unique_ptr<std::uint8_t[]> unescaped;
  std::uint8_t* unescaped_end = nullptr;
  std::size_t capacity = 0;  // Without the padding.
  std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation;
  simdjson::ondemand::parser unescaper;
};

// The sum of all strings is shorter than the text, unescaped too. Both are written by whole
// vectors.
void JsonTokens::Scanner::reserve(std::size_t bytes) {
  if (bytes <= capacity) return;
  capacity = std::bit_ceil(bytes);
  text = std::make_unique<char[]>(capacity + simdjson::SIMDJSON_PADDING);
  unescaped = std::make_unique<std::uint8_t[]>(capacity + simdjson::SIMDJSON_PADDING);
  const simdjson::error_code error =
      simdjson::get_active_implementation()->create_dom_parser_implementation(
          capacity, kJsonDepthMax, implementation);
  CHECK(error == simdjson::SUCCESS);  // Else it is too long: somebody has not bounded it.
}

JsonTokens::JsonTokens() : scanner_(std::make_unique<Scanner>()) {
  scanner_->reserve(kEventScratchBytesFirst);
  const simdjson::error_code error = scanner_->unescaper.allocate(1, 1);
  CHECK(error == simdjson::SUCCESS);
}

JsonTokens::~JsonTokens() = default;

JsonTokens::Outcome JsonTokens::scan(std::span<const std::byte> text) {
  scanner_->reserve(text.size());
  char* const copy = scanner_->text.get();
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  // Nothing of an earlier text may look like the rest of this one.
  std::memset(copy + text.size(), 0, simdjson::SIMDJSON_PADDING);
  text_ = copy;
  next_ = nullptr;
  end_ = nullptr;
  scanner_->unescaped_end = scanner_->unescaped.get();
  escapes_ = std::memchr(copy, '\\', text.size()) != nullptr;
  const simdjson::error_code error = scanner_->implementation->stage1(
      reinterpret_cast<const std::uint8_t*>(copy), text.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::UTF8_ERROR) return Outcome::not_utf8;
  if (error != simdjson::SUCCESS) return Outcome::not_json;
  next_ = scanner_->implementation->structural_indexes.get();
  end_ = next_ + scanner_->implementation->n_structural_indexes;
  CHECK(*end_ == text.size());
  return Outcome::scanned;
}

bool JsonTokens::unescape_slowly(std::string_view raw, std::string_view& text) noexcept {
  if (text.find('\\') == std::string_view::npos) return true;
  const simdjson::ondemand::raw_json_string string(
      reinterpret_cast<const std::uint8_t*>(raw.data() + 1));
  return scanner_->unescaper.unescape(string, scanner_->unescaped_end).get(text) ==
         simdjson::SUCCESS;
}

}  // namespace app
