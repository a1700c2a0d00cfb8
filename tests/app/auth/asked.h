// Asked: puts tokens to an Authenticator and collects its answers, as one line of text each.
//
// "user@tenant" for who is let in, or the failure's name. Any thread may answer; one test asks.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "app/auth/authenticator.h"
#include "tests/app/upstream/inbox.h"

namespace app {

class Asked {
 public:
  // Destroyed after it, so that each answer finds us.
  void ask(Authenticator& authenticator, const std::string& token) {
    authenticator.ask(token, [this](const AuthResult& result) { answers_.put(text(result)); });
  }
  std::string next() { return answers_.take(); }
  std::string answer(Authenticator& authenticator, const std::string& token) {
    ask(authenticator, token);
    return next();
  }
  std::size_t answers() const { return answers_.size(); }

 private:
  static std::string text(const AuthResult& result) {
    if (const auto* identity = std::get_if<Identity>(&result)) {
      return identity->user + "@" + identity->tenant;
    }
    return std::string(name(std::get<AuthFailure>(result)));
  }

  Inbox<std::string> answers_;
};

}  // namespace app
