// Chat over shards: order, acknowledgements, retries, what is paced, and who is not asked.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/delivery/publishing.h"
#include "app/delivery/receipt_id.h"
#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class ChatSim : public NativeSim {
 protected:
  Json chat(std::size_t peer, Json data) {
    if (!data.contains("room")) data["room"] = "r";
    if (!data.contains("content")) data["content"] = "hello";
    const Json answer = ask_for(peer, "chat:message:send", data);
    EXPECT_EQ(answer.value("event", ""), "chat:message:sent") << answer;
    return answer.at("data");
  }
  std::vector<Json> heard(std::size_t peer) { return events(peer, "chat:message:received"); }
  // Members on every shard.
  std::vector<std::size_t> members(std::size_t count) {
    std::vector<std::size_t> peers;
    for (std::size_t i = 0; i < count; ++i) {
      peers.push_back(connect_on(static_cast<std::uint32_t>(i % options_.shards),
                                 "acme/u" + std::to_string(i)));
      join(peers.back(), "r");
    }
    return peers;
  }
};

TEST_P(ChatSim, EverybodyHearsAndTheSenderIsToldOfHowMany) {
  start();
  const std::vector<std::size_t> peers = members(6);
  const Json sent = chat(peers[0], {{"id", "c1"}});
  EXPECT_EQ(sent.at("matched"), 6);
  EXPECT_EQ(sent.at("queued"), 6);
  EXPECT_EQ(sent.at("clientMessageId"), "c1");
  EXPECT_EQ(sent.at("duplicate"), false);
  for (const std::size_t peer : peers) {
    ASSERT_TRUE(hears(peer, "chat:message:received"));
    EXPECT_EQ(heard(peer)[0].at("id"), sent.at("id"));
    EXPECT_EQ(heard(peer)[0].at("seq"), sent.at("seq"));
    EXPECT_EQ(heard(peer)[0].at("senderId"), "u0");
  }
  EXPECT_EQ(chat(peers[1], {{"echo", false}}).at("matched"), 5);
}

TEST_P(ChatSim, WhoIsNoMemberMaySpeakAndHearsNothing) {
  start();
  const std::vector<std::size_t> peers = members(3);
  const std::size_t outside = connect("acme/ann");
  EXPECT_EQ(chat(outside, {}).at("matched"), 3);
  for (const std::size_t peer : peers) EXPECT_TRUE(hears(peer, "chat:message:received"));
  EXPECT_TRUE(heard(outside).empty());
}

TEST_P(ChatSim, AllHearOneOrderWithoutGaps) {
  start();
  const std::vector<std::size_t> peers = members(6);
  constexpr std::size_t kEach = 15;
  base::Prng prng(GetParam());
  for (std::size_t i = 0; i < kEach; ++i) {
    for (const std::size_t peer : peers) {
      say(peer, "chat:message:send", {{"room", "r"}, {"content", std::to_string(i)}});
      if (prng.below(3) == 0) run_for(std::chrono::microseconds{prng.below(50)});
    }
  }
  for (const std::size_t peer : peers) {
    ASSERT_TRUE(hears(peer, "chat:message:received", kEach * peers.size()));
  }
  const std::vector<Json> first = heard(peers[0]);
  for (std::size_t i = 1; i < first.size(); ++i) {
    EXPECT_EQ(first[i].at("seq"), first[i - 1].at("seq").get<int>() + 1);
  }
  for (const std::size_t peer : peers) EXPECT_EQ(heard(peer), first);
}

TEST_P(ChatSim, ARetryIsNotHeardAgain) {
  start();
  const std::vector<std::size_t> peers = members(3);
  const Json sent = chat(peers[0], {{"id", "c1"}});
  // From another connection of the user, on another shard.
  const std::size_t again = connect_on(1, "acme/u0");
  const Json retried = chat(again, {{"id", "c1"}});
  EXPECT_EQ(retried.at("duplicate"), true);
  EXPECT_EQ(retried.at("seq"), sent.at("seq"));
  EXPECT_EQ(retried.at("clientMessageId"), "c1");
  EXPECT_FALSE(retried.contains("id")) << "nobody has heard of another";
  // Another user's is another message.
  EXPECT_EQ(chat(peers[1], {{"id", "c1"}}).at("duplicate"), false);
  ASSERT_TRUE(hears(peers[2], "chat:message:received", 2));
  run_for(milliseconds{10});
  EXPECT_EQ(heard(peers[2]).size(), 2U);
}

