#include "app/config/service_settings.h"

namespace app {

bool is_web_address(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) {
      return text.size() > scheme.size() && text.find_first_of(" \"<>\\") == std::string_view::npos;
    }
  }
  return false;
}

std::string read_web_address(SettingReader& reader, std::string_view path) {
  std::string address = reader.text(path);
  if (!address.empty() && !is_web_address(address)) {
    reader.fail(path, "must begin with https:// or http://");
  }
  return address;
}

WhenServiceIsDown read_when_down(SettingReader& reader, std::string_view path) {
  constexpr WhenServiceIsDown kWords[] = {WhenServiceIsDown::refuse,
                                          WhenServiceIsDown::admit_known};
  return kWords[reader.choice(path)];
}

}  // namespace app
