// The opening handshake of server sessions, every part played by hand.
#include <gtest/gtest.h>

#include "protocol/http_response.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::Admission;
using engine::CloseReason;
using Verdict = engine::Admission::Verdict;

class SessionsHandshake : public HandTest {
 protected:
  void leave_pending() {
    shard().request = [this](engine::SessionId id, const protocol::HttpRequest&, bool) {
      asked_.push_back(id);
      return Admission{.verdict = Verdict::pending, .context = 7};
    };
  }
  std::size_t pending_peer() {
    const std::size_t peer = dial();
    const std::size_t before = asked_.size();
    clients_.send(peer, request_text());
    EXPECT_TRUE(until([&] { return asked_.size() > before; }));
    return peer;
  }

  std::vector<engine::SessionId> asked_;
};

TEST_F(SessionsHandshake, AnAcceptedRequestIsAnOpenSession) {
  start();
  shard().request = [](engine::SessionId, const protocol::HttpRequest& request, bool upgradable) {
    EXPECT_TRUE(upgradable);
    EXPECT_EQ(request.path, "/there");
    return Admission{.verdict = Verdict::accept, .context = 42, .subprotocol = "millrace.v1"};
  };
  const std::size_t peer = open_peer("/there");
  ASSERT_EQ(shard().opened.size(), 1U);
  EXPECT_EQ(sessions().context(shard().opened[0]), 42U);
  EXPECT_NE(clients_.received(peer).find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            std::string::npos);
  EXPECT_NE(clients_.received(peer).find("millrace.v1"), std::string::npos);
  EXPECT_EQ(counters().open.value(), 1U);
  EXPECT_EQ(counters().opened.value(), 1U);
  EXPECT_EQ(gate_->inside(), 1U);
}

TEST_F(SessionsHandshake, WhoConnectedIsKnownUntilTheSessionIsOpen) {
  start();
  world_.network().set_source(engine::Address::parse("[2001:db8::7]:0").take());
  std::string told;
  shard().request = [&](engine::SessionId id, const protocol::HttpRequest&, bool) {
    told = sessions().peer(id).text();
    return Admission{.verdict = Verdict::accept};
  };
  open_peer();
  EXPECT_EQ(told, "2001:db8::7");
  EXPECT_FALSE(sessions().peer(shard().opened[0]).known());
}

// Accepts that fail, come late or in bursts never mistake one peer for another.
TEST_F(SessionsHandshake, NobodyIsTakenForAnother) {
  start();
  for (const Fault fault : {Fault::accept_ends, Fault::accept_burst, Fault::completion_late,
                            Fault::turn_partial, Fault::accept_aborted}) {
    world_.network().faults().set(fault, 0.3);
  }
  std::size_t asked = 0;
  shard().request = [&](engine::SessionId id, const protocol::HttpRequest& request, bool) {
    ++asked;
    EXPECT_EQ("/" + sessions().peer(id).text(), request.path);
    return Admission{.verdict = Verdict::accept};
  };
  std::vector<std::pair<std::size_t, std::string>> peers;
  for (int host = 1; host <= 100; ++host) {
    const std::string text = "192.0.2." + std::to_string(host);
    world_.network().set_source(engine::Address::parse(text + ":0").take());
    peers.emplace_back(clients_.connect(group_->bound()[0]), "/" + text);
    clients_.pump();
  }
  peers_ = peers.size();
  for (const auto& [peer, path] : peers) clients_.send(peer, request_text(path));
  EXPECT_TRUE(until([&] {
    return std::ranges::all_of(peers, [&](const auto& each) {
      return clients_.ended(each.first) || !clients_.status_line(each.first).empty();
    });
  }));
  EXPECT_GT(asked, 20U);
}

TEST_F(SessionsHandshake, ARequestThatComesByteByByteIsTheSame) {
  start();
  const std::size_t peer = dial();
  for (const char byte : request_text()) {
    EXPECT_TRUE(shard().opened.empty());
    clients_.send(peer, {&byte, 1});
    pass(milliseconds{5});
  }
  EXPECT_TRUE(until([&] { return clients_.status_line(peer) == kSwitching; }));
  EXPECT_EQ(counters().requests.value(), 1U);
}

