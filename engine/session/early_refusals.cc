#include "engine/session/early_refusals.h"

#include "protocol/http_response.h"

namespace engine {

EarlyRefusals::EarlyRefusals() {
  const protocol::HttpRefusal refusal{protocol::HttpStatus::service_unavailable,
                                      "too much at once; try again later",
                                      protocol::Violation::none};
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const std::string seconds = std::to_string(i + 1);
    const std::array retry{protocol::HttpHeader{.name = "Retry-After", .value = seconds}};
    texts_[i] = protocol::write_refusal(refusal, retry);
  }
}

}  // namespace engine
