#include "engine/room/awaited_answers.h"

#include "base/check.h"

namespace engine {

base::Handle AwaitedAnswers::expect(SessionId session, std::uint64_t ticket) {
  Awaited awaited{.answer = {.session = session, .ticket = ticket, .answer = {}}};
  const base::Handle handle = awaited_.try_insert(awaited);
  if (handle) return handle;
  awaited.answer.answer.known = false;
  done_.push_back(awaited.answer);
  return handle;
}

void AwaitedAnswers::number_is(base::Handle handle, std::uint64_t number, std::uint32_t parts,
                               bool duplicate) {
  Awaited* awaited = awaited_.find(handle);
  CHECK(awaited != nullptr);  // It waits for this.
  CHECK(!awaited->numbered);
  awaited->numbered = true;
  awaited->answer.answer.number = number;
  awaited->answer.answer.duplicate = duplicate;
  awaited->parts_due = parts;
  finish_if_complete(handle, *awaited);
}

void AwaitedAnswers::add_part(base::Handle handle, const AnswerPart& part, bool remote) {
  Awaited* awaited = awaited_.find(handle);
  CHECK(awaited != nullptr);
  ++awaited->parts_come;
  PublishAnswer& answer = awaited->answer.answer;
  answer.members.queued += part.queued;
  answer.members.conflated += part.conflated;
  answer.members.dropped += part.dropped;
  if (remote) answer.remote += part.matched();
  finish_if_complete(handle, *awaited);
}

void AwaitedAnswers::finish_if_complete(base::Handle handle, const Awaited& awaited) {
  if (!awaited.numbered || awaited.parts_come < awaited.parts_due) return;
  CHECK(awaited.parts_come == awaited.parts_due);
  done_.push_back(awaited.answer);
  awaited_.erase(handle);
}

}  // namespace engine
