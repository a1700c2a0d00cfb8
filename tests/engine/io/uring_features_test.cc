#include "engine/io/uring_features.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace engine {
namespace {

TEST(UringFeatures, ProbesThisKernelOrSaysWhatIsMissing) {
  const base::Result<UringFeatures> features = UringFeatures::probe();
  if (!features.ok()) {
    EXPECT_FALSE(features.error().message.empty());
    GTEST_SKIP() << features.error().message;
  }
  EXPECT_FALSE(features.value().kernel.empty());
}

TEST(UringFeatures, ListsEachFeatureOnceWithItsRelease) {
  UringFeatures features;
  std::set<std::string_view> names;
  for (const UringFeatures::Line& line : features.lines()) {
    EXPECT_TRUE(names.insert(line.feature).second) << line.feature;
    EXPECT_NE(line.since.find('.'), std::string_view::npos);
    EXPECT_TRUE(line.found || !line.used) << line.feature;  // Nothing is used that is not there.
  }
  EXPECT_GE(names.size(), 5U);
}

TEST(UringFeatures, WhatIsFoundIsListedAsFound) {
  UringFeatures none;
  UringFeatures all;
  all.receive_send_bundle = all.min_wait = all.no_iowait = true;
  const auto found = [](const UringFeatures& features) {
    std::size_t count = 0;
    for (const UringFeatures::Line& line : features.lines()) count += line.found ? 1U : 0U;
    return count;
  };
  EXPECT_EQ(found(all), all.lines().size());
  EXPECT_EQ(found(none) + 3, found(all));
}

TEST(UringFeatures, EverySetupErrorSaysWhatToDo) {
  const std::pair<int, std::string_view> cases[] = {
      {EINVAL, "Linux 6.1"},      {ENOSYS, "CONFIG_IO_URING"}, {EPERM, "io_uring_disabled"},
      {EACCES, "seccomp"},        {ENOMEM, "memory"},          {EMFILE, "open-file limit"},
      {ENFILE, "open-file limit"}};
  for (const auto& [error, hint] : cases) {
    EXPECT_NE(explain_setup_error(error).find(hint), std::string::npos) << error;
  }
  EXPECT_NE(explain_setup_error(EIO).find("io_uring_setup failed"), std::string::npos);
}

}  // namespace
}  // namespace engine