TEST_F(SessionsHandshake, FramesBehindTheRequestAreMessages) {
  start();
  const std::size_t peer = dial();
  const std::string cut = text_frame("third, in two receives");
  clients_.send(peer,
                request_text() + text_frame("first") + text_frame("second") + cut.substr(0, 9));
  ASSERT_TRUE(until([&] { return shard().messages.size() == 2; }));
  clients_.send(peer, cut.substr(9) + text_frame("fourth"));
  ASSERT_TRUE(until([&] { return shard().messages.size() == 4; }));
  EXPECT_EQ(shard().messages[0].text, "first");
  EXPECT_EQ(shard().messages[2].text, "third, in two receives");
  EXPECT_EQ(shard().messages[3].text, "fourth");
}

TEST_F(SessionsHandshake, AnOrdinaryRequestGetsItsResponseAndIsClosedInOrder) {
  start();
  shard().request = [](engine::SessionId, const protocol::HttpRequest&, bool upgradable) {
    EXPECT_FALSE(upgradable);
    return Admission{
        .verdict = Verdict::serve,
        .response = protocol::write_response(protocol::HttpStatus::ok, "text/plain", "a page")};
  };
  const std::size_t peer = dial();
  clients_.send(peer, "GET /page HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }, milliseconds{400}))
      << "nothing is unread, so nothing lingers";
  EXPECT_EQ(clients_.status_line(peer), "HTTP/1.1 200 OK");
  EXPECT_EQ(clients_.end_result(peer), 0);
  EXPECT_TRUE(clients_.received(peer).ends_with("a page"));
  EXPECT_TRUE(shard().closes.empty()) << "it was never a session of the handler's";
  ASSERT_TRUE(until([&] { return open_connections() == 0; }));
  EXPECT_EQ(closed_for(CloseReason::served), 1U) << "nobody was refused anything";
  EXPECT_EQ(closed_for(CloseReason::refused), 0U);
}

TEST_F(SessionsHandshake, AResponseIsSeenEvenByAPeerThatSaidMore) {
  start();
  shard().request = [](engine::SessionId, const protocol::HttpRequest&, bool) {
    return Admission{
        .verdict = Verdict::respond,
        .response = protocol::write_response(protocol::HttpStatus::not_found, "text/plain", "no")};
  };
  const std::size_t peer = dial();
  clients_.send(peer, request_text() + std::string(30'000, 'x'));
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
  EXPECT_EQ(clients_.status_line(peer), "HTTP/1.1 404 Not Found");
  EXPECT_EQ(clients_.end_result(peer), 0) << "the connection was reset over unread bytes";
}

TEST_F(SessionsHandshake, AcceptingWhatIsNoUpgradeSaysWhatItLacks) {
  start();
  const std::size_t peer = dial();
  clients_.send(peer, "GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }, milliseconds{400}))
      << "nothing is unread, so nothing lingers";
  EXPECT_EQ(clients_.status_line(peer), "HTTP/1.1 426 Upgrade Required");
  EXPECT_EQ(closed_for(CloseReason::refused), 1U);
  EXPECT_TRUE(shard().opened.empty());
  EXPECT_TRUE(shard().closes.empty());
}

TEST_F(SessionsHandshake, AcceptingAnotherMethodSaysSoAndIsCounted) {
  start();
  const auto counted = [&](protocol::Violation violation) {
    return counters().violations[static_cast<std::size_t>(violation)].value();
  };
  const std::size_t poster = dial();
  clients_.send(poster, "POST / HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(until([&] { return clients_.ended(poster); }));
  EXPECT_EQ(clients_.status_line(poster), "HTTP/1.1 405 Method Not Allowed");
  const std::size_t header = dial();
  clients_.send(header, "HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(until([&] { return clients_.ended(header); }));
  EXPECT_EQ(clients_.status_line(header), "HTTP/1.1 405 Method Not Allowed");
  EXPECT_TRUE(clients_.received(header).ends_with("\r\n\r\n")) << "RFC 9110 9.3.2: no body";
  EXPECT_EQ(counted(protocol::Violation::request_method_not_get), 2U);
}

TEST_F(SessionsHandshake, WhatIsNoHttpIsRefused) {
  start();
  const std::size_t peer = dial();
  clients_.send(peer, "\x16\x03\x01 this is TLS\r\n\r\n");
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
  EXPECT_EQ(clients_.status_line(peer), "HTTP/1.1 400 Bad Request");
  std::uint64_t violations = 0;
  for (const auto& violation : counters().violations) violations += violation.value();
  EXPECT_EQ(violations, 1U);
}

TEST_F(SessionsHandshake, APeerThatNeverAsksIsClosed) {
  start({.handshake_timeout = seconds{2}});
  const std::size_t peer = dial();
  clients_.send(peer, "GET / HTTP/1.1\r\n");
  EXPECT_FALSE(until([&] { return clients_.ended(peer); }, milliseconds{1950}));
  EXPECT_TRUE(until([&] { return clients_.ended(peer); }, milliseconds{200}));
  EXPECT_EQ(closed_for(CloseReason::handshake_timeout), 1U);
}

// ---- Pending --------------------------------------------------------------------------------

TEST_F(SessionsHandshake, APendingOneIsAdmittedLater) {
  start();
  leave_pending();
  const std::size_t peer = pending_peer();
  pass(seconds{1});
  EXPECT_EQ(clients_.received(peer), "");
  EXPECT_TRUE(shard().opened.empty());
  in_turn([&] { sessions().admit(asked_[0]); });
  ASSERT_TRUE(until([&] { return clients_.status_line(peer) == kSwitching; }));
  ASSERT_EQ(shard().opened.size(), 1U);
  in_turn([&] { sessions().admit(asked_[0]); });  // Again: nothing happens.
  EXPECT_EQ(shard().opened.size(), 1U);
}

TEST_F(SessionsHandshake, EarlyFramesAreHeardOnceItIsAdmitted) {
  start();
  leave_pending();
  const std::size_t peer = pending_peer();
  clients_.send(peer, text_frame("early"));
  pass(milliseconds{20});
  const std::string cut = text_frame("cut by the admission");
  clients_.send(peer, cut.substr(0, 10));
  pass(milliseconds{20});
  EXPECT_TRUE(shard().messages.empty());
  in_turn([&] { sessions().admit(asked_[0]); });
  clients_.send(peer, cut.substr(10));
  ASSERT_TRUE(until([&] { return shard().messages.size() == 2; }));
  EXPECT_EQ(shard().messages[0].text, "early");
  EXPECT_EQ(shard().messages[1].text, "cut by the admission");
}

TEST_F(SessionsHandshake, TooManyEarlyFramesAreRefused) {
  start();
  leave_pending();
  const std::size_t peer = pending_peer();
  clients_.send(peer, frame(0x2, std::string(base::kHandshakeBytesMax, 'x')));
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
  EXPECT_EQ(clients_.status_line(peer).substr(0, 12), "HTTP/1.1 413");
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_FALSE(shard().closes[0].info.opened);
  in_turn([&] { sessions().admit(asked_[0]); });
  EXPECT_TRUE(shard().opened.empty());
}

TEST_F(SessionsHandshake, APendingOneIsRefusedWithWhatTheHandlerSays) {
  start();
  leave_pending();
  const std::size_t peer = pending_peer();
  in_turn([&] {
    sessions().refuse(
        asked_[0], protocol::write_response(protocol::HttpStatus::not_found, "text/plain", "gone"));
  });
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
  EXPECT_EQ(clients_.status_line(peer), "HTTP/1.1 404 Not Found");
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::refused);
  EXPECT_FALSE(shard().closes[0].info.opened);
}

TEST_F(SessionsHandshake, APendingOneMayLeaveAndItsSlotHaveAnotherWhenTheWordComes) {
  start();
  leave_pending();
  const std::size_t first = pending_peer();
  clients_.close(first);
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::peer_left);
  const std::size_t second = pending_peer();
  ASSERT_EQ(asked_.size(), 2U);
  EXPECT_EQ(asked_[0].slot, asked_[1].slot) << "the test wants the slot to be reused";
  in_turn([&] {
    sessions().admit(asked_[0]);
    sessions().refuse(asked_[0], "never");
  });
  pass(milliseconds{50});
  EXPECT_EQ(clients_.received(second), "");
  in_turn([&] { sessions().admit(asked_[1]); });
  EXPECT_TRUE(until([&] { return clients_.status_line(second) == kSwitching; }));
}

TEST_F(SessionsHandshake, APendingOneDoesNotWaitForever) {
  start({.handshake_timeout = seconds{1}});
  leave_pending();
  const std::size_t peer = pending_peer();
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }, seconds{2}));
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::handshake_timeout);
}

