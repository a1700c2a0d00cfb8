// ScriptedAuthenticator: says who a token speaks for when the test lets it, or at once.
//
// A token "acme/ann" is the user ann of the tenant acme, unless the test said otherwise of it.
// Threads: one. Bound: the test's.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "app/auth/authenticator.h"

namespace app {

class ScriptedAuthenticator final : public Authenticator {
 public:
  struct Question {
    std::string token{};
    Answer answer{};
  };

  void ask(std::string token, Answer answer) override {
    ++asked_;
    if (holds) {
      held.push_back({std::move(token), std::move(answer)});
    } else {
      answer(result_of(token));
    }
  }
  AuthenticatorCounts counts() const override { return {.asked = asked_, .waiting = held.size()}; }

  static Identity identity_of(const std::string& token) {
    const std::size_t slash = token.find('/');
    return {.user = token.substr(slash + 1), .tenant = token.substr(0, slash)};
  }
  AuthResult result_of(const std::string& token) const {
    const auto said = results.find(token);
    return said == results.end() ? AuthResult(identity_of(token)) : said->second;
  }
  // What waits longest is answered now.
  void answer_one() {
    Question question = std::move(held.front());
    held.pop_front();
    question.answer(result_of(question.token));
  }
  void answer_all() {
    while (!held.empty()) answer_one();
  }

  bool holds = false;
  std::deque<Question> held;
  std::map<std::string, AuthResult> results;

 private:
  std::uint64_t asked_ = 0;
};

}  // namespace app
