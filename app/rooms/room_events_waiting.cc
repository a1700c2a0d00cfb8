// What is asked of a room while it is being joined: it waits, and is done in its order.
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/clients/session_key.h"
#include "app/gateway_limits.h"
#include "app/rooms/room_events.h"
#include "app/rooms/room_names.h"

namespace app {

RoomEvents::PendingJoin* RoomEvents::find_join(const Client& client, std::string_view room) {
  if (client.joins_pending == 0) return nullptr;
  set_engine_name(context_.room_name, room, client.grants->tenant);
  const auto found = pending_.find(session_key(client.session, context_.room_name));
  return found == pending_.end() ? nullptr : &found->second;
}

void RoomEvents::wait(Client& client, PendingJoin& join, NextStep step) {
  if (join.next.size() < kRoomStepsMost) {
    join.next.push_back(std::move(step));
    return;
  }
  context_.fail(client, step.request.id_raw,
                {.code = ErrorCode::client_error,
                 .message = "too much is asked of this room while it is being joined"});
}

// The join that the steps waited for is through, whatever became of it. The next join takes those
// behind it along.
void RoomEvents::go_on(ClientHandle who, const std::string& room, std::vector<NextStep> steps) {
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    Client* const client = context_.clients.find(who);
    if (client == nullptr || client->state != ClientState::present) return;
    if (step->leaves.empty()) {
      PendingJoin joining{.client = who, .request = std::move(step->request)};
      const std::optional<engine::ResumePosition> from = step->from;
      joining.next.assign(std::move_iterator(step + 1), std::move_iterator(steps.end()));
      join(*client, room, std::move(joining), from ? &*from : nullptr);
      return;
    }
    if (take_out(who, room, step->leaves, step->request.id_raw)) continue;
    if (step->leaves == kAsked) fail_outside(*client, step->request.id_raw);
  }
}

}  // namespace app