TEST_F(SessionsHandshake, TheHandlerMayAbortWhomItIsAskedAbout) {
  start();
  for (const Verdict verdict :
       {Verdict::accept, Verdict::pending, Verdict::respond, Verdict::serve}) {
    shard().request = [&](engine::SessionId id, const protocol::HttpRequest&, bool) {
      sessions().abort(id);
      return Admission{.verdict = verdict, .response = "HTTP/1.1 200 OK\r\n\r\n"};
    };
    const std::size_t peer = dial();
    clients_.send(peer, request_text());
    ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
    EXPECT_EQ(clients_.received(peer), "");
  }
  EXPECT_TRUE(shard().opened.empty());
}

// A handler may admit one session while it reads another's message: the message stays what it is.
TEST_F(SessionsHandshake, AdmittingOneDoesNotDisturbTheMessageOfAnother) {
  start();
  const std::size_t host = open_peer();
  leave_pending();
  const std::size_t guest = pending_peer();
  clients_.send(guest, text_frame("early ") + frame(0x1, std::string(2000, 'g'), false));
  pass(milliseconds{20});
  std::string seen;
  shard().message = [&](engine::SessionId id, protocol::Opcode, std::span<std::byte> payload) {
    if (id != shard().opened[0]) return;
    sessions().admit(asked_[0]);
    seen = tests::text_of(payload);
  };
  const std::string half(1500, 'h');
  clients_.send(host, frame(0x1, half, false) + frame(0x0, half));
  ASSERT_TRUE(until([&] { return !seen.empty(); }));
  EXPECT_EQ(seen, half + half);
  clients_.send(guest, frame(0x0, " and its end"));
  ASSERT_TRUE(until([&] { return shard().messages.size() == 3; }));
  EXPECT_EQ(shard().messages[2].text, std::string(2000, 'g') + " and its end");
}

