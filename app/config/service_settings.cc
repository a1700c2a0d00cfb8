#include "app/config/service_settings.h"

#include <fmt/format.h>

#include "app/upstream/http_call.h"

namespace app {

namespace {

// Whether it begins as https://HOST or http://HOST do.
bool is_web_address(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) {
      return text.size() > scheme.size() && text.find_first_of(" \"<>\\") == std::string_view::npos;
    }
  }
  return false;
}

// What may hold a password is not repeated.
void fail_address(SettingReader& reader, std::string_view path, std::string_view address,
                  std::string_view what) {
  if (address.find('@') != std::string_view::npos) {
    reader.fail_quoted(path, fmt::format("***: {}", what));
  } else {
    reader.fail(path, what);
  }
}

}  // namespace

std::string read_web_address(SettingReader& reader, std::string_view path) {
  std::string address = reader.text(path);
  if (address.empty()) return address;
  if (!is_web_address(address)) {
    fail_address(reader, path, address, "must begin with https:// or http://");
  } else if (const base::Status checked = check_url(address); !checked.ok()) {
    fail_address(reader, path, address, checked.error().message);
  }
  return address;
}

}  // namespace app
