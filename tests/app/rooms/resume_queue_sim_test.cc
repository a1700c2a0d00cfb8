// Coming back to rooms: what was missed, what does not fit, and what a room does not know any more.
#include "app/rooms/resume_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/rooms/room_sim.h"

namespace app {
namespace {

class ResumeSim : public RoomSim {
 protected:
  // The answer to joining "r" with that position.
  Json resume(std::size_t peer, const Json& epoch, const Json& seq) {
    return ask_for(peer, "chat:room:join", {{"room", "r"}, {"epoch", epoch}, {"seq", seq}});
  }
  // As of the answer to an earlier joining.
  Json resume(std::size_t peer, const Json& joined) {
    return resume(peer, joined.at("epoch"), joined.at("seq"));
  }
};

TEST_P(ResumeSim, WhoComesBackGetsWhatItMissed) {
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect_on((home_of("r") + 1) % 3, "acme/ann");
  const Json joined = join(ann, "r");
  chat(stays, "1");
  ASSERT_TRUE(until([&] { return chats(ann).size() == 1; }));
  const int seen = events(ann, "chat:message:received").back().at("seq");
  close(ann);
  chat(stays, "2");
  chat(stays, "3");
  ann = connect_on(static_cast<std::uint32_t>(GetParam() % 3), "acme/ann");
  const Json back = resume(ann, joined.at("epoch"), seen);
  EXPECT_EQ(back.at("data").at("recovered"), true);
  EXPECT_EQ(back.at("data").at("missed"), 2);
  chat(stays, "4");
  ASSERT_TRUE(until([&] { return chats(ann).size() == 3; }));
  EXPECT_EQ(chats(ann), (std::vector<std::string>{"2", "3", "4"}));
}

// In one turn all of it would be more than the send queue takes.
TEST_P(ResumeSim, RoomsResumedInOneBreathAreAllGiven) {
  constexpr std::size_t kRooms = 12;
  constexpr std::size_t kMissed = 5;
  options_.session.send_queue_bytes_max = 64 << 10;
  start();
  const std::size_t stays = connect("acme/stays");
  std::size_t ann = connect("acme/ann");
  std::vector<Json> positions;
  for (std::size_t r = 0; r < kRooms; ++r) {
    join(stays, "r" + std::to_string(r));
    positions.push_back(join(ann, "r" + std::to_string(r)));
  }
  close(ann);
  for (std::size_t i = 0; i < kRooms * kMissed; ++i) {
    ask_for(stays, "chat:message:send",
            {{"room", "r" + std::to_string(i % kRooms)}, {"content", std::string(3000, 'm')}});
  }
  ann = connect("acme/ann");
  for (std::size_t r = 0; r < kRooms; ++r) {
    say(ann, "chat:room:join",
        {{"room", "r" + std::to_string(r)},
         {"epoch", positions[r].at("epoch")},
         {"seq", positions[r].at("seq")}},
        "j" + std::to_string(r));
  }
  ASSERT_TRUE(until([&] { return chats(ann).size() == kRooms * kMissed; }));
  for (const Json& joined : events(ann, "chat:room:joined")) {
    EXPECT_EQ(joined.at("recovered"), true) << joined;
    EXPECT_GE(joined.at("missed"), kMissed) << joined;
  }
  EXPECT_EQ(close_code(ann), 0);
  EXPECT_EQ(sum([](GatewayShard& one) { return one.native().room_events().sessions_resuming(); }),
            0U);
}

TEST_P(ResumeSim, WhatDoesNotFitIsSaidToBeMissingAndTheNewestAreGiven) {
  options_.session.send_queue_bytes_max = 32 << 10;
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect("acme/ann");
  const Json joined = join(ann, "r");
  close(ann);
  for (int i = 0; i < 30; ++i) chat(stays, std::to_string(i) + std::string(2000, 'm'));
  ann = connect("acme/ann");
  const Json back = resume(ann, joined);
  EXPECT_EQ(back.at("data").at("recovered"), false);
  const std::size_t missed = back.at("data").at("missed");
  EXPECT_GE(missed, 5U);
  EXPECT_LT(missed, 30U);
  ASSERT_TRUE(until([&] { return chats(ann).size() == missed; }));
  for (std::size_t i = 0; i < missed; ++i) {
    EXPECT_TRUE(chats(ann)[i].starts_with(std::to_string(30 - missed + i) + "m"));
  }
  EXPECT_EQ(events(ann, "chat:message:received").back().at("seq"), back.at("data").at("seq"));
  EXPECT_EQ(close_code(ann), 0);
  EXPECT_EQ(
      sum([](GatewayShard& one) { return one.native().context().counters.resumes_cut.value(); }),
      1U);
}

// As chat is: in its place among the room's messages, and in the history.
TEST_P(ResumeSim, WhatIsSentToARoomCanBeMissedAndIsHistory) {
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect("acme/ann");
  const Json joined = join(ann, "r");
  close(ann);
  chat(stays, "1");
  const Json sent = ask_for(stays, "message:send", {{"room", "r"}, {"event", "e"}, {"data", 2}});
  EXPECT_GT(sent.at("data").at("seq"), 0) << sent;
  ann = connect("acme/ann");
  const Json back = resume(ann, joined);
  EXPECT_EQ(back.at("data").at("recovered"), true);
  EXPECT_EQ(back.at("data").at("missed"), 2);
  ASSERT_TRUE(hears(ann, "message:received"));
  const Json heard = data(ann, "message:received");
  EXPECT_EQ(heard.at("roomId"), "r");
  EXPECT_EQ(heard.at("seq"), sent.at("data").at("seq"));
  EXPECT_EQ(heard.at("data"), 2);
  EXPECT_EQ(heard, data(stays, "message:received"));
  const Json page = ask_for(ann, "chat:room:history", {{"room", "r"}}).at("data").at("messages");
  ASSERT_EQ(page.size(), 2U) << page;
  EXPECT_EQ(page[1].at("event"), "message:received");
  EXPECT_EQ(page[1].at("data"), heard);
}

// Comings and goings have numbers, too: the first message of all is not taken for a gap.
TEST_P(ResumeSim, TheFirstMessageOfARoomCanBeMissed) {
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect("acme/ann");
  const Json joined = join(ann, "r");
  close(ann);
  run_for(milliseconds{2});
  chat(stays, "first");
  ann = connect("acme/ann");
  const Json back = resume(ann, joined);
  EXPECT_EQ(back.at("data").at("recovered"), true);
  ASSERT_TRUE(until([&] { return chats(ann).size() == 1; }));
}

TEST_P(ResumeSim, AnotherEpochIsSaidToBeLost) {
  start();
  const std::size_t ann = connect("acme/ann");
  chat(ann, "before");
  const Json back = resume(ann, "abc", 0);
  EXPECT_EQ(back.at("data").at("recovered"), false);
  EXPECT_EQ(back.at("data").at("missed"), 0);
}

TEST_P(ResumeSim, WhatIsNoEpochIsAClientError) {
  start();
  const std::size_t ann = connect("acme/ann");
  for (const char* epoch : {"", "zz", "0x1", "01", "1F", "10000000000000000"}) {
    const Json said = resume(ann, epoch, 0);
    EXPECT_EQ(said.at("event"), "error") << epoch;
    EXPECT_EQ(said.at("data").at("code"), "CLIENT_ERROR") << epoch;
  }
  const Json rooms = ask_for(ann, "chat:room:list", Json::object()).at("data").at("rooms");
  EXPECT_EQ(rooms.size(), 2U) << rooms << " are more than its own and its tenant's";
}

// A backend may have put it there before it came back.
TEST_P(ResumeSim, WhoIsInAlreadyIsToldWhatBecameOfResuming) {
  start();
  const std::size_t ann = connect("acme/ann");
  const Json joined = join(ann, "r");
  chat(ann, "1");
  ASSERT_TRUE(until([&] { return chats(ann).size() == 1; }));
  const Json newest = events(ann, "chat:message:received").back().at("seq");
  const Json all = resume(ann, joined.at("epoch"), newest).at("data");
  EXPECT_EQ(all.value("recovered", false), true) << all;
  EXPECT_EQ(all.value("missed", -1), 0) << all;
  for (const Json& answer : {resume(ann, joined), resume(ann, "abc", newest)}) {
    const Json& part = answer.at("data");
    EXPECT_EQ(part.value("recovered", true), false) << part;
    EXPECT_EQ(part.value("missed", -1), 0) << part;
  }
  EXPECT_EQ(chats(ann), std::vector<std::string>{"1"});
}

INSTANTIATE_TEST_SUITE_P(Seeds, ResumeSim, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace app
