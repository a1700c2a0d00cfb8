// Answers: telling a publisher what became of its message, wherever its room's members are.
#include "base/check.h"
#include "engine/room/rooms.h"

namespace engine {

// ---- At the home --------------------------------------------------------------------------------

// The message got this number, and so many shards count their members for it.
void Rooms::answer_number(const Publication& publication, std::uint64_t number, std::uint32_t parts,
                          bool duplicate) {
  if (!publication.answer) return;
  if (publication.shard == shard_.number()) {
    answers_.number_is(publication.answer, number, parts, duplicate);
    return;
  }
  shard_.mailbox().send(publication.shard,
                        {.kind = static_cast<std::uint8_t>(RoomMessage::numbered),
                         .sender = static_cast<std::uint16_t>(shard_.number()),
                         .target = publication.answer,
                         .source = {.index = parts, .generation = duplicate ? 1U : 0U},
                         .number = number});
}

// ---- At a subscriber ----------------------------------------------------------------------------

void Rooms::answer_part(const AnswerAddress& address, const AnswerPart& part) {
  if (address.shard == shard_.number()) {
    answers_.add_part(address.awaited, part, false);
    return;
  }
  shard_.mailbox().send(address.shard,
                        {.kind = static_cast<std::uint8_t>(RoomMessage::counted),
                         .sender = static_cast<std::uint16_t>(shard_.number()),
                         .target = address.awaited,
                         .source = {.index = part.queued, .generation = part.conflated},
                         .number = part.dropped});
}

// The batch is over: whoever asked is told.
void Rooms::tell_wanted(RoomWork& work) {
  work.wanted.end_batch(
      [this](const AnswerAddress& address, const AnswerPart& part) { answer_part(address, part); });
}

// The room goes: of what waited nobody here is told any more.
void Rooms::settle_wanted(RoomWork& work) {
  tell_wanted(work);
  work.wanted.begin_batch();
  tell_wanted(work);
}

// ---- At the publisher ---------------------------------------------------------------------------

// Between the turn's steps, because handlers may do anything to any room.
void Rooms::give_answers() {
  std::vector<AwaitedAnswers::Done> done;
  done.swap(answers_.done());
  for (const AwaitedAnswers::Done& one : done) {
    if (!one.answer.known) counters_.answers_unknown.add();
    const bool heard = one.session == kNobody || sessions_.is_alive(one.session);
    (heard ? counters_.answers : counters_.answers_unheard).add();
    handler_->on_published(one.session, one.ticket, one.answer);
  }
}

}  // namespace engine
