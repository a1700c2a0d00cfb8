#include "engine/room/history_keeper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/prng.h"

namespace engine {
namespace {

using std::chrono::seconds;

class HistoryKeeperTest : public testing::Test {
 protected:
  // What a room's home does with a message that is to be kept.
  void keep(std::string_view name, std::string_view text, const Publication& publication = {}) {
    const base::Handle home = directory_.find_or_create(name);
    HomeRoom& room = *directory_.find(home);
    ++room.last_number;
    keeper_->keep(home, room, publication, base::as_bytes(text), now_);
  }
  void pass_number(std::string_view name) {
    ++directory_.find(directory_.find_or_create(name))->last_number;
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> all;
    const HomeRoom* room = directory_.find(directory_.find(name));
    if (room == nullptr || room->history == nullptr) return all;
    room->history->for_each(0, UINT64_MAX, [&](const KeptMessage& message) {
      all.emplace_back(base::as_text(message.bytes()));
      return true;
    });
    return all;
  }
  void start(const HistoryOptions& options) {
    keeper_ = std::make_unique<HistoryKeeper>(directory_, numbers_, options);
  }

  HomeDirectory directory_;
  NumberText numbers_;
  std::unique_ptr<HistoryKeeper> keeper_;
  base::Instant now_{seconds{1000}};
};

using Texts = std::vector<std::string>;

TEST_F(HistoryKeeperTest, ARoomKeepsItsNewestMessages) {
  start({.messages_per_room = 3});
  for (const char* text : {"1", "2", "3", "4", "5"}) keep("r", text);
  keep("s", "other");
  EXPECT_EQ(texts("r"), (Texts{"3", "4", "5"}));
  EXPECT_EQ(texts("s"), Texts{"other"});
  EXPECT_EQ(keeper_->counters().forgotten_by_room.value(), 2U);
  EXPECT_EQ(keeper_->counters().messages.value(), 4U);
  EXPECT_EQ(keeper_->counters().bytes.value(), 8U);
}

TEST_F(HistoryKeeperTest, ARoomKeepsSoManyBytesAndAtLeastOneMessage) {
  start({.messages_per_room = 10, .bytes_per_room = 5});
  keep("r", "aaa");
  keep("r", "bb");
  keep("r", "c");
  EXPECT_EQ(texts("r"), (Texts{"bb", "c"}));
  keep("r", "longer than all");
  EXPECT_EQ(texts("r"), Texts{"longer than all"});
}

TEST_F(HistoryKeeperTest, TheOldestOfAllGoesFirstWhenAllKeepTooMuch) {
  start({.messages_per_room = 3, .bytes_total = 6});
  keep("quiet", "q1");
  keep("r", "r1");
  keep("r", "r2");
  keep("quiet", "q2");
  EXPECT_EQ(texts("quiet"), Texts{"q2"});
  keep("r", "r3");
  EXPECT_EQ(texts("r"), (Texts{"r2", "r3"}));
  keep("r", "r4");
  keep("r", "r5");
  EXPECT_EQ(texts("quiet"), Texts{});
  EXPECT_EQ(texts("r"), (Texts{"r3", "r4", "r5"}));
  keep("r", "more than everything");
  EXPECT_EQ(texts("r"), Texts{"more than everything"});
}

TEST_F(HistoryKeeperTest, AgeForgetsAtItsInstantAndDropsTheRoom) {
  start({.messages_per_room = 3, .keep_for = seconds{10}});
  EXPECT_EQ(keeper_->next_deadline(), base::kForever);
  keep("r", "1");
  now_ += seconds{4};
  keep("r", "2");
  keep("s", "3");
  EXPECT_EQ(keeper_->next_deadline(), base::Instant{seconds{1010}});
  EXPECT_FALSE(keeper_->expire(base::Instant{seconds{1009}}));
  EXPECT_EQ(texts("r"), (Texts{"1", "2"}));
  keeper_->expire(base::Instant{seconds{1010}});
  EXPECT_EQ(texts("r"), Texts{"2"});
  keeper_->expire(base::Instant{seconds{1014}});
  EXPECT_EQ(directory_.size(), 0U) << "nobody is in these rooms, and nothing of them is kept";
  EXPECT_EQ(keeper_->next_deadline(), base::kForever);
  EXPECT_EQ(keeper_->counters().forgotten_by_age.value(), 3U);
  EXPECT_EQ(keeper_->counters().bytes.value(), 0U);
}

TEST_F(HistoryKeeperTest, ARoomWithMembersOutlivesItsHistory) {
  start({.messages_per_room = 3, .keep_for = seconds{10}});
  directory_.subscribe("r", 0, {.index = 1, .generation = 1});
  keep("r", "1");
  keeper_->expire(now_ + seconds{10});
  EXPECT_EQ(texts("r"), Texts{});
  EXPECT_EQ(directory_.size(), 1U);
  keep("r", "2");
  EXPECT_EQ(texts("r"), Texts{"2"});
}

TEST_F(HistoryKeeperTest, ATurnForgetsABoundedPart) {
  start({.messages_per_room = 10'000, .keep_for = seconds{10}});
  for (std::uint32_t i = 0; i < 3 * base::kHistoryForgottenPerTurn; ++i) keep("r", "x");
  EXPECT_TRUE(keeper_->expire(now_ + seconds{10}));
  EXPECT_EQ(texts("r").size(), 2U * base::kHistoryForgottenPerTurn);
  EXPECT_TRUE(keeper_->expire(now_ + seconds{10}));
  keeper_->expire(now_ + seconds{10});
  EXPECT_EQ(texts("r"), Texts{});
}

// What a room forgot for its own bound is nothing that time has to deal with.
TEST_F(HistoryKeeperTest, ABusyRoomIsLookedAtOnceNotForEachMessage) {
  start({.messages_per_room = 10, .keep_for = seconds{100}});
  for (int i = 0; i < 100'000; ++i) keep("busy", "x");
  now_ += seconds{50};
  for (int i = 0; i < 10; ++i) keep("busy", "y");
  EXPECT_FALSE(keeper_->expire(now_ + seconds{50})) << "more is left than one turn's part";
  EXPECT_EQ(texts("busy").size(), 10U);
  EXPECT_EQ(keeper_->next_deadline(), now_ + seconds{100});
}

TEST_F(HistoryKeeperTest, NumbersAreWrittenIntoWhatIsKept) {
  start({.messages_per_room = 3});
  pass_number("r");
  const std::string text = "seq:" + std::string(base::kNumberTextBytes, '?') + "!";
  keep("r", text, {.number_at = 4});
  EXPECT_EQ(texts("r")[0], "seq:" + std::string(base::kNumberTextBytes - 1, ' ') + "2!");
}

// Against a plain list of everything.
TEST_F(HistoryKeeperTest, AgreesWithAModel) {
  constexpr std::size_t kPerRoom = 5;
  constexpr std::uint64_t kTotal = 120;
  start({.messages_per_room = kPerRoom, .bytes_total = kTotal, .keep_for = seconds{30}});
  struct One {
    std::string room, text;
    base::Instant at;
  };
  std::vector<One> model;
  base::Prng prng(5);
  for (int i = 0; i < 20'000; ++i) {
    const std::string room = "r" + std::to_string(prng.below(7));
    const std::string text(1 + prng.below(20), static_cast<char>('a' + i % 26));
    keep(room, text);
    model.push_back({room, text, now_});
    const auto of = [&](const One& one) { return one.room == room; };
    if (std::ranges::count_if(model, of) > static_cast<std::ptrdiff_t>(kPerRoom)) {
      model.erase(std::ranges::find_if(model, of));
    }
    const auto bytes = [&] {
      std::uint64_t all = 0;
      for (const One& one : model) all += one.text.size();
      return all;
    };
    while (bytes() > kTotal) model.erase(model.begin());
    now_ += seconds{prng.below(4)};
    while (keeper_->expire(now_)) {
    }
    std::erase_if(model, [&](const One& one) { return one.at + seconds{30} <= now_; });
    std::map<std::string, Texts> expected;
    for (const One& one : model) expected[one.room].push_back(one.text);
    for (int r = 0; r < 7; ++r) {
      const std::string name = "r" + std::to_string(r);
      ASSERT_EQ(texts(name), expected[name]) << "step " << i;
    }
    ASSERT_EQ(keeper_->counters().bytes.value(), bytes());
    ASSERT_EQ(keeper_->counters().messages.value(), model.size());
  }
}

}  // namespace
}  // namespace engine
