#include "app/native/access_gate.h"

#include <utility>

#include "app/clients/session_key.h"
#include "app/native/native_gateway.h"
#include "app/rooms/room_names.h"
#include "base/bytes.h"
#include "base/check.h"

namespace app {

bool AccessGate::holds(ClientHandle handle, Client& client, const Event& event, const Wish& wish,
                       protocol::Opcode opcode, std::span<const std::byte> payload) {
  if (!is_room_name(wish.room)) return false;
  const std::string key = session_key(client.session, wish.room);
  const bool resumes = resuming_ != nullptr && *resuming_ == key;
  const auto queue = held_.find(key);
  if (queue != held_.end() && !resumes) {
    if (has_room_for(client, event, payload.size())) {
      hold(client, queue->second, opcode, payload);
    }
    return true;
  }
  const std::optional<RoomOperation> unsaid = find_unsaid(client, wish);
  if (!unsaid) return false;
  if (context_.decision && context_.decision->about(client, *unsaid, wish.room)) {
    context_.fail(client, event, ErrorCode::server_error,
                  "who may do this cannot be found out just now; try again later");
    return true;
  }
  AccessDecision said = take_said(client, wish);
  if (!resumes && !has_room_for(client, event, payload.size())) return true;
  Queue& kept = held_[key];
  kept.client = handle;
  kept.room = wish.room;
  kept.asked = *unsaid;
  kept.grants = client.grants;
  kept.said = std::move(said);
  if (resumes) {
    held_again_ = true;  // on_answer() has it still, in front of the others.
  } else {
    hold(client, kept, opcode, payload);
  }
  ask(client, key, kept);
  return true;
}

// The first right that nobody has said yet. Who lacks one is not asked about the next.
std::optional<RoomOperation> AccessGate::find_unsaid(const Client& client, const Wish& wish) {
  for (const std::optional<RoomOperation>& operation : wish.operations) {
    if (!operation) break;
    if (context_.must_ask(client, *operation, wish.room)) return operation;
    if (!context_.admits(client, *operation, wish.room)) break;
  }
  return std::nullopt;
}

// What was said of an event that has to wait: it goes with that, and no other event takes it up.
AccessDecision AccessGate::take_said(const Client& client, const Wish& wish) {
  AccessDecision said{.session = client.session, .room = std::string(wish.room)};
  if (!context_.decision) return said;
  for (const std::optional<RoomOperation>& operation : wish.operations) {
    if (!operation) break;
    said.of(*operation) = context_.decision->about(client, *operation, wish.room);
  }
  context_.decision.reset();
  return said;
}

bool AccessGate::has_room_for(Client& client, const Event& event, std::size_t bytes) {
  if (client.events_held < kHeldPerClientMost && bytes_ + bytes <= kHeldBytesMost &&
      waiting_ < context_.options().access_service.waiting_most) {
    return true;
  }
  context_.counters.access_refused.add();
  context_.fail(client, event, ErrorCode::server_error,
                "too many events wait for the access service; try again later");
  return false;
}

void AccessGate::hold(Client& client, Queue& queue, protocol::Opcode opcode,
                      std::span<const std::byte> payload) {
  ++client.events_held;
  context_.counters.access_waiting.set(++waiting_);
  bytes_ += payload.size();
  queue.events.push_back({opcode, std::string(base::as_text(payload))});
}

void AccessGate::let_go(const HeldEvent& held) {
  context_.counters.access_waiting.set(--waiting_);
  bytes_ -= held.payload.size();
}

// The answer comes on another thread, or at once; either way it is heard in a later step.
void AccessGate::ask(const Client& client, const std::string& key, const Queue& queue) {
  const ShardPosts& posts = context_.services.posts;
  const std::uint32_t shard = context_.shard.number();
  context_.policy->authority->ask(
      context_.question(client, queue.asked, queue.room),
      [&posts, shard, key, operation = queue.asked](AccessAnswer answer) {
        static_cast<void>(posts.post_owed(shard, [=](NativeGateway& gateway) {
          gateway.access_gate().on_answer(key, operation, answer);
        }));
      });
}

void AccessGate::on_answer(const std::string& key, RoomOperation operation, AccessAnswer answer) {
  const auto found = held_.find(key);
  if (found == held_.end()) return;
  const ClientHandle handle = found->second.client;
  Client* client = context_.clients.find(handle);
  CHECK(client != nullptr);  // forget() has dropped what waited for it.
  // Whose roles have changed since then is asked about anew.
  if (found->second.grants == client->grants) {
    context_.decision = std::move(found->second.said);
    context_.decision->of(operation) = answer;
  }
  resuming_ = &key;
  held_again_ = false;
  // Each may be the last: it may end the client, whose queue is gone with it.
  for (auto at = found; at != held_.end() && !at->second.events.empty(); at = held_.find(key)) {
    const HeldEvent held = at->second.events.front();
    if (client->state == ClientState::present) resume_(handle, *client, held);
    at = held_.find(key);
    if (at == held_.end() || held_again_) break;
    at->second.events.pop_front();
    --client->events_held;
    let_go(held);
  }
  resuming_ = nullptr;
  context_.decision.reset();
  if (const auto at = held_.find(key); at != held_.end() && !held_again_) held_.erase(at);
}

void AccessGate::forget(const Client& client) {
  if (client.events_held == 0) return;
  const std::string prefix = session_key(client.session);
  for (auto at = held_.lower_bound(prefix); at != held_.end() && at->first.starts_with(prefix);
       ++at) {
    for (const HeldEvent& held : at->second.events) let_go(held);
  }
  erase_session(held_, client.session);
}

}  // namespace app