// A client that writes all fields, those that it has no value for as null.
TEST_P(ChatSim, ARetryIsKnownWhereItsOtherNameIsNull) {
  start();
  const std::vector<std::size_t> peers = members(2);
  const Json message{
      {"id", nullptr}, {"clientMessageId", "c1"}, {"roomId", "r"}, {"room", nullptr}};
  for (const bool again : {false, true}) {
    Json named = message;
    named["content"] = "x";
    const Json sent = ask_for(peers[0], "chat:message:send", named).at("data");
    EXPECT_EQ(sent.value("duplicate", !again), again) << sent;
    EXPECT_EQ(sent.value("clientMessageId", ""), "c1");
  }
  run_for(milliseconds{10});
  EXPECT_EQ(heard(peers[1]).size(), 1U);
}

TEST_P(ChatSim, NotEverybodyMaySpeakAsAMachine) {
  const auto may = [this](std::string_view user, UserType type, std::string_view permission) {
    Identity identity{.user = std::string(user), .tenant = "acme"};
    identity.type = type;
    if (!permission.empty()) identity.permissions = {std::string(permission)};
    authenticator_->results.insert_or_assign("acme/" + identity.user, AuthResult(identity));
    return connect("acme/" + identity.user);
  };
  start();
  const std::vector<std::size_t> peers = members(2);
  const std::size_t robot = may("robot", UserType::employee, "message:robot");
  const std::size_t system = may("system", UserType::employee, "message:system");
  const std::size_t supervisor = may("boss", UserType::supervisor, "");
  struct Attempt {
    std::size_t peer;
    std::string_view type;
    bool heard;
  };
  std::size_t allowed = 0;
  for (const Attempt& each :
       {Attempt{robot, "robot", true}, Attempt{robot, "system", false},
        Attempt{system, "system", true}, Attempt{system, "robot", false},
        Attempt{supervisor, "robot", true}, Attempt{supervisor, "system", true},
        Attempt{peers[0], "robot", false}, Attempt{peers[0], "system", false},
        Attempt{peers[0], "graph", true}}) {
    say(each.peer, "chat:message:send",
        {{"room", "r"}, {"content", "x"}, {"type", each.type}, {"deliveryStatus", "streaming"}});
    if (each.heard) {
      ASSERT_TRUE(hears(peers[1], "chat:message:received", ++allowed)) << each.type;
      EXPECT_EQ(heard(peers[1]).back().at("type"), each.type);
    } else {
      const std::uint64_t before = events(each.peer, "error").size();
      ASSERT_TRUE(hears(each.peer, "error", before + 1)) << each.type;
      EXPECT_EQ(events(each.peer, "error").back().at("code"), "PERMISSION_DENIED");
    }
  }
  EXPECT_EQ(heard(peers[1]).size(), allowed);
}

TEST_P(ChatSim, WhatIsPacedComesTogetherAndIsAcknowledged) {
  start();
  const std::vector<std::size_t> peers = members(3);
  for (int i = 0; i < 5; ++i) {
    say(peers[0], "chat:message:send",
        {{"room", "r"}, {"content", "x"}, {"deliveryStatus", "batch-delay"}}, std::to_string(i));
    run_for(milliseconds{20});
  }
  EXPECT_TRUE(heard(peers[1]).empty());
  EXPECT_TRUE(events(peers[0], "chat:message:sent").empty());
  ASSERT_TRUE(hears(peers[1], "chat:message:received", 5, milliseconds{110}));
  EXPECT_TRUE(hears(peers[0], "chat:message:sent", 5));
}

TEST_P(ChatSim, WhatIsPacedIsSaidEvenIfItsSenderHasLeft) {
  start();
  const std::vector<std::size_t> peers = members(3);
  say(peers[0], "chat:message:send",
      {{"room", "r"}, {"content", "x"}, {"deliveryStatus", "batch-delay"}}, "1");
  run_for(milliseconds{20});
  close(peers[0]);
  EXPECT_TRUE(hears(peers[1], "chat:message:received"));
}

// Those who are to get it are sent away before it would be due.
TEST_P(ChatSim, WhatIsPacedIsSaidBeforeADrainAndNothingIsPacedInIt) {
  options_.events.batch_delay = seconds{30};
  start();
  const std::vector<std::size_t> peers = members(6);
  const auto say_paced = [&](std::size_t peer, const char* content) {
    say(peer, "chat:message:send",
        {{"room", "r"}, {"content", content}, {"deliveryStatus", "batch-delay"}}, content);
  };
  say_paced(peers[0], "before");
  run_for(milliseconds{20});
  EXPECT_TRUE(heard(peers[5]).empty());
  group_->drain(seconds{10});
  for (const std::size_t peer : peers) {
    ASSERT_TRUE(hears(peer, "chat:message:received", 1, milliseconds{100}));
  }
  ASSERT_TRUE(hears(peers[0], "chat:message:sent"));
  EXPECT_EQ(data(peers[0], "chat:message:sent").at("queued"), 6);
  say_paced(peers[0], "within");
  EXPECT_TRUE(hears(peers[0], "chat:message:sent", 2, milliseconds{100}));
}

