#include "tests/app/admin/fake_control.h"

#include <fmt/format.h>

#include <array>

namespace tests {

namespace {

std::string text_of(const app::Target& target) {
  constexpr std::array kKinds{"connection", "user", "tenant", "room", "everybody"};
  return fmt::format("{}:{}/{}", kKinds.at(static_cast<std::size_t>(target.kind)), target.tenant,
                     target.name);
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& one : list) text += (text.empty() ? "" : "+") + one;
  return text;
}

}  // namespace

void FakeControl::note(const std::string& line) {
  const std::lock_guard lock(mutex_);
  asked_.push_back(line);
}

base::Result<app::ChangedConnections> FakeControl::count(const std::string& line) {
  note(line);
  if (failure) return base::Error{*failure};
  return app::ChangedConnections{.connections = changed};
}

base::Result<app::PublishOutcome> FakeControl::publish(const app::ServerPublication& asked) {
  note(fmt::format("publish {} {} {} except={} id={} key={} keep={}", text_of(asked.target),
                   asked.event, asked.data, asked.except_connection, asked.message_id, asked.key,
                   asked.keep));
  if (failure) return base::Error{*failure};
  return publish_step(asked);
}

base::Result<app::ChangedConnections> FakeControl::subscribe(const std::string& tenant,
                                                             const std::string& user,
                                                             const std::string& room) {
  return count(fmt::format("subscribe {} {} {}", tenant, user, room));
}

base::Result<app::ChangedConnections> FakeControl::unsubscribe(const std::string& tenant,
                                                               const std::string& user,
                                                               const std::string& room) {
  return count(fmt::format("unsubscribe {} {} {}", tenant, user, room));
}

base::Result<app::ChangedConnections> FakeControl::disconnect(const app::Disconnection& asked) {
  return count(fmt::format("disconnect {} {} '{}' {}", text_of(asked.target), asked.code,
                           asked.reason, asked.reconnect_after_ms));
}

base::Result<app::ChangedConnections> FakeControl::revoke(const app::Revocation& asked) {
  return count(fmt::format("revoke {}|{}|{} until {}", asked.token_id, asked.tenant, asked.user,
                           asked.until));
}

base::Result<app::ChangedConnections> FakeControl::change_roles(const app::RoleChange& change) {
  return count(fmt::format("roles {} {} {} {}", change.tenant, change.user, joined(change.roles),
                           joined(change.permissions)));
}

app::MemberPage FakeControl::presence(const std::string& tenant, const std::string& room,
                                      const std::string& cursor, std::uint32_t limit) {
  note(fmt::format("presence {} {} '{}' {}", tenant, room, cursor, limit));
  return members;
}

app::HistoryPage FakeControl::history(const std::string& tenant, const std::string& room,
                                      std::uint64_t after, std::uint32_t limit) {
  note(fmt::format("history {} {} {} {}", tenant, room, after, limit));
  return events;
}

app::RoomPage FakeControl::rooms(const std::string& tenant, const std::string& prefix,
                                 const std::string& cursor, std::uint32_t limit) {
  note(fmt::format("rooms '{}' '{}' '{}' {}", tenant, prefix, cursor, limit));
  return room_page;
}

app::ConnectionPage FakeControl::connections(const app::ConnectionFilter& filter) {
  note(fmt::format("connections '{}' '{}' '{}' {} '{}' {}", filter.tenant, filter.user, filter.room,
                   filter.order == app::ConnectionOrder::slowest_first ? "slowest" : "id",
                   filter.cursor, filter.limit));
  return connection_page;
}

std::optional<app::ConnectionEntry> FakeControl::connection(const std::string& id) {
  note(fmt::format("connection {}", id));
  for (const app::ConnectionEntry& entry : connection_page.connections) {
    if (entry.id == id) return entry;
  }
  return std::nullopt;
}

}  // namespace tests
