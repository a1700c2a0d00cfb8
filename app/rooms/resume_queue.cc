#include "app/rooms/resume_queue.h"

namespace app {

void ResumeQueue::recover(engine::SessionId session, std::string_view engine_name,
                          const engine::ResumePosition& from) {
  lines_[key_of(session)].waiting.push_back({.room = std::string(engine_name), .from = from});
  go_on(session);
}

void ResumeQueue::answered(engine::SessionId session, std::string_view engine_name) {
  const auto line = lines_.find(key_of(session));
  if (line == lines_.end() || line->second.under_way != engine_name) return;
  line->second.under_way.clear();
  go_on(session);
}

void ResumeQueue::on_drained(engine::SessionId session) {
  if (!lines_.empty() && lines_.contains(key_of(session))) go_on(session);
}

void ResumeQueue::go_on(engine::SessionId session) {
  if (going_on_) return;
  going_on_ = true;
  while (true) {
    // Anew each time: the session may have ended in the call.
    const auto line = lines_.find(key_of(session));
    if (line == lines_.end() || !line->second.under_way.empty()) break;
    if (line->second.waiting.empty()) {
      lines_.erase(line);
      break;
    }
    if (!sessions_.is_open(session)) break;  // It is about to be forgotten.
    if (sessions_.queued_cost(session.slot) > mark_) {
      sessions_.watch(session.slot);
      break;
    }
    const Resume next = std::move(line->second.waiting.front());
    line->second.waiting.pop_front();
    line->second.under_way = next.room;
    rooms_.recover(session, next.room, true, next.from);
  }
  going_on_ = false;
}

}  // namespace app
