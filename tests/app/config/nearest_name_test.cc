#include "app/config/nearest_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace app {
namespace {

std::string_view nearest(std::string_view name) {
  static const std::vector<std::string_view> kNames{"listen", "shards", "cpus", "connections",
                                                    std::string_view()};
  return nearest_name(name, kNames);
}

TEST(NearestName, ForgivesALetterInThree) {
  EXPECT_EQ(nearest("listen"), "listen");
  EXPECT_EQ(nearest("lisetn"), "listen");
  EXPECT_EQ(nearest("lsten"), "listen");
  EXPECT_EQ(nearest("listens"), "listen");
  EXPECT_EQ(nearest("Listen"), "listen");
  EXPECT_EQ(nearest("cpu"), "cpus");
  EXPECT_EQ(nearest("conections"), "connections");
}

TEST(NearestName, DoesNotGuessWildly) {
  EXPECT_EQ(nearest("zebra"), "");
  EXPECT_EQ(nearest("xy"), "");
  EXPECT_EQ(nearest(""), "");
  EXPECT_EQ(nearest(std::string(1000, 'l')), "");
  EXPECT_EQ(nearest_name("listen", {}), "");
}

}  // namespace
}  // namespace app
