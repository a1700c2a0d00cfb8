// FakeControl: a gateway for the tests of the server API: it notes what it was asked and answers
// what the test has put in. Any thread; one test's own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/admin/control.h"

namespace tests {

class FakeControl final : public app::Control {
 public:
  using Publish = std::function<base::Result<app::PublishOutcome>(const app::ServerPublication&)>;

  // ---- What the test puts in, before the server starts ----
  Publish publish_step = [](const auto&) { return app::PublishOutcome{}; };
  std::optional<std::string> failure;  // Of every call that returns a Result.
  std::uint64_t changed = 1;
  bool tenant_rooms = true;
  app::MemberPage members;
  app::HistoryPage events;
  app::RoomPage room_page;
  app::ConnectionPage connection_page;
  bool is_ready = true;
  std::function<std::string()> live_step = [] { return std::string("{\"time\":1}\n"); };

  // ---- What it was asked ----
  std::array<std::atomic<std::uint64_t>, app::kAdminRefusalCount> refusals{};
  std::uint64_t refused(app::AdminRefusal refusal) const {
    return refusals.at(static_cast<std::size_t>(refusal));
  }
  // One line per call: "subscribe acme ada lobby".
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::string last() const {
    const std::lock_guard lock(mutex_);
    return asked_.empty() ? "" : asked_.back();
  }

  bool has_tenant_rooms() const override { return tenant_rooms; }
  base::Result<app::PublishOutcome> publish(const app::ServerPublication& publication) override;
  base::Result<app::ChangedConnections> subscribe(const std::string& tenant,
                                                  const std::string& user,
                                                  const std::string& room) override;
  base::Result<app::ChangedConnections> unsubscribe(const std::string& tenant,
                                                    const std::string& user,
                                                    const std::string& room) override;
  base::Result<app::ChangedConnections> disconnect(
      const app::Disconnection& disconnection) override;
  base::Result<app::ChangedConnections> revoke(const app::Revocation& revocation) override;
  base::Result<app::ChangedConnections> change_roles(const app::RoleChange& change) override;
  app::MemberPage presence(const std::string& tenant, const std::string& room,
                           const std::string& cursor, std::uint32_t limit) override;
  app::HistoryPage history(const std::string& tenant, const std::string& room, std::uint64_t after,
                           std::uint32_t limit) override;
  app::RoomPage rooms(const std::string& tenant, const std::string& prefix,
                      const std::string& cursor, std::uint32_t limit) override;
  app::ConnectionPage connections(const app::ConnectionFilter& filter) override;
  std::optional<app::ConnectionEntry> connection(const std::string& id) override;
  void note_refusal(app::AdminRefusal refusal) noexcept override {
    ++refusals[static_cast<std::size_t>(refusal)];
  }
  std::string metrics_text() override { return "millrace_connections 3\n"; }
  std::string health_json() override { return "{\"status\":\"ok\"}\n"; }
  bool ready() override { return is_ready; }
  std::string status_json() override { return "{\"connections\":3}\n"; }
  std::string live_json() override { return live_step(); }

 private:
  void note(const std::string& line);
  base::Result<app::ChangedConnections> count(const std::string& line);

  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
};

}  // namespace tests
