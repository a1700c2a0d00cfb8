#include "app/config/options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace app {
namespace {

Options parsed(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "millrace");
  auto result = parse_options(static_cast<int>(flags.size()), flags.data());
  if (const auto* goodbye = std::get_if<Goodbye>(&result)) {
    ADD_FAILURE() << goodbye->text;
    return {};
  }
  return std::get<Options>(std::move(result));
}

std::string mistake(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "millrace");
  const auto result = parse_options(static_cast<int>(flags.size()), flags.data());
  const auto* goodbye = std::get_if<Goodbye>(&result);
  if (goodbye == nullptr) return "none";
  EXPECT_EQ(goodbye->status, 2);
  return goodbye->text;
}

TEST(ReceiveBuffers, TakeAQuarterOfTheMemoryBudgetAtMostUnlessAskedFor) {
  const auto of = [](const char* budget, const char* shards) {
    return parsed({"--memory-budget", budget, "--shards", shards, "--receive-buffer", "128KiB"})
        .receive_buffers;
  };
  EXPECT_EQ(of("0", "1"), base::kReceiveBuffersDefault);
  EXPECT_EQ(of("8GiB", "1"), base::kReceiveBuffersDefault);
  EXPECT_EQ(of("64MiB", "1"), 128U);   // 16 MiB of 128 KiB each.
  EXPECT_EQ(of("100MiB", "1"), 128U);  // A power of two, so rather too few.
  EXPECT_EQ(of("64MiB", "2"), 64U);
  EXPECT_EQ(of("64MiB", "64"), base::kReceiveBuffersLeast);
}

TEST(ReceiveBuffers, AreAsManyAsAskedFor) {
  EXPECT_EQ(parsed({"--memory-budget", "64MiB", "--receive-buffers", "4096"}).receive_buffers,
            4096U);
  EXPECT_NE(mistake({"--receive-buffers", "100"}).find("power of two"), std::string::npos);
}

TEST(Counts, ThatAreRefusedAreToldBeforeAnythingIsReckonedFromThem) {
  EXPECT_NE(mistake({"--shards", "0"}).find("--shards 0: must be a whole number from 1"),
            std::string::npos);
  EXPECT_NE(mistake({"--receive-buffer", "0"}).find("--receive-buffer"), std::string::npos);
}

// A configuration file of the test's own, gone with it.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text)
      : path_(testing::TempDir() + "millrace-options-" + std::to_string(getpid()) + ".toml") {
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::remove(path_.c_str()); }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  const char* path() const noexcept { return path_.c_str(); }

 private:
  std::string path_;
};

bool guest_may_join(const std::string& config, std::string_view room) {
  const ConfigFile file(config);
  const Options options = parsed({"--config", file.path()});
  const Grants guest{.tenant = "guests", .type = UserType::guest};
  return options.access.judge({"guest-1", &guest, RoomOperation::join, room}) == AccessVerdict::yes;
}

TEST(GuestRooms, AreAllRoomsWhereEverybodyIsAGuestAndNothingIsSaidOfRooms) {
  EXPECT_TRUE(guest_may_join("", "lobby"));
  EXPECT_TRUE(guest_may_join("[auth]\nmode = 'none'\n", "lobby"));
}

TEST(GuestRooms, AreNoneWhereTokensAreAskedForUnlessTheyAreNamed) {
  const std::string tokens =
      "[auth]\nmode = 'service'\nservice_url = 'http://127.0.0.1/'\nguests = true\n";
  EXPECT_FALSE(guest_may_join(tokens, "lobby"));
  EXPECT_TRUE(guest_may_join(tokens + "[rooms]\nguest_rooms = ['lobby']\n", "lobby"));
}

TEST(GuestRooms, AreThoseThatAreSaidAlsoIfThatIsNone) {
  EXPECT_FALSE(guest_may_join("[rooms]\nguest_rooms = []\n", "lobby"));
  EXPECT_FALSE(guest_may_join("[rooms]\nguest_rooms = ['hall']\n", "lobby"));
  EXPECT_FALSE(guest_may_join("[[access]]\npattern = 'hall'\njoin = ['*']\n", "lobby"));
}

}  // namespace
}  // namespace app
