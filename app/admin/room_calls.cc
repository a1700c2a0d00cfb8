#include "app/admin/room_calls.h"

#include <nlohmann/json.hpp>

#include <limits>

#include "app/admin/answers.h"
#include "app/admin/query_fields.h"
#include "app/events/event_writer.h"
#include "app/rooms/room_names.h"

namespace app {

namespace {

// The tenant and the room of the path.
void judge_room(const ApiRequest& request, FieldMistakes& mistakes) {
  if (const auto wrong = rule_of_tenant(request.names.at(0)); !wrong.empty()) {
    mistakes.add("tenant", wrong);
  }
  if (const auto wrong = rule_of_room(request.names.at(1)); !wrong.empty()) {
    mistakes.add("room", wrong);
  }
}

// Nobody joins or leaves it: it is the user's connections.
void judge_presence(std::string_view room, FieldMistakes& mistakes) {
  if (!user_of_room(room)) return;
  mistakes.add("room",
               "must not be a personal room, which has no presence: ask for the user's "
               "connections");
}

void append_flag(std::string& out, bool flag) { out += flag ? "true" : "false"; }

}  // namespace

ApiAnswer call_rooms(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  QueryFields query(request.query, mistakes);
  const std::string tenant = query.optional_text("tenant", rule_of_tenant);
  const std::string prefix = query.optional_text("prefix", rule_of_prefix);
  const std::string cursor = query.optional_text("cursor", rule_of_cursor);
  const std::uint32_t limit = query.limit();
  query.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);

  const RoomPage page = control.rooms(tenant, prefix, cursor, limit);
  nlohmann::ordered_json rooms = nlohmann::ordered_json::array();
  for (const RoomEntry& room : page.rooms) {
    rooms.push_back({{"tenant", room.tenant},
                     {"name", room.name},
                     {"members", room.members},
                     {"number", room.number}});
  }
  return json_answer({{"complete", page.complete}, {"rooms", rooms}, {"next", page.next}});
}

ApiAnswer call_presence(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  judge_room(request, mistakes);
  judge_presence(request.names.at(1), mistakes);
  QueryFields query(request.query, mistakes);
  const std::string cursor = query.optional_text("cursor", rule_of_cursor);
  const std::uint32_t limit = query.limit();
  query.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);

  const MemberPage page = control.presence(request.names[0], request.names[1], cursor, limit);
  nlohmann::ordered_json members = nlohmann::ordered_json::array();
  for (const MemberEntry& member : page.members) {
    members.push_back(
        {{"user", member.user}, {"connection", member.connection}, {"type", member.type}});
  }
  return json_answer({{"complete", page.complete},
                      {"count", page.count},
                      {"members", members},
                      {"next", page.next}});
}

ApiAnswer call_history(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  judge_room(request, mistakes);
  QueryFields query(request.query, mistakes);
  const std::uint64_t after =
      query.optional_number("after", 0, std::numeric_limits<std::uint64_t>::max(), 0);
  const std::uint32_t limit = query.limit();
  query.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);

  const HistoryPage page = control.history(request.names[0], request.names[1], after, limit);
  // By hand, because each event is JSON already, and its numbers must stay as they were written.
  ApiAnswer answer{.body = "{\"complete\":"};
  append_flag(answer.body, page.complete);
  answer.body += ",\"epoch\":";
  append_json_string(answer.body, page.epoch);
  answer.body += ",\"first\":" + std::to_string(page.first);
  answer.body += ",\"last\":" + std::to_string(page.last) + ",\"events\":[";
  for (const HistoryEntry& entry : page.events) {
    if (answer.body.back() == '}') answer.body += ',';
    answer.body += "{\"number\":" + std::to_string(entry.number) + ",\"event\":" + entry.event;
    answer.body += '}';
  }
  answer.body += "]}\n";
  return answer;
}

}  // namespace app
