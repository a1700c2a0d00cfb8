#include "loadgen/expectation.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

Expectation parse(std::string_view text) {
  auto expectation = Expectation::parse(text);
  EXPECT_TRUE(expectation.ok()) << expectation.error().message;
  return expectation.take();
}

TEST(Expectation, KnowsEveryMetricByItsName) {
  for (std::uint8_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    const std::string unit = is_time(metric) ? "ms" : "";
    EXPECT_EQ(parse(std::string(name(metric)) + "<5" + unit).metric, metric);
  }
}

TEST(Expectation, KnowsEveryOperator) {
  EXPECT_EQ(parse("p99<10ms").comparison, Comparison::less);
  EXPECT_EQ(parse("p99<=10ms").comparison, Comparison::less_or_equal);
  EXPECT_EQ(parse("throughput>5").comparison, Comparison::greater);
  EXPECT_EQ(parse("throughput>=5").comparison, Comparison::greater_or_equal);
  EXPECT_EQ(parse("lost==0").comparison, Comparison::equal);
}

TEST(Expectation, KnowsEveryUnit) {
  EXPECT_DOUBLE_EQ(parse("p99<250ns").bound, 250);
  EXPECT_DOUBLE_EQ(parse("p99<2.5us").bound, 2500);
  EXPECT_DOUBLE_EQ(parse("p99.99 < 10 ms").bound, 10e6);
  EXPECT_DOUBLE_EQ(parse("max<1s").bound, 1e9);
  EXPECT_DOUBLE_EQ(parse("throughput>=100k").bound, 100e3);
  EXPECT_DOUBLE_EQ(parse("connected>=1M").bound, 1e6);
}

TEST(Expectation, MayBeAboutAClass) {
  EXPECT_EQ(parse("back.p99.9<5s").subject, "back");
  EXPECT_EQ(parse("back.p99.9<5s").metric, Metric::p99_9);
  EXPECT_EQ(parse("back.p99.9<5s").figure_name(), "back.p99.9");
  EXPECT_EQ(parse("chat.lost==0").subject, "chat");
  EXPECT_EQ(parse("market.throughput>1k").subject, "market");
  EXPECT_EQ(parse("presence.max<1s").subject, "presence");
  EXPECT_EQ(parse("p99.9<5s").subject, "");
  EXPECT_EQ(parse("p99.9<5s").figure_name(), "p99.9");
}

TEST(Expectation, ComparesAsItSays) {
  EXPECT_TRUE(parse("lost<5").met_by(4));
  EXPECT_FALSE(parse("lost<5").met_by(5));
  EXPECT_TRUE(parse("lost<=5").met_by(5));
  EXPECT_FALSE(parse("lost<=5").met_by(6));
  EXPECT_TRUE(parse("lost>5").met_by(6));
  EXPECT_FALSE(parse("lost>5").met_by(5));
  EXPECT_TRUE(parse("lost>=5").met_by(5));
  EXPECT_FALSE(parse("lost>=5").met_by(4));
  EXPECT_TRUE(parse("lost==5").met_by(5));
  EXPECT_FALSE(parse("lost==5").met_by(4));
}

TEST(Expectation, RefusesWhatItCannotReadInOneLineThatSaysWhatIsAllowed) {
  for (const char* text :
       {"",          "p99",           "p99 10ms",      "p99<",      "p99<10",      "p99<10m",
        "p99<-1ms",  "p99=<10ms",     "p99=10ms",      "p98<10ms",  "<10ms",       "lost<1ms",
        "lost==x",   "lost==0x1",     "throughput>1G", "p99<nanms", "p99<10ms ms", "p99!=1ms",
        "p99<1e3ms", "nobody.p99<1s", "back.p98<1s",   ".p99<1s"}) {
    const auto expectation = Expectation::parse(text);
    ASSERT_FALSE(expectation.ok()) << text;
    const std::string& line = expectation.error().message;
    EXPECT_NE(line.find("'" + std::string(text) + "'"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_NE(line.find("p99.99"), std::string::npos) << line;
    EXPECT_NE(line.find("cpu_per_message"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace loadgen
