#include "app/admin/answers.h"

#include <nlohmann/json.hpp>

namespace app {

ApiAnswer json_answer(const nlohmann::ordered_json& body) {
  using Json = nlohmann::ordered_json;
  return {.body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

ApiAnswer count_answer(const base::Result<std::uint64_t>& connections,
                       std::string_view request_id) {
  if (!connections) return unavailable(connections.error(), request_id);
  return json_answer({{"connections", connections.value()}});
}

ApiAnswer unavailable(const base::Error& error, std::string_view request_id) {
  ApiAnswer answer = problem(ProblemKind::unavailable, error.message, request_id);
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace app
