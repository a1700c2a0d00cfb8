#include "app/clients/session_key.h"

#include <fmt/format.h>

namespace app {

std::string session_key(engine::SessionId session, std::string_view name) {
  return fmt::format("{:x}-{:x}-{}", session.slot, session.generation, name);
}

}  // namespace app
