#include "app/events/json_tokens.h"

#include <simdjson.h>

#include <bit>
#include <cstring>

#include "app/config/gateway_limits.h"
#include "base/check.h"
#include "protocol/utf8.h"

namespace app {

struct JsonTokens::Scratch {
  void reserve(std::size_t bytes);

  std::unique_ptr<char[]> text;
  std::unique_ptr<std::uint8_t[]> unescaped;
  std::uint8_t* unescaped_end = nullptr;
  std::size_t capacity = 0;  // Without the padding.
  simdjson::ondemand::parser unescaper;
};

static_assert(simdjson::SIMDJSON_PADDING >= 16, "base::find_octet_from() reads behind the zero");

// The sum of all strings is shorter than the text, unescaped too. Both are read and written by
// whole vectors.
void JsonTokens::Scratch::reserve(std::size_t bytes) {
  if (bytes <= capacity) return;
  capacity = std::bit_ceil(bytes);
  text = std::make_unique<char[]>(capacity + simdjson::SIMDJSON_PADDING);
  unescaped = std::make_unique<std::uint8_t[]>(capacity + simdjson::SIMDJSON_PADDING);
}

JsonTokens::JsonTokens() : scratch_(std::make_unique<Scratch>()) {
  scratch_->reserve(kEventScratchBytesFirst);
  const simdjson::error_code error = scratch_->unescaper.allocate(1, 1);
  CHECK(error == simdjson::SUCCESS);
}

JsonTokens::~JsonTokens() = default;

bool JsonTokens::begin(std::span<const std::byte> text) {
  scratch_->reserve(text.size());
  scratch_->unescaped_end = scratch_->unescaped.get();
  char* const copy = scratch_->text.get();
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  at_ = copy;
  end_ = copy + text.size();
  skip_space();
  return protocol::is_valid_utf8(text);
}

// From the string's beginning: what ended the search for its quote may be an escape.
bool JsonTokens::take_escaped_string(std::string_view& raw, std::string_view& text) noexcept {
  const char* end = at_ + 1;
  while (true) {
    end += plain_size(end);
    if (end == end_ || (*end != '"' && *end != '\\')) return false;
    if (*end == '"') break;
    if (end + 1 == end_) return false;
    end += 2;  // Whatever is escaped, it is not the end.
  }
  const simdjson::ondemand::raw_json_string string(reinterpret_cast<const std::uint8_t*>(at_ + 1));
  if (scratch_->unescaper.unescape(string, scratch_->unescaped_end).get(text)) return false;
  raw = {at_, end + 1};
  at_ = end + 1;
  skip_space();
  return true;
}

}  // namespace app