// What the handler closes in on_open() still finishes its close handshake in order.
TEST_F(SessionsHandshake, ACloseFrameBehindTheRequestIsSeenByAHandlerThatClosesAtOnce) {
  start({.close_timeout = seconds{5}});
  shard().open = [this](engine::SessionId id) {
    sessions().close(id, protocol::CloseCode::policy_violation, "not you");
  };
  const std::size_t peer = dial();
  clients_.send(peer, request_text() + close_frame(1000));
  EXPECT_TRUE(until([&] { return clients_.ended(peer); }, seconds{1}));
  EXPECT_EQ(close_code(peer), 1008U);
  EXPECT_EQ(counters().close_timeouts.value(), 0U);
}

// ---- Over the limit -------------------------------------------------------------------------

TEST_F(SessionsHandshake, WhoComesWhenAllPlacesAreTakenIsTold) {
  start({}, 1, 1);
  const std::size_t inside = open_peer();
  const std::size_t outside = dial();
  clients_.send(outside, request_text());
  ASSERT_TRUE(until([&] { return clients_.ended(outside); }));
  EXPECT_EQ(clients_.status_line(outside), "HTTP/1.1 503 Service Unavailable");
  EXPECT_NE(clients_.received(outside).find("Retry-After: "), std::string::npos);
  ASSERT_TRUE(until([&] { return open_connections() == 1; }));
  EXPECT_EQ(closed_for(CloseReason::limit_reached), 1U);
  ASSERT_EQ(shard().turned_away.size(), 1U);
  EXPECT_EQ(shard().turned_away[0].why, CloseReason::limit_reached);
  EXPECT_EQ(shard().turned_away[0].peer.text(), "127.0.0.1");
  EXPECT_EQ(gate_->inside(), 1U);
  EXPECT_EQ(counters().open.value(), 1U);
  EXPECT_EQ(shard().opened.size(), 1U);
  clients_.close(inside);
  ASSERT_TRUE(until([&] { return gate_->inside() == 0; }));
  open_peer();
}

TEST_F(SessionsHandshake, WhoIsOverTheLimitAndSaysNothingIsClosedToo) {
  start({.handshake_timeout = seconds{1}}, 1, 0);
  const std::size_t peer = dial();
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }, seconds{2}));
  EXPECT_EQ(closed_for(CloseReason::limit_reached), 1U);
}

}  // namespace
}  // namespace sim