TEST_P(ChatSim, WhoCannotBeOwedAnAnswerIsToldSoAtOnce) {
  start(1);
  const std::vector<std::size_t> peers = members(2);
  on_shard(0, [](NativeGateway& gateway) {
    while (!gateway.publishing().owed().full()) {
      gateway.publishing().owed().owe([](const engine::PublishAnswer&) {});
    }
  });
  EXPECT_EQ(chat(peers[0], {}).at("known"), false);
  EXPECT_TRUE(hears(peers[1], "chat:message:received"));
  on_shard(0, [](NativeGateway& gateway) {
    bool told = false;
    const auto tell = [&told](const engine::PublishAnswer& answer) { told = !answer.known; };
    EXPECT_EQ(gateway.publishing().owe(tell), 0U);
    EXPECT_TRUE(told) << "the server API, too";
    EXPECT_EQ(gateway.context().counters.acks_refused.value(), 2U);
    // Generations are odd, and these are the first ones of their places.
    for (std::uint64_t place = 0; place < kAcksAwaitedMost; ++place) {
      gateway.publishing().settle(std::uint64_t{1} << 32U | place, {});
    }
  });
}

TEST_P(ChatSim, TheSameRoomOfAnotherTenantIsAnother) {
  start();
  const std::vector<std::size_t> peers = members(3);
  const std::size_t stranger = connect("other/u0");
  join(stranger, "r");
  EXPECT_EQ(chat(peers[0], {{"id", "c1"}}).at("matched"), 3);
  const Json sent = chat(stranger, {{"id", "c1"}});
  EXPECT_EQ(sent.at("matched"), 1);
  EXPECT_EQ(sent.at("duplicate"), false);
  run_for(milliseconds{5});
  EXPECT_EQ(heard(peers[1]).size(), 1U);
  EXPECT_EQ(heard(stranger).size(), 1U);
}

// ---- Receipts -----------------------------------------------------------------------------------

