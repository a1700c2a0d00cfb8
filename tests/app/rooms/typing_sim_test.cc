// Who is typing, as the others in the room hear it.
#include "app/rooms/typing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class TypingSim : public NativeSim {
 protected:
  void type(std::size_t peer, bool starts = true) {
    say(peer, starts ? "chat:typing:start" : "chat:typing:stop", {{"room", "r"}});
  }
  // Of the user, as the peer heard it.
  std::vector<bool> heard(std::size_t peer, std::string_view user) {
    std::vector<bool> all;
    for (const Json& each : events(peer, "chat:user:typing")) {
      if (each.at("userId") == user) all.push_back(each.at("typing").get<bool>());
    }
    return all;
  }
};

TEST_P(TypingSim, StartAndStopAreToldToTheOthers) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t bob = connect("acme/bob");
  join(ann, "r");
  join(bob, "r");
  type(ann);
  ASSERT_TRUE(hears(bob, "chat:user:typing"));
  type(ann, false);
  type(ann, false);
  ASSERT_TRUE(hears(bob, "chat:user:typing", 2));
  run_for(seconds{7});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false}));
  EXPECT_TRUE(events(ann, "chat:user:typing").empty());
}

TEST_P(TypingSim, WhoGoesOnIsToldOfSeldomAndEndsWhenSilent) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t bob = connect("acme/bob");
  const std::size_t zoe = connect_on(shard_of(ann), "acme/zoe");
  for (const std::size_t peer : {ann, bob, zoe}) join(peer, "r");
  type(ann);
  run_for(milliseconds{100});
  type(ann);  // Too soon to be passed on, but it goes on.
  run_for(milliseconds{5700});
  type(zoe);  // Its end is later than ann's.
  run_for(milliseconds{250});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true}));
  run_for(milliseconds{100});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false})) << "100 ms after its end";
  EXPECT_EQ(heard(bob, "zoe"), (std::vector<bool>{true}));
  EXPECT_TRUE(until([&] { return heard(bob, "zoe").size() == 2; }, seconds{6}));
}

TEST_P(TypingSim, StartingAgainAndAgainEndsOnce) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t bob = connect("acme/bob");
  join(ann, "r");
  join(bob, "r");
  for (int i = 0; i < 20; ++i) {
    type(ann);
    type(ann, false);
    type(ann);
    run_for(milliseconds{300});
  }
  ASSERT_TRUE(hears(bob, "chat:user:typing", 1));
  run_for(seconds{7});
  EXPECT_FALSE(heard(bob, "ann").back());
  const std::size_t before = heard(bob, "ann").size();
  run_for(seconds{20});
  EXPECT_EQ(heard(bob, "ann").size(), before);
}

// However often they come by turns; what it came to is told once the pace is over.
TEST_P(TypingSim, OneStartAndOneEndPassInEachPace) {
  start(1);
  const std::size_t ann = connect("acme/ann");
  const std::size_t bob = connect("acme/bob");
  const std::size_t zoe = connect("acme/zoe");
  for (const std::size_t peer : {ann, bob, zoe}) join(peer, "r");
  for (int i = 0; i < 30; ++i) {
    for (const std::size_t peer : {ann, zoe}) {
      type(peer);
      type(peer, false);
    }
  }
  type(zoe);
  run_for(milliseconds{900});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false}));
  EXPECT_EQ(heard(bob, "zoe"), (std::vector<bool>{true, false}));
  EXPECT_EQ(gateway(0).context().counters.typing_dropped.value(), 58U + 59U);
  run_for(milliseconds{200});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false}));
  EXPECT_EQ(heard(bob, "zoe"), (std::vector<bool>{true, false, true}));
  EXPECT_EQ(client_of(ann)->typing_in, 0U);
  EXPECT_EQ(client_of(zoe)->typing_in, 1U);
  run_for(seconds{7});
  EXPECT_EQ(heard(bob, "zoe"), (std::vector<bool>{true, false, true, false}));
  EXPECT_EQ(client_of(zoe)->typing_in, 0U);
}

TEST_P(TypingSim, AnEndThatComesTooSoonIsToldLater) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t bob = connect("acme/bob");
  join(ann, "r");
  join(bob, "r");
  type(ann);
  run_for(milliseconds{600});
  type(ann, false);
  run_for(milliseconds{500});
  type(ann);
  run_for(milliseconds{100});
  type(ann, false);  // 600 ms after the last end.
  run_for(milliseconds{300});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false, true}));
  run_for(milliseconds{200});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false, true, false}));
}

