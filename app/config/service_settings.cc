#include "app/config/service_settings.h"

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

}  // namespace

std::string read_web_address(SettingReader& reader, std::string_view path) {
  std::string address = reader.text(path);
  if (address.empty()) return address;
  if (!is_web_address(address)) {
    reader.fail(path, "must begin with https:// or http://");
  } else if (const base::Status checked = check_url(address); !checked.ok()) {
    reader.fail(path, checked.error().message);
  }
  return address;
}

WhenServiceIsDown read_when_down(SettingReader& reader, std::string_view path) {
  constexpr WhenServiceIsDown kWords[] = {WhenServiceIsDown::refuse,
                                          WhenServiceIsDown::admit_known};
  return kWords[reader.choice(path)];
}

}  // namespace app