TEST_P(ChatSim, ReceiptsAreCountedOnceAndToldTogether) {
  start();
  const std::vector<std::size_t> peers = members(6);
  const Json sent = chat(peers[0], {{"receipts", true}});
  const std::string id = sent.at("id");
  for (const std::size_t peer : peers) {
    if (peer == peers[0]) continue;
    ASSERT_TRUE(hears(peer, "chat:message:received"));
    for (int i = 0; i < 2; ++i)
      say(peer, "chat:message:receipt", {{"id", id}, {"kind", "delivered"}});
  }
  say(peers[1], "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  say(peers[2], "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  say(peers[2], "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  ASSERT_TRUE(hears(peers[0], "chat:message:receipts"));
  run_for(seconds{1});
  const Json told = data(peers[0], "chat:message:receipts");
  EXPECT_EQ(told.at("delivered"), 5);
  EXPECT_EQ(told.at("read"), 2);
  EXPECT_EQ(told.at("seq"), sent.at("seq"));
  EXPECT_EQ(told.at("roomId"), "r");
  EXPECT_LE(events(peers[0], "chat:message:receipts").size(), 2U);
}

// However often somebody comes back, and over however many connections and shards.
TEST_P(ChatSim, ReceiptsCountUsersAndNotTheirConnections) {
  start();
  const std::vector<std::size_t> peers = members(2);
  const std::string id = chat(peers[0], {{"receipts", true}}).at("id");
  const auto report = [&](std::size_t peer) {
    join(peer, "r");
    say(peer, "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  };
  report(peers[1]);
  ASSERT_TRUE(hears(peers[0], "chat:message:receipts"));
  report(connect_on(0, "acme/u1"));
  close(peers[1]);
  report(connect_on(2, "acme/u1"));
  run_for(seconds{1});
  EXPECT_EQ(data(peers[0], "chat:message:receipts").at("read"), 1);
  report(connect("acme/u2"));
  ASSERT_TRUE(hears(peers[0], "chat:message:receipts", 2));
  EXPECT_EQ(data(peers[0], "chat:message:receipts").at("read"), 2);
  EXPECT_EQ(data(peers[0], "chat:message:receipts").at("delivered"), 2);
}

TEST_P(ChatSim, ReceiptsFindASenderThatHasReconnected) {
  start();
  const std::vector<std::size_t> peers = members(3);
  const Json sent = chat(peers[0], {{"receipts", true}});
  close(peers[0]);
  const std::string id = sent.at("id");
  say(peers[1], "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  run_for(seconds{1});  // Nobody is there to hear it.
  const std::size_t back = connect_on(2, "acme/u0");
  const std::size_t stranger = connect("other/u0");
  say(peers[2], "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  ASSERT_TRUE(hears(back, "chat:message:receipts"));
  const Json told = data(back, "chat:message:receipts");
  EXPECT_EQ(told.at("id"), id);
  EXPECT_EQ(told.at("seq"), sent.at("seq"));
  EXPECT_EQ(told.at("read"), 2);
  EXPECT_TRUE(events(stranger, "chat:message:receipts").empty());
}

TEST_P(ChatSim, ReceiptsOfStrangersAndOfNothingAreNotCounted) {
  start();
  const std::vector<std::size_t> peers = members(3);
  const std::string id = chat(peers[0], {{"receipts", true}}).at("id");
  const std::size_t stranger = connect("other/u1");
  for (const char* none : {"r", "r0", "r0-", "r0-0", "r0-1-1-1", "r9-0-1-1-1", "m0-1", ""}) {
    say(stranger, "chat:message:receipt", {{"id", none}, {"kind", "read"}});
  }
  ASSERT_TRUE(hears(stranger, "error", 8));
  const auto refused = [&](std::size_t peer, const std::string& name) {
    return ask_for(peer, "chat:message:receipt", {{"id", name}, {"kind", "read"}})
               .at("data")
               .at("code") == "ROOM_ACCESS_DENIED";
  };
  join(stranger, "r");  // Of its own tenant.
  EXPECT_TRUE(refused(stranger, id));
  const std::size_t colleague = connect("acme/u9");
  EXPECT_TRUE(refused(colleague, id)) << "not in the room";
  join(colleague, "other");
  EXPECT_TRUE(refused(colleague, id));
  EXPECT_TRUE(refused(colleague, "r0-ffffff-1-1-1")) << "nor is anybody, in a room of no message";
  run_for(seconds{1});
  EXPECT_TRUE(events(peers[0], "chat:message:receipts").empty());
  join(colleague, "r");
  say(colleague, "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  EXPECT_TRUE(hears(peers[0], "chat:message:receipts"));
}

TEST_P(ChatSim, ARetryKeepsNoRecordOfItsOwn) {
  start(1);
  const std::vector<std::size_t> peers = members(2);
  const std::string id = chat(peers[0], {{"id", "c1"}, {"receipts", true}}).at("id");
  for (int i = 0; i < 3; ++i) {
    const Json retried = chat(peers[0], {{"id", "c1"}, {"receipts", true}});
    EXPECT_EQ(retried.at("duplicate"), true);
    EXPECT_FALSE(retried.contains("id"));
  }
  EXPECT_EQ(gateway(0).receipts().size(), 1U);
  say(peers[1], "chat:message:receipt", {{"id", id}, {"kind", "read"}});
  ASSERT_TRUE(hears(peers[0], "chat:message:receipts"));
  EXPECT_EQ(data(peers[0], "chat:message:receipts").at("id"), id);
}

TEST_P(ChatSim, RetriesPutNoMoreInTheLineOfRecordsThanItHolds) {
  start(1);
  const std::vector<std::size_t> peers = members(1);
  const auto evicted = [&] { return gateway(0).context().counters.receipts_evicted.value(); };
  on_shard(0, [&](NativeGateway& gateway) {
    const ClientHandle sender = gateway.context().clients.handle_at(0);
    Client& client = *gateway.context().clients.find(sender);
    Receipts& receipts = gateway.receipts();
    for (std::uint32_t i = 0; i < kReceiptsMost; ++i) {
      receipts.close(receipts.open(sender, client, "r"));
    }
    for (std::uint32_t i = 0; i < kReceiptsMost; ++i) receipts.open(sender, client, "r");
    EXPECT_EQ(receipts.size(), kReceiptsMost);
    EXPECT_EQ(evicted(), 0U);
    receipts.open(sender, client, "r");
    EXPECT_EQ(receipts.size(), kReceiptsMost);
    EXPECT_EQ(evicted(), 1U);
  });
}

// Who is in the room but was not told of the message cannot name it.
TEST_P(ChatSim, AReceiptCannotBeGuessed) {
  start();
  const std::vector<std::size_t> peers = members(3);
  const std::string id = chat(peers[0], {{"receipts", true}}).at("id");
  ReceiptId guessed = *parse_receipt_id(id);
  for (int i = 0; i < 50; ++i) {
    ++guessed.mark;
    say(peers[1], "chat:message:receipt", {{"id", text(guessed)}, {"kind", "read"}});
  }
  run_for(seconds{1});
  EXPECT_TRUE(events(peers[0], "chat:message:receipts").empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChatSim, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace app
