#include "tests/sim/wire_checker.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace sim {
namespace {

constexpr std::string_view kUpgrade = "GET / HTTP/1.1\r\nHost: sim\r\n\r\n";
constexpr std::string_view kSwitched = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

using namespace std::string_view_literals;

const char* judge_server(std::string_view frames) {
  StreamChecker checker(false);
  const char* head = checker.feed(base::as_bytes(kSwitched));
  return head != nullptr ? head : checker.feed(base::as_bytes(frames));
}

const char* judge_client(std::string_view frames) {
  StreamChecker checker(true);
  const char* head = checker.feed(base::as_bytes(kUpgrade));
  return head != nullptr ? head : checker.feed(base::as_bytes(frames));
}

TEST(StreamChecker, AcceptsWhatTheRfcAllows) {
  EXPECT_EQ(judge_server("\x81\x02hi"sv), nullptr);
  EXPECT_EQ(judge_server("\x82\x00\x89\x00\x8A\x01x\x88\x02\x03\xE8"sv), nullptr);
  EXPECT_EQ(judge_server("\x01\x01"
                         "a\x89\x00\x00\x01"
                         "b\x80\x01"
                         "c"sv),
            nullptr);
  EXPECT_EQ(judge_client("\x81\x82\x01\x02\x03\x04hi"sv), nullptr);
  std::string large("\x82\x7E\x00\x7E", 4);
  large.append(126, 'x');
  EXPECT_EQ(judge_server(large), nullptr);
}

TEST(StreamChecker, AcceptsARefusal) {
  StreamChecker checker(false);
  EXPECT_EQ(checker.feed(base::as_bytes("HTTP/1.1 503 No\r\n\r\nanything\xFF\xFF"sv)), nullptr);
}

TEST(StreamChecker, ConvictsEverythingElse) {
  EXPECT_NE(judge_server("\x81\x82\x01\x02\x03\x04hi"sv), nullptr);  // Masked by a server.
  EXPECT_NE(judge_client("\x81\x02hi"sv), nullptr);                  // Not masked by a client.
  EXPECT_NE(judge_server("\xC1\x00"sv), nullptr);                    // RSV1.
  EXPECT_NE(judge_server("\x83\x00"sv), nullptr);                    // A reserved opcode.
  EXPECT_NE(judge_server("\x80\x00"sv), nullptr);                    // Continues nothing.
  EXPECT_NE(judge_server("\x01\x00\x81\x00"sv), nullptr);            // A message in a message.
  EXPECT_NE(judge_server("\x09\x00"sv), nullptr);                    // A fragmented ping.
  EXPECT_NE(judge_server("\x89\x7E\x00\x7E"sv), nullptr);            // A ping of 126 octets.
  EXPECT_NE(judge_server("\x88\x01\x03"sv), nullptr);                // Half a close code.
  EXPECT_NE(judge_server("\x82\x7E\x00\x7D"sv), nullptr);            // A length not shortest.
  EXPECT_NE(judge_server("\x82\x7F\x00\x00\x00\x00\x00\x00\xFF\xFF"sv), nullptr);
  EXPECT_NE(judge_server("\x82\x7F\x80\x00\x00\x00\x00\x01\x00\x00"sv), nullptr);
  EXPECT_NE(judge_server("\x88\x00\x81\x00"sv), nullptr);  // Speaks after its farewell.
  StreamChecker checker(false);
  EXPECT_NE(checker.feed(base::as_bytes("SSH-2.0\r\n\r\n"sv)), nullptr);
}

TEST(StreamChecker, JudgesByteByByteAsAtOnce) {
  const std::string_view frames =
      "\x01\x01"
      "a\x89\x00\x80\x01"
      "c\x82\x7E\x00\x7D"sv;
  StreamChecker checker(false);
  EXPECT_EQ(checker.feed(base::as_bytes(kSwitched)), nullptr);
  std::size_t at = 0;
  const char* wrong = nullptr;
  while (wrong == nullptr && at < frames.size()) {
    wrong = checker.feed(base::as_bytes(frames.substr(at++, 1)));
  }
  EXPECT_NE(wrong, nullptr);
  EXPECT_EQ(at, frames.size());
  EXPECT_EQ(checker.frames(), 3U);
}

}  // namespace
}  // namespace sim
