// GatewayControl: what the server API asks, asked of the shards.
//
// Each call posts tasks to the shards that it concerns and waits for them, at most kControlTimeout.
// Threads: the admin server's, several at once; set_ready() and set_policy() the main thread's.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "app/admin/bulk_changes.h"
#include "app/admin/control.h"
#include "app/admin/live_figures.h"
#include "app/native/policy.h"
#include "app/shared_services.h"
#include "app/telemetry/pages.h"

namespace app {

class GatewayControl final : public Control {
 public:
  GatewayControl(SharedServices& services, const Pages& pages,
                 std::shared_ptr<const Policy> policy);

  void set_ready(bool ready) noexcept { ready_.store(ready, std::memory_order_relaxed); }
  void set_policy(std::shared_ptr<const Policy> policy);

  bool has_tenant_rooms() const override { return has_tenant_rooms_; }
  base::Result<PublishOutcome> publish(const ServerPublication& publication) override;
  base::Result<ChangedConnections> subscribe(const std::string& tenant, const std::string& user,
                                             const std::string& room) override;
  base::Result<ChangedConnections> unsubscribe(const std::string& tenant, const std::string& user,
                                               const std::string& room) override;
  base::Result<ChangedConnections> disconnect(const Disconnection& disconnection) override;
  base::Result<ChangedConnections> revoke(const Revocation& revocation) override;
  base::Result<ChangedConnections> change_roles(const RoleChange& change) override;
  MemberPage presence(const std::string& tenant, const std::string& room, const std::string& cursor,
                      std::uint32_t limit) override;
  HistoryPage history(const std::string& tenant, const std::string& room, std::uint64_t after,
                      std::uint32_t limit) override;
  RoomPage rooms(const std::string& tenant, const std::string& prefix, const std::string& cursor,
                 std::uint32_t limit) override;
  ConnectionPage connections(const ConnectionFilter& filter) override;
  std::optional<ConnectionEntry> connection(const std::string& id) override;

  void note_refusal(AdminRefusal refusal) noexcept override {
    refusals_[static_cast<std::size_t>(refusal)].fetch_add(1, std::memory_order_relaxed);
  }

  std::string metrics_text() override;
  std::string health_json() override { return pages_.health(); }
  bool ready() override { return ready_.load(std::memory_order_relaxed); }
  std::string status_json() override { return pages_.status(); }
  std::string live_json() override { return live_figures_.json(); }

 private:
  std::shared_ptr<const Policy> policy();
  std::string own_metrics() const;
  std::uint64_t refused(AdminRefusal refusal) const noexcept {
    return refusals_[static_cast<std::size_t>(refusal)].load(std::memory_order_relaxed);
  }
  base::Result<ChangedConnections> change(const BulkChangeOn& change_on);

  SharedServices& services_;
  const Pages& pages_;
  bool has_tenant_rooms_;  // No reload changes it.
  LiveFigures live_figures_;
  SharedBulkCounts bulk_changes_ = std::make_shared<BulkChangeCounts>();
  std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;  // Under the mutex.
  std::atomic<bool> ready_{false};
  std::array<std::atomic<std::uint64_t>, kAdminRefusalCount> refusals_{};
};

}  // namespace app
