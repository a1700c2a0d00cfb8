#include "app/config/reload.h"

#include <gmock/gmock.h>

#include "app/config/schema.h"
#include "tests/app/config/config_said.h"

namespace app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Reload : public ConfigTest {};

TEST_F(Reload, WithoutAChangeThereIsNothingToDo) {
  const Options options = options_of_file("server.connections = 5\n[[access]]\npattern = '*'\n");
  // Where it is said does not matter.
  const Options moved = options_of_file("\n\nserver.connections = 5\n[[access]]\npattern = '*'\n");
  const ReloadPlan plan = plan_reload(options, moved);
  EXPECT_THAT(plan.now, IsEmpty());
  EXPECT_THAT(plan.at_restart, IsEmpty());
}

TEST_F(Reload, TellsWhatMayChangeNowFromWhatMayNot) {
  const Options running = options_of({});
  const Options fresh = options_of_file(
      "[server]\nlisten = '127.0.0.1:1'\nshards = 1\nconnections = 1\n[auth]\nguests = true\n"
      "origins = ['https://a']\n[limits]\nuser_messages = '1/s'\n[events]\npaths = '/x'\n"
      "batch_delay = '1s'\n[rooms]\nguest_rooms = ['g']\n[admin]\nlisten = '127.0.0.1:2'\n"
      "[log]\nlevel = 'debug'\nformat = 'json'\n[[access]]\npattern = '*'\n");
  const ReloadPlan plan = plan_reload(running, fresh);
  EXPECT_THAT(plan.now,
              ElementsAre("auth.guests", "auth.origins", "limits.user_messages",
                          "events.batch_delay", "rooms.guest_rooms", "log.level", "access"));
  EXPECT_THAT(plan.at_restart, ElementsAre("server.listen", "server.shards", "server.connections",
                                           "events.paths", "admin.listen", "log.format"));
}

TEST_F(Reload, ANewSecretInTheSameFileIsAChange) {
  const std::string flag = write("secret", "0123456789abcdef");
  const Options running = options_of({"--auth-secret-file", flag});
  EXPECT_THAT(plan_reload(running, options_of({"--auth-secret-file", flag})).now, IsEmpty());
  write("secret", "fedcba9876543210");
  EXPECT_THAT(plan_reload(running, options_of({"--auth-secret-file", flag})).now,
              ElementsAre("auth.secret_file"));
}

TEST_F(Reload, TakesOverWhatMayChangeAndKeepsTheRest) {
  Options running = options_of({});
  const Options fresh = options_of_file(
      "[server]\nconnections = 1\n[auth]\nissuer = 'new'\n[limits]\nuser_messages = '1/s'\n"
      "message_bytes = '1KiB'\n[events]\nevent_key = 'type'\nbatch_delay = '1s'\ntyping_expiry = "
      "'2s'\ntyping_pace = '3s'\n[log]\nlevel = 'debug'\nformat = 'json'\nsample = 9\n"
      "[[access]]\npattern = 'closed'\n");
  apply_reload(running, fresh);
  EXPECT_EQ(running.connections, base::kConnectionsDefault);
  EXPECT_EQ(running.events.keys.event, "event");
  EXPECT_EQ(running.log_format, base::LogFormat::text);
  EXPECT_EQ(running.auth.token.issuer, "new");
  EXPECT_DOUBLE_EQ(running.limits.user_messages.per_second, 1);
  EXPECT_EQ(running.limits.message_bytes, 1024U);
  EXPECT_EQ(running.events.batch_delay, std::chrono::seconds{1});
  EXPECT_EQ(running.events.typing_expiry, std::chrono::seconds{2});
  EXPECT_EQ(running.events.typing_pace, std::chrono::seconds{3});
  EXPECT_EQ(running.log_level, base::LogLevel::debug);
  EXPECT_EQ(running.log_sample, 9U);
  const Grants employee{.type = UserType::employee};
  EXPECT_EQ(running.access.judge({"u", &employee, RoomOperation::join, "closed"}),
            AccessVerdict::no);
  const ReloadPlan plan = plan_reload(running, fresh);
  EXPECT_THAT(plan.now, IsEmpty()) << "it is done";
  EXPECT_THAT(plan.at_restart, ElementsAre("server.connections", "events.event_key", "log.format"));
}

// apply_reload() takes these over as wholes; another reloadable setting must be added there.
TEST(ReloadableSettings, AreThoseThatAreTakenOver) {
  for (const Setting& setting : all_settings()) {
    const std::string_view table = table_of(setting.path);
    const bool is_whole = table == "auth" || table == "auth.claims" || table == "limits" ||
                          table == "access" || setting.path == "rooms.guest_rooms" ||
                          setting.path.starts_with("rooms.access_");
    const bool is_single = setting.path == "events.batch_delay" ||
                           setting.path == "events.typing_expiry" ||
                           setting.path == "events.typing_pace" || setting.path == "log.level" ||
                           setting.path == "log.sample";
    EXPECT_EQ(setting.is_reloadable, is_whole || is_single) << setting.path;
  }
}

}  // namespace
}  // namespace app
