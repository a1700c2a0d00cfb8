#include "app/config/reload.h"

#include <algorithm>

#include "app/config/schema.h"

namespace app {

ReloadPlan plan_reload(const Options& running, const Options& fresh) {
  ReloadPlan plan;
  for (const Setting& setting : all_settings()) {
    const SettingValue& before = running.values.of(setting.path);
    const SettingValue& after = fresh.values.of(setting.path);
    const bool is_same = before.texts == after.texts && before.content_hash == after.content_hash;
    if (is_same) continue;
    (setting.is_reloadable ? plan.now : plan.at_restart).push_back(setting.path);
  }
  if (!std::ranges::equal(running.values.access(), fresh.values.access(), {}, &AccessEntry::rule,
                          &AccessEntry::rule)) {
    plan.now.emplace_back("access");
  }
  return plan;
}

void apply_reload(Options& running, const Options& fresh) {
  running.auth = fresh.auth;
  running.limits = fresh.limits;
  running.limits.message_bytes =
      std::min(fresh.limits.message_bytes, running.session.message_bytes_max);
  running.access = fresh.access;
  running.access_service = fresh.access_service;
  running.events.batch_delay = fresh.events.batch_delay;
  running.events.typing_expiry = fresh.events.typing_expiry;
  running.events.typing_pace = fresh.events.typing_pace;
  running.log_level = fresh.log_level;
  running.log_sample = fresh.log_sample;
  for (const Setting& setting : all_settings()) {
    if (setting.is_reloadable) running.values.set(setting, fresh.values.of(setting.path));
  }
  running.values.access() = fresh.values.access();
}

}  // namespace app
