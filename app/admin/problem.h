// Problem: an error of the server API as application/problem+json (RFC 9457), and what every
// answer is made of.
//
// Each kind has one status, one stable type ("/problems/invalid-field") and one title; the detail
// says what is wrong this time, for the caller to read, and never repeats an exception's text.
// Plain values, any thread. Bound: kAdminMistakesMost fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace app {

struct ApiAnswer {
  int status = 200;
  std::string body{};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers{};
};

enum class ProblemKind : std::uint8_t {
  bad_request,
  invalid_json,
  invalid_field,
  unauthorized,
  not_found,
  method_not_allowed,
  key_in_progress,
  answer_not_kept,
  length_required,
  body_too_large,
  target_too_long,
  unsupported_media_type,
  wrong_host,
  key_reused,
  too_many_failures,
  internal_error,
  unavailable,
};

inline constexpr std::uint8_t kProblemKindCount = 17;

struct FieldMistake {
  std::string field{};  // As the caller wrote it: "target.name", "publications[3].event".
  std::string message{};
};

int status_of(ProblemKind kind) noexcept;
// "/problems/invalid-field" and so on.
std::string_view type_of(ProblemKind kind) noexcept;

// `request_id` becomes the problem's instance.
ApiAnswer problem(ProblemKind kind, std::string_view detail, std::string_view request_id,
                  const std::vector<FieldMistake>& mistakes = {});
// The same for a status that no kind has: what the HTTP library refuses by itself.
ApiAnswer problem_of_status(int status, std::string_view request_id);

}  // namespace app
