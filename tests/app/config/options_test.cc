#include "app/config/options.h"

#include <gtest/gtest.h>

#include <string>
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

}  // namespace
}  // namespace app
