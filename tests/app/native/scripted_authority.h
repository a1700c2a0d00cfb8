// ScriptedAuthority: decides about rooms when the test lets it, or at once.
//
// It allows everything, unless the test said otherwise of an operation, and remembers what it said
// if `remembers`. Threads: one. Bound: the test's.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/rooms/room_authority.h"

namespace app {

class ScriptedAuthority final : public RoomAuthority {
 public:
  std::optional<bool> recall(const AccessQuestion& question) override {
    const auto known = known_.find(text_of(question));
    return known == known_.end() ? std::nullopt : std::optional(known->second);
  }
  void ask(const AccessQuestion& question, Answer answer) override {
    asked.push_back(text_of(question));
    held.emplace_back(question.operation, asked.back(), std::move(answer));
    if (!holds) answer_all();
  }
  RoomAuthorityCounts counts() const override {
    return {.asked = asked.size(), .waiting = held.size()};
  }

  void answer_one() {
    const auto [operation, text, answer] = std::move(held.front());
    held.pop_front();
    const auto said = says.find(operation);
    const AccessAnswer word = said == says.end() ? AccessAnswer::allowed : said->second;
    if (remembers && word != AccessAnswer::unavailable) {
      known_[text] = word == AccessAnswer::allowed;
    }
    answer(word);
  }
  void answer_all() {
    while (!held.empty()) answer_one();
  }
  void forget() { known_.clear(); }

  // "acme/ann send r"
  static std::string text_of(const AccessQuestion& question) {
    std::string text = question.grants->tenant + "/" + std::string(question.user) + " ";
    for (const std::string& role : question.grants->roles) text += "as " + role + " ";
    return text + std::string(name(question.operation)) + " " + std::string(question.room);
  }

  bool holds = false;
  bool remembers = true;
  std::map<RoomOperation, AccessAnswer> says;
  std::vector<std::string> asked;
  std::deque<std::tuple<RoomOperation, std::string, Answer>> held;

 private:
  std::map<std::string, bool> known_;
};

}  // namespace app
