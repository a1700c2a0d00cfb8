#include "app/admin/answers.h"

#include <nlohmann/json.hpp>

namespace app {

ApiAnswer json_answer(const nlohmann::ordered_json& body) {
  using Json = nlohmann::ordered_json;
  return {.body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

ApiAnswer count_answer(const base::Result<ChangedConnections>& changed,
                       std::string_view request_id) {
  if (!changed) return unavailable(changed.error(), request_id);
  return json_answer(
      {{"complete", changed.value().complete}, {"connections", changed.value().connections}});
}

ApiAnswer unavailable(const base::Error& error, std::string_view request_id) {
  ApiAnswer answer = problem(ProblemKind::unavailable, error.message, request_id);
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace app