// Leaving, coming back and going are no way around it.
TEST_P(TypingSim, WhoHasLeftKeepsThePaceToo) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t bob = connect("acme/bob");
  join(bob, "r");
  for (int i = 0; i < 3; ++i) {
    join(ann, "r");
    type(ann);
    run_for(milliseconds{5});
    ask_for(ann, "chat:room:leave", {{"room", "r"}});
  }
  run_for(milliseconds{5});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true}));
  close(ann);
  run_for(seconds{7});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true}));
}

TEST_P(TypingSim, InTooManyRoomsNobodyTypes) {
  start(1);
  const std::size_t ann = connect("acme/ann");
  for (std::uint32_t i = 0; i < kTypingPerClientMost + 5; ++i) {
    say(ann, "chat:typing:start", {{"room", "r" + std::to_string(i)}});
  }
  run_for(milliseconds{5});
  EXPECT_EQ(gateway(0).context().counters.typing_dropped.value(), 5U);
  run_for(seconds{7});
  say(ann, "chat:typing:start", {{"room", "r"}});
  run_for(milliseconds{5});
  EXPECT_EQ(gateway(0).context().counters.typing_dropped.value(), 5U);
}

TEST_P(TypingSim, WhoLeavesIsForgotten) {
  start();
  const std::size_t ann = connect("acme/ann");
  type(ann);
  run_for(milliseconds{5});
  close(ann);
  const std::size_t bob = connect("acme/bob");
  join(bob, "r");
  run_for(seconds{7});
  EXPECT_TRUE(events(bob, "chat:user:typing").empty());
}

// To say something in a room nobody need be in it.
TEST_P(TypingSim, WhoIsGoneHasStoppedWhereNobodyHearsOfItsLeaving) {
  start();
  const std::size_t bob = connect("acme/bob");
  join(bob, "r");
  const std::size_t ann = connect("acme/ann");
  type(ann);
  ASSERT_TRUE(hears(bob, "chat:user:typing"));
  close(ann);
  run_for(milliseconds{5});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false}));
  run_for(seconds{7});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false}));
}

TEST_P(TypingSim, WhoIsGoneFromALargeRoomHasStopped) {
  options_.room_settings.presence_members = 1;
  start();
  const std::size_t bob = connect("acme/bob");
  join(bob, "r");
  run_for(milliseconds{1});
  const std::size_t zoe = connect_on(shard_of(bob), "acme/zoe");
  join(zoe, "r");
  run_for(milliseconds{1});
  const std::size_t ann = connect("acme/ann");
  join(ann, "r");
  say(ann, "chat:typing:start", {{"room", "elsewhere"}});
  type(ann);
  ASSERT_TRUE(hears(bob, "chat:user:typing"));
  close(ann);
  run_for(milliseconds{5});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true, false}));
  // Who leaves such a room without a word of it has time to go on.
  type(zoe);
  run_for(milliseconds{5});
  ask_for(zoe, "chat:room:leave", {{"room", "r"}});
  run_for(milliseconds{5});
  EXPECT_EQ(heard(bob, "zoe"), (std::vector<bool>{true}));
  run_for(seconds{7});
  EXPECT_EQ(heard(bob, "zoe"), (std::vector<bool>{true, false}));
}

TEST_P(TypingSim, WhoseLeavingIsToldIsNotSaidToHaveStopped) {
  start();
  const std::size_t bob = connect("acme/bob");
  join(bob, "r");
  const std::size_t ann = connect("acme/ann");
  const std::size_t zoe = connect("acme/zoe");
  join(ann, "r");
  join(zoe, "r");
  type(ann);
  type(zoe);
  ASSERT_TRUE(hears(bob, "chat:user:typing", 2));
  ask_for(ann, "chat:room:leave", {{"room", "r"}});
  close(zoe);
  ASSERT_TRUE(hears(bob, "chat:room:member", 4));
  run_for(seconds{7});
  EXPECT_EQ(heard(bob, "ann"), (std::vector<bool>{true}));
  EXPECT_EQ(heard(bob, "zoe"), (std::vector<bool>{true}));
  EXPECT_EQ(client_of(ann)->typing_in, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TypingSim, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace app
