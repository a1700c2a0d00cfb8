// Messages that a hostile client may send: good ones, broken in every way that we could think of.
#include "tests/app/events/reader_judge.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"

namespace app {
namespace {

constexpr std::array<std::string_view, 8> kGood{
    R"({"event":"chat:message:send","data":{"room":"support","content":"hello","ack":true},)"
    R"("requestId":"7","version":"1.0"})",
    R"({"event":"room:join","data":{"room":"caf\u00e9 \ud83d\ude00","history":50},"requestId":12})",
    R"({"data":{"content":{"a":[1,2.5e3,-0.0,{"b":null}],"c":"\"quoted\"\\"},"room":"r"},)"
    R"("event":"chat:message:send"})",
    R"( { "event" : "ping" , "requestId" : "p-1" } )",
    "{\"event\":\"note\",\"data\":[1,\"two\",[3],{\"four\":4},true,false,null]}",
    "{\"event\":\"note\",\"data\":\"just a text with \\u0041 and \xC3\xA9 \xF0\x9F\x98\x80\"}",
    R"({"event":"price","data":{"bid":1.0845,"ask":1.0847e0,"size":1000000,"at":-1},"extra":[{}]})",
    R"({"event":"typing","data":{},"requestId":null,"version":null})",
};

// Pieces that a parser may take for something else.
const std::vector<std::string>& pieces() {
  static const std::vector<std::string> kAll{"\"",
                                             "\\",
                                             "\\\"",
                                             "{",
                                             "}",
                                             "[",
                                             "]",
                                             ":",
                                             ",",
                                             "\\u",
                                             "\\ud800",
                                             "\\udc00",
                                             "\\x41",
                                             "\\u00g0",
                                             "\n",
                                             "\t",
                                             "\x01",
                                             "\x7F",
                                             " ",
                                             "null",
                                             "nul",
                                             "true",
                                             "falsey",
                                             "NaN",
                                             "Infinity",
                                             "-",
                                             "+1",
                                             "01",
                                             "1.",
                                             ".5",
                                             "1e",
                                             "1e+",
                                             "1e999",
                                             "-1e-999",
                                             "0x10",
                                             "\xFF",
                                             "\xC0\x80",
                                             "\xED\xA0\x80",
                                             "\xEF\xBB\xBF",
                                             "\xE2\x80\xAE",
                                             "'",
                                             "//",
                                             "/**/",
                                             "18446744073709551616",
                                             "123456789012345678901234567890",
                                             "0.1234567890123456789012345678901234567890",
                                             std::string(1, '\0'),
                                             std::string(70, 'a'),
                                             std::string(400, '9'),
                                             "\"event\":\"again\",",
                                             "\"data\":{},",
                                             "\"requestId\":{},",
                                             "\"version\":2,"};
  return kAll;
}

class Hostile {
 public:
  explicit Hostile(std::uint64_t seed) : prng_(seed) {}

  std::string next() {
    std::string message(kGood[prng_.below(kGood.size())]);
    switch (prng_.below(10)) {
      case 0:
        return flipped(message);
      case 1:
        return message.substr(0, at(message));
      case 2:
        return spliced(message);
      case 3:
        return deep();
      case 4:
        return many_fields();
      case 5:
        return wrong_type();
      case 6:
        return message + piece();
      case 7:
        return piece() + message;
      case 8:
        return with_piece(with_piece(message));
      default:
        return with_piece(message);
    }
  }

 private:
  std::size_t at(const std::string& text) { return prng_.below(text.size() + 1); }
  const std::string& piece() { return pieces()[prng_.below(pieces().size())]; }

  std::string flipped(std::string message) {
    for (std::uint64_t i = 1 + prng_.below(3); i > 0; --i) {
      message[prng_.below(message.size())] ^= static_cast<char>(1U << prng_.below(8));
    }
    return message;
  }

  std::string spliced(const std::string& message) {
    const std::string other(kGood[prng_.below(kGood.size())]);
    return message.substr(0, at(message)) + other.substr(at(other));
  }

