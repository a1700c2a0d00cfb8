// FieldMistakes: gathers what is wrong with the fields of one admin call, so that the caller learns
// all of it at once.
//
// Owned by the call that is being read, one thread. Bound: kAdminMistakesMost; further ones are
// dropped, the caller has enough to do.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/admin/problem.h"
#include "app/gateway_limits.h"

namespace app {

class FieldMistakes {
 public:
  bool empty() const noexcept { return mistakes_.empty(); }
  const std::vector<FieldMistake>& all() const noexcept { return mistakes_; }

  void add(std::string field, std::string_view message) {
    if (mistakes_.size() == kAdminMistakesMost) return;
    // The caller's own text, which may be as long as the body.
    if (field.size() > kAdminFieldBytesMost) field.resize(kAdminFieldBytesMost);
    mistakes_.push_back({std::move(field), std::string(message)});
  }

  // The answer to a call with mistakes.
  ApiAnswer answer(std::string_view request_id) const {
    return problem(ProblemKind::invalid_field, "the fields under `errors` must be put right",
                   request_id, mistakes_);
  }

 private:
  std::vector<FieldMistake> mistakes_;
};

}  // namespace app
