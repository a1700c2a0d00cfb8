#include "app/admin/problem.h"

#include <array>

#include "app/events/event_writer.h"
#include "base/check.h"

namespace app {

namespace {

struct Entry {
  ProblemKind kind;
  int status;
  std::string_view type;
  std::string_view title;
};

constexpr std::array<Entry, kProblemKindCount> kEntries{{
    {ProblemKind::bad_request, 400, "/problems/bad-request", "The request is malformed"},
    {ProblemKind::invalid_json, 400, "/problems/invalid-json", "The body is not valid JSON"},
    {ProblemKind::invalid_field, 400, "/problems/invalid-field", "A field is not what it must be"},
    {ProblemKind::unauthorized, 401, "/problems/unauthorized", "A valid API key is needed"},
    {ProblemKind::not_found, 404, "/problems/not-found", "There is nothing of that name"},
    {ProblemKind::method_not_allowed, 405, "/problems/method-not-allowed",
     "The path has other methods"},
    {ProblemKind::key_in_progress, 409, "/problems/key-in-progress",
     "A request with this idempotency key is under way"},
    {ProblemKind::answer_not_kept, 409, "/problems/answer-not-kept",
     "The request was carried out, its answer was too long to keep"},
    {ProblemKind::length_required, 411, "/problems/length-required",
     "The length of the body must be given"},
    {ProblemKind::body_too_large, 413, "/problems/body-too-large", "The body is too large"},
    {ProblemKind::target_too_long, 414, "/problems/target-too-long",
     "The path and query are too long"},
    {ProblemKind::unsupported_media_type, 415, "/problems/unsupported-media-type",
     "The body must be application/json"},
    {ProblemKind::wrong_host, 421, "/problems/wrong-host", "The host name is not this server's"},
    {ProblemKind::key_reused, 422, "/problems/key-reused",
     "The idempotency key belongs to another request"},
    {ProblemKind::too_many_failures, 429, "/problems/too-many-failures",
     "Too many failures from this address"},
    {ProblemKind::internal_error, 500, "/problems/internal-error", "The server made a mistake"},
    {ProblemKind::unavailable, 503, "/problems/unavailable", "The gateway cannot do it now"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (static_cast<std::size_t>(kEntries[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "an entry is found by its kind");

const Entry& entry(ProblemKind kind) noexcept {
  const auto index = static_cast<std::size_t>(kind);
  CHECK(index < kEntries.size());
  return kEntries[index];
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, value);
}

ApiAnswer write(int status, std::string_view type, std::string_view title, std::string_view detail,
                std::string_view request_id, const std::vector<FieldMistake>& mistakes) {
  ApiAnswer answer{.status = status, .content_type = "application/problem+json"};
  answer.body = "{\"status\":" + std::to_string(status);
  append_member(answer.body, "type", type);
  append_member(answer.body, "title", title);
  if (!detail.empty()) append_member(answer.body, "detail", detail);
  if (!request_id.empty()) append_member(answer.body, "instance", request_id);
  if (!mistakes.empty()) {
    answer.body += ",\"errors\":[";
    for (const FieldMistake& mistake : mistakes) {
      if (answer.body.back() == '}') answer.body += ',';
      answer.body += "{\"field\":";
      append_json_string(answer.body, mistake.field);
      append_member(answer.body, "message", mistake.message);
      answer.body += '}';
    }
    answer.body += ']';
  }
  answer.body += "}\n";
  return answer;
}

}  // namespace

int status_of(ProblemKind kind) noexcept { return entry(kind).status; }
std::string_view type_of(ProblemKind kind) noexcept { return entry(kind).type; }

ApiAnswer problem(ProblemKind kind, std::string_view detail, std::string_view request_id,
                  const std::vector<FieldMistake>& mistakes) {
  const Entry& found = entry(kind);
  return write(found.status, found.type, found.title, detail, request_id, mistakes);
}

ApiAnswer problem_of_status(int status, std::string_view request_id) {
  for (const Entry& found : kEntries) {
    if (found.status == status) {
      return write(status, found.type, found.title, {}, request_id, {});
    }
  }
  // RFC 9457 4.2.1: a problem that is no more than its status.
  return write(status, "about:blank", "The request is refused", {}, request_id, {});
}

}  // namespace app