  // In place of some of the message, or between it.
  std::string with_piece(std::string message) {
    const std::size_t where = at(message);
    const std::size_t instead = prng_.chance(0.5) ? prng_.below(4) : 0;
    return message.replace(where, instead, piece());
  }

  // Closed, or not all of it.
  std::string deep() {
    const std::size_t depth = 1 + prng_.below(prng_.chance(0.05) ? 20'000 : 64);
    const bool objects = prng_.chance(0.5);
    std::string message = R"({"event":"deep","data":)";
    for (std::size_t i = 0; i < depth; ++i) message += objects ? "{\"a\":" : "[";
    message += "1";
    const std::size_t closed = prng_.chance(0.7) ? depth : prng_.below(depth + 1);
    message += std::string(closed, objects ? '}' : ']');
    return message + R"(,"requestId":"d"})";
  }

  std::string many_fields() {
    const std::size_t fields = prng_.below(130);
    const std::size_t names = 1 + prng_.below(2 * fields + 1);
    std::string message = R"({"event":"many","data":{)";
    for (std::size_t i = 0; i < fields; ++i) {
      message += (i == 0 ? "\"" : ",\"") + std::string(prng_.below(3) * 40, 'k') +
                 std::to_string(prng_.chance(0.05) ? prng_.below(names) : i) +
                 "\":" + std::to_string(prng_.below(1'000'000));
    }
    return message + "}}";
  }

  std::string wrong_type() {
    static constexpr std::array<std::string_view, 12> kValues{
        "1", "\"\"", "\"x\"", "null", "true", "[]", "{}", "[[1]]", "{\"a\":1}", "1.5", "-3", "1e2"};
    static constexpr std::array<std::string_view, 5> kKeys{"event", "data", "requestId", "version",
                                                           "other"};
    std::string message = "{";
    for (std::uint64_t i = prng_.below(6); i > 0; --i) {
      message += "\"" + std::string(kKeys[prng_.below(kKeys.size())]) + "\":";
      message += kValues[prng_.below(kValues.size())];
      if (i > 1) message += ',';
    }
    return message + "}";
  }

  base::Prng prng_;
};

TEST(HostileEvents, AreJudgedAsTheSecondParserJudgesThem) {
  constexpr int kMessages = 20'000;
  Hostile hostile(20'261'127);
  EventReader reader;
  int accepted = 0;
  for (int i = 0; i < kMessages; ++i) {
    const std::string message = hostile.next();
    const Verdict verdict = judge(reader, message);
    ASSERT_EQ(verdict.mistake, "") << "message " << i << ": " << message;
    accepted += verdict.accepted ? 1 : 0;
  }
  // Neither everything nor nothing: else this would test only one half of the reader.
  EXPECT_GT(accepted, kMessages / 20);
  EXPECT_LT(accepted, kMessages / 2);
}

TEST(HostileEvents, EveryTruncationOfAGoodMessageIsAFault) {
  EventReader reader;
  Event event;
  for (const std::string_view good : kGood) {
    ASSERT_EQ(reader.read(base::as_bytes(good), event), nullptr) << good;
    const std::size_t size = good.find_last_of('}');
    for (std::size_t i = 0; i <= size; ++i) {
      EXPECT_NE(reader.read(base::as_bytes(good.substr(0, i)), event), nullptr) << i << good;
    }
  }
}

// What is left of a longer message must not complete a shorter one.
TEST(HostileEvents, AnEarlierMessageDoesNotCompleteALaterOne) {
  EventReader reader;
  Event event;
  const std::string closing = R"({"event":"a","data":{"b":")" + std::string(100, '}') + "\"}}";
  ASSERT_EQ(reader.read(base::as_bytes(closing), event), nullptr);
  EXPECT_NE(reader.read(base::as_bytes(R"({"event":"a","data":{"b":{"c":1}})"), event), nullptr);
  EXPECT_NE(reader.read(base::as_bytes(R"({"event":"a","data":{"b":{"c":1})"), event), nullptr);
}

}  // namespace
}  // namespace app
