// Who comes and goes, as the others in the room hear it, with members on whatever shards.
#include "app/rooms/presence.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/rooms/room_names.h"
#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class PresenceSim : public NativeSim {
 protected:
  using Told = std::vector<std::string>;

  // Of the user, as the peer heard it.
  Told told(std::size_t peer, std::string_view user) {
    Told all;
    for (const Json& each : events(peer, "chat:room:member")) {
      if (each.at("userId") == user) all.push_back(each.at("action"));
    }
    return all;
  }
  static std::string name_of(std::size_t number) { return "u" + std::to_string(number); }
  std::string engine_name() {
    std::string name;
    set_engine_name(name, "r", "acme");
    return name;
  }
  std::uint32_t home() { return engine::HomeDirectory::home_of(engine_name(), options_.shards); }
  std::uint32_t counted() {
    return gateway(home()).context().rooms.home_room(engine_name())->tally;
  }
  // Each is in, and counted, before the next comes.
  std::vector<std::size_t> fill(std::size_t first, std::size_t count) {
    std::vector<std::size_t> peers;
    for (std::size_t i = 0; i < count; ++i) {
      peers.push_back(connect("acme/" + name_of(first + i)));
      join(peers.back(), "r");
      run_for(milliseconds{1});
    }
    return peers;
  }
  void abort(std::size_t peer) {
    const ConnectionId id = *parse_connection_id(id_of(peer));
    on_shard(id.shard,
             [&](NativeGateway& gateway) { gateway.context().sessions.abort(id.session); });
  }
};

const std::vector<std::string> kNothing;
const std::vector<std::string> kCame{"joined"};
const std::vector<std::string> kCameAndWent{"joined", "left"};

TEST_P(PresenceSim, ARoomIsSmallWhereverItsMembersAre) {
  options_.room_settings.presence_members = 8;
  start(4);
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  const auto crowded = static_cast<std::uint32_t>(GetParam() % 4);
  std::vector<std::size_t> peers;
  for (std::size_t i = 0; i < 7; ++i) {
    peers.push_back(connect_on(crowded, "acme/" + name_of(i)));
    join(peers.back(), "r");
  }
  run_for(milliseconds{2});
  for (std::size_t i = 0; i < peers.size(); ++i) EXPECT_EQ(told(stays, name_of(i)), kCame) << i;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    ask_for(peers[i], "chat:room:leave", {{"room", "r"}});
    EXPECT_TRUE(until([&] { return told(stays, name_of(i)) == kCameAndWent; })) << i;
  }
}

TEST_P(PresenceSim, OfALargeRoomThoseAreToldWhoCameBefore) {
  options_.room_settings.presence_members = 8;
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  const std::vector<std::size_t> peers = fill(0, 14);
  for (std::size_t i = 0; i < peers.size(); ++i) {
    EXPECT_EQ(told(stays, name_of(i)), i < 7 ? kCame : kNothing) << i;
  }
  // They go in any order, however they do it; some of those who were told of stay to the end.
  base::Prng prng(GetParam());
  for (std::size_t i = 0; i < peers.size(); i += 2) {
    if (prng.below(2) == 0) {
      abort(peers[i]);
    } else {
      ask_for(peers[i], "chat:room:leave", {{"room", "r"}});
    }
    run_for(milliseconds{1});
    EXPECT_EQ(told(stays, name_of(i)), i < 7 ? kCameAndWent : kNothing) << i;
  }
  EXPECT_EQ(counted(), 8U);
  fill(20, 1);
  EXPECT_EQ(told(stays, name_of(20)), kNothing) << "not a quarter of the most are gone";
  for (std::size_t i = 1; i < 8; i += 2) {
    ask_for(peers[i], "chat:room:leave", {{"room", "r"}});
    run_for(milliseconds{1});
    EXPECT_EQ(told(stays, name_of(i)), i < 7 ? kCameAndWent : kNothing) << i;
  }
  EXPECT_EQ(counted(), 5U);
  const std::size_t late = fill(21, 1)[0];
  EXPECT_EQ(told(stays, name_of(21)), kCame);
  close(late);
  for (std::size_t i = 9; i < peers.size(); i += 2) close(peers[i]);
  run_for(milliseconds{2});
  EXPECT_EQ(told(stays, name_of(21)), kCameAndWent);
  for (std::size_t i = 9; i < peers.size(); i += 2) EXPECT_EQ(told(stays, name_of(i)), kNothing);
  EXPECT_EQ(counted(), 2U);
}

// A shard hears whether a room is large as it hears of the room at all.
TEST_P(PresenceSim, OneAloneOnItsShardIsInALargeRoomToo) {
  options_.room_settings.presence_members = 3;
  start();
  const auto there = static_cast<std::uint32_t>(GetParam() % 3);
  const std::size_t stays = connect_on(there, "acme/stays");
  join(stays, "r");
  for (std::size_t i = 0; i < 4; ++i) join(connect_on(there, "acme/" + name_of(i)), "r");
  run_for(milliseconds{1});
  const std::size_t alone = connect_on((there + 1) % 3, "acme/alone");
  for (int i = 0; i < 3; ++i) {
    join(alone, "r");
    ask_for(alone, "chat:room:leave", {{"room", "r"}});
  }
  run_for(milliseconds{2});
  EXPECT_EQ(told(stays, "alone"), kNothing);
  EXPECT_EQ(counted(), 5U);
}

TEST_P(PresenceSim, WhoeverIsSaidToHaveComeIsSaidToHaveGoneAndNobodyElse) {
  options_.room_settings.presence_members = 6;
  start();
  const std::size_t stays = connect("acme/stays");
  const std::size_t watches = connect("acme/watches");
  join(stays, "r");
  join(watches, "r");
  base::Prng prng(GetParam());
  std::vector<std::size_t> peers;
  for (std::size_t i = 0; i < 16; ++i) peers.push_back(connect("acme/" + name_of(i)));
  for (int i = 0; i < 400; ++i) {
    // The room is by turns mostly joined and mostly left.
    const bool joins = (i / 50 % 2 == 0) == (prng.below(4) != 0);
    say(peers[prng.below(peers.size())], joins ? "chat:room:join" : "chat:room:leave",
        {{"room", "r"}});
    run_for(std::chrono::microseconds{prng.below(80)});
  }
  run_for(milliseconds{5});
  for (const std::size_t peer : peers) {
    if (prng.below(2) == 0) {
      abort(peer);
    } else {
      close(peer);
    }
  }
  run_for(milliseconds{5});
  std::size_t comings = 0;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const Told all = told(stays, name_of(i));
    EXPECT_EQ(told(watches, name_of(i)), all) << i;
    EXPECT_EQ(all.size() % 2, 0U) << i;
    for (std::size_t at = 0; at < all.size(); ++at) {
      EXPECT_EQ(all[at], kCameAndWent[at % 2]) << i << " at " << at;
    }
    comings += all.size() / 2;
  }
  EXPECT_GT(comings, 0U);
  EXPECT_EQ(counted(), 2U);
}

TEST_P(PresenceSim, NothingIsToldWhereNoRoomIsSmall) {
  options_.room_settings.presence_members = 0;
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  for (const std::size_t peer : fill(0, 3)) close(peer);
  run_for(milliseconds{2});
  EXPECT_TRUE(events(stays, "chat:room:member").empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, PresenceSim, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace app
