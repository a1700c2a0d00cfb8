// UserRoutes: messages to a user's or a single connection, on whatever shards they are.
//
// A user's home shard (a function of the name) knows which shards have connections of the user;
// each of these finds its own. All messages from one shard to one user take one way, so they come
// in their order. The home also knows retries of what had reached somebody. Threads: the shard's
// own. Bounds: the lanes; an entry for each user and shard; those of RecentIds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "app/native/native_context.h"
#include "app/native/native_messages.h"
#include "engine/room/awaited_answers.h"
#include "engine/room/recent_ids.h"
#include "engine/shard/shard_message.h"

namespace app {

struct RouteOptions {
  engine::SessionId except = engine::kNobody;  // Of this shard: is left out.
  std::uint64_t ticket = 0;                    // Not 0: is answered with how many got it.
  // What its sender calls it, to a user: once delivered it is answered and not delivered again.
  std::string_view id{};
  protocol::Opcode opcode = protocol::Opcode::text;
};

class UserRoutes {
 public:
  explicit UserRoutes(NativeContext& context) : context_(context) {}

  // A connection of the user has come, or gone. One too many is ended with RATE_LIMITED.
  void arrived(std::uint64_t user_hash) { tell_home(NativeMessage::user_arrived, user_hash); }
  void left(std::uint64_t user_hash) { tell_home(NativeMessage::user_left, user_hash); }

  // `message`: a whole event, or a binary message.
  void send_to_user(std::string_view tenant, std::string_view user,
                    std::span<const std::byte> message, const RouteOptions& options);
  void send_to_connection(const ConnectionId& to, std::string_view tenant,
                          std::span<const std::byte> message, const RouteOptions& options);

  // Those of NativeMessage, but members' and receipts. The parcel stays the caller's.
  void on_shard_message(const engine::ShardMessage& message);

  const engine::RecentIdCounters& id_counters() const noexcept { return recent_ids_.counters(); }

  // Calls settle(ticket, answer) for each answer that is complete.
  template <typename Settle>
  void give_answers(Settle&& settle) {
    if (answers_.done().empty()) return;
    std::vector<engine::AwaitedAnswers::Done> done;
    done.swap(answers_.done());
    for (const auto& one : done) settle(one.ticket, one.answer);
  }

 private:
  struct Origin {
    std::uint16_t shard;
    engine::SessionId except;
    base::Handle answer;
  };

  void arrived_at_home(std::uint64_t user_hash, std::uint32_t shard);
  void end_newest(std::uint64_t user_hash);
  void tell_home(NativeMessage what, std::uint64_t user_hash);
  void route(const Origin& origin, const Addressed& addressed, engine::Parcel* parcel);
  void deliver(const Origin& origin, const Addressed& addressed);
  void deliver_one(const Origin& origin, const Addressed& addressed, engine::SessionId to);
  bool is_retry(const Addressed& addressed);
  void remember(const Addressed& addressed);
  void parts_are(const Origin& origin, std::uint32_t parts, bool duplicate = false);
  void reached(const Origin& origin, std::uint32_t connections);
  void send(std::uint32_t shard, NativeMessage what, const Origin& origin, std::uint64_t number,
            engine::Parcel* parcel);
  std::uint16_t here() const noexcept;

  NativeContext& context_;
  engine::AwaitedAnswers answers_;
  engine::RecentIds recent_ids_;  // Of messages to users who are at home here.
};

}  // namespace app
