// What a message of the native protocol is read as, and what is said of one that breaks a rule.
#include "app/events/event_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "app/gateway_limits.h"
#include "base/bytes.h"

namespace app {
namespace {

class EventReaderTest : public testing::Test {
 protected:
  // What is said of the message; empty: nothing, it is good.
  std::string_view fault(std::string_view message) {
    text_ = message;
    const EventFault* const fault = reader_.read(base::as_bytes(text_), event_);
    if (fault == nullptr) return {};
    EXPECT_EQ(fault->code, ErrorCode::protocol_error);
    EXPECT_TRUE(fault->recoverable);
    EXPECT_FALSE(fault->message.empty());
    return fault->message;
  }

  EventReader reader_;
  Event event_;

 private:
  std::string text_;
};

// Objects inside each other, the innermost holding 1: {"a":{"a":1}} is of depth 2.
std::string nested_objects(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
  return text + "1" + std::string(depth, '}');
}

std::string nested_arrays(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

std::string with_data(const std::string& data) { return R"({"event":"e","data":)" + data + "}"; }

std::string with_fields(std::size_t count) {
  std::string data = "{";
  for (std::size_t i = 0; i < count; ++i) {
    data += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":0";
  }
  return with_data(data + "}");
}

TEST_F(EventReaderTest, ReadsTheWholeEnvelope) {
  ASSERT_EQ(fault(R"({"event":"chat:message:send","data":{"room":"r"},"requestId":"7",)"
                  R"("version":"1.0"})"),
            "");
  EXPECT_EQ(event_.name, "chat:message:send");
  EXPECT_EQ(event_.request_id, "7");
  EXPECT_EQ(event_.request_id_raw, "\"7\"");
  EXPECT_EQ(event_.version, "1.0");
  EXPECT_EQ(event_.data.kind, FieldKind::object);
  EXPECT_EQ(event_.data.raw, R"({"room":"r"})");
  ASSERT_EQ(event_.fields.size(), 1U);
  EXPECT_EQ(event_.fields[0].text, "r");
}

TEST_F(EventReaderTest, ReadsAnEnvelopeInAnyOrderWithSpaceAndUnknownKeys) {
  ASSERT_EQ(fault(" {\n \"trace\" : [ {\"x\":1} , 2 ] , \"version\":\"1.0\" ,\t\"data\" : "
                  "{ \"a\" : [ 1 , 2 ] , \"b\" : \"c\" } \r\n, \"event\" : \"e\" } \n"),
            "");
  EXPECT_EQ(event_.name, "e");
  EXPECT_EQ(event_.data.raw, "{ \"a\" : [ 1 , 2 ] , \"b\" : \"c\" }");
  ASSERT_NE(event_.find("a"), nullptr);
  EXPECT_EQ(event_.find("a")->raw, "[ 1 , 2 ]");
  EXPECT_EQ(event_.find("b")->raw, "\"c\"");
  EXPECT_EQ(event_.find("c"), nullptr);
}

TEST_F(EventReaderTest, ReadsEveryKindOfField) {
  ASSERT_EQ(fault(with_data(R"({"n":null,"t":true,"f":false,"i":-12,"d":1.5e3,"s":"x",)"
                            R"("a":[1,[2]],"o":{"k":"v"},"empty":"","ea":[],"eo":{}})")),
            "");
  ASSERT_EQ(event_.fields.size(), 11U);
  EXPECT_EQ(event_.find("n")->kind, FieldKind::null);
  EXPECT_EQ(event_.find("n")->raw, "null");
  EXPECT_EQ(event_.find("t")->kind, FieldKind::boolean);
  EXPECT_TRUE(event_.find("t")->truth);
  EXPECT_FALSE(event_.find("f")->truth);
  EXPECT_EQ(event_.find("i")->kind, FieldKind::number);
  EXPECT_EQ(event_.find("i")->number, -12);
  EXPECT_EQ(event_.find("i")->raw, "-12");
  EXPECT_EQ(event_.find("d")->number, 1500);
  EXPECT_EQ(event_.find("s")->kind, FieldKind::string);
  EXPECT_EQ(event_.find("s")->text, "x");
  EXPECT_EQ(event_.find("a")->kind, FieldKind::array);
  EXPECT_EQ(event_.find("a")->raw, "[1,[2]]");
  EXPECT_EQ(event_.find("o")->kind, FieldKind::object);
  EXPECT_EQ(event_.find("o")->raw, R"({"k":"v"})");
  EXPECT_EQ(event_.find("empty")->text, "");
  EXPECT_EQ(event_.find("empty")->raw, "\"\"");
  EXPECT_EQ(event_.find("ea")->raw, "[]");
  EXPECT_EQ(event_.find("eo")->raw, "{}");
}

TEST_F(EventReaderTest, ReadsNumbersOfAnyLength) {
  ASSERT_EQ(fault(with_data(R"({"a":0.1234567890123456789012345678901234567890,)"
                            R"("b":123456789012345678901234567890,"c":-18446744073709551616 ,)"
                            R"("d":9223372036854775808,"f":2.2250738585072014e-308})")),
            "");
  EXPECT_EQ(event_.find("a")->number, 0.12345678901234567890);
  EXPECT_EQ(event_.find("b")->number, 123456789012345678901234567890.0);
  EXPECT_EQ(event_.find("b")->raw, "123456789012345678901234567890");
  EXPECT_EQ(event_.find("c")->number, -18446744073709551616.0);
  EXPECT_EQ(event_.find("c")->raw, "-18446744073709551616");
  EXPECT_EQ(event_.find("d")->number, 9223372036854775808.0);
  EXPECT_EQ(event_.find("f")->number, 2.2250738585072014e-308);
  for (const std::string& wrong :
       {"0." + std::string(400, '0') + "1", std::string(400, '9'), "0" + std::string(30, '9'),
        std::string(30, '9') + "x", std::string("01"), std::string("1."), std::string("-"),
        std::string("1e"), std::string("0x1"), std::string("1e999"), std::string("1e-999"),
        std::string("1.5.5"), std::string("1e+"), std::string("-.5"), std::string("1\x01")}) {
    EXPECT_EQ(fault(with_data(wrong)), "a number is malformed, too large or too small") << wrong;
  }
}

TEST_F(EventReaderTest, UnescapesTextsAndKeysAndKeepsThemRaw) {
  ASSERT_EQ(fault(R"({"ev\u0065nt":"a\/b","data":{"k\n":"\ud83d\ude00 \"q\"","plain":"p"},)"
                  R"("requestId":"\u0037"})"),
            "");
  EXPECT_EQ(event_.name, "a/b");
  EXPECT_EQ(event_.request_id, "7");
  EXPECT_EQ(event_.request_id_raw, R"("\u0037")");
  ASSERT_NE(event_.find("k\n"), nullptr);
  EXPECT_EQ(event_.find("k\n")->text, "\xF0\x9F\x98\x80 \"q\"");
  EXPECT_EQ(event_.find("k\n")->raw, R"("\ud83d\ude00 \"q\"")");
  EXPECT_EQ(event_.find("plain")->text, "p");
}

TEST_F(EventReaderTest, DataMayBeAnythingOrMissing) {
  ASSERT_EQ(fault(R"({"event":"e"})"), "");
  EXPECT_EQ(event_.data.kind, FieldKind::null);
  EXPECT_TRUE(event_.data.raw.empty());
  EXPECT_TRUE(event_.fields.empty());
  ASSERT_EQ(fault(with_data("\"text\"")), "");
  EXPECT_EQ(event_.data.text, "text");
  ASSERT_EQ(fault(with_data("[{\"a\":1}, 2 ]")), "");
  EXPECT_EQ(event_.data.kind, FieldKind::array);
  EXPECT_EQ(event_.data.raw, "[{\"a\":1}, 2 ]");
  EXPECT_TRUE(event_.fields.empty());
  ASSERT_EQ(fault(with_data("4.5")), "");
  EXPECT_EQ(event_.data.number, 4.5);
}

TEST_F(EventReaderTest, NothingOfAnEarlierMessageStays) {
  ASSERT_EQ(fault(R"({"event":"e","data":{"a":true,"b":"x"},"requestId":1,"version":"1"})"), "");
  ASSERT_EQ(fault(R"({"event":"f","data":{"a":1,"b":{}}})"), "");
  EXPECT_TRUE(event_.request_id_raw.empty());
  EXPECT_TRUE(event_.version.empty());
  EXPECT_FALSE(event_.find("a")->truth);
  EXPECT_TRUE(event_.find("b")->text.empty());
}

TEST_F(EventReaderTest, RequestIdIsAStringAnIntegerOrNull) {
  ASSERT_EQ(fault(R"({"event":"e","requestId":-12})"), "");
  EXPECT_EQ(event_.request_id, "-12");
  EXPECT_EQ(event_.request_id_raw, "-12");
  ASSERT_EQ(fault(R"({"event":"e","requestId":18446744073709551616 })"), "");
  EXPECT_EQ(event_.request_id_raw, "18446744073709551616");
  ASSERT_EQ(fault(R"({"event":"e","requestId":null})"), "");
  EXPECT_TRUE(event_.request_id_raw.empty());
  for (const std::string_view wrong : {"1.5", "1e3", "1E3", "true", "{}", "[]", "[1]"}) {
    EXPECT_EQ(fault(R"({"event":"e","requestId":)" + std::string(wrong) + "}"),
              "the request id must be a string or an integer")
        << wrong;
  }
}

TEST_F(EventReaderTest, NamesIdsAndVersionsAreBounded) {
  const auto name = [](std::size_t bytes) {
    return R"({"event":")" + std::string(bytes, 'e') + R"("})";
  };
  const auto request_id = [](std::size_t bytes) {
    return R"({"event":"e","requestId":")" + std::string(bytes, '7') + R"("})";
  };
  const auto number = [](std::size_t bytes) {
    return R"({"event":"e","requestId":)" + std::string(bytes, '7') + "}";
  };
  const auto version = [](std::size_t bytes) {
    return R"({"event":"e","version":")" + std::string(bytes, '1') + R"("})";
  };
  EXPECT_EQ(fault(name(kEventNameBytesMax)), "");
  EXPECT_EQ(fault(name(kEventNameBytesMax + 1)), "the event's name is longer than 64 bytes");
  EXPECT_EQ(fault(request_id(kRequestIdBytesMax)), "");
  EXPECT_EQ(fault(request_id(kRequestIdBytesMax + 1)), "the request id is longer than 64 bytes");
  EXPECT_EQ(fault(number(kRequestIdBytesMax)), "");
  EXPECT_EQ(fault(number(kRequestIdBytesMax + 1)), "the request id is longer than 64 bytes");
  EXPECT_EQ(fault(version(kEventVersionBytesMax)), "");
  EXPECT_EQ(fault(version(kEventVersionBytesMax + 1)), "the version is longer than 16 bytes");
}

TEST_F(EventReaderTest, AnEventNeedsAName) {
  EXPECT_EQ(fault("{}"), "the event's name is missing");
  EXPECT_EQ(fault(R"({"data":{}})"), "the event's name is missing");
  EXPECT_EQ(fault(R"({"event":""})"), "the event's name is empty");
  for (const std::string_view wrong : {"1", "null", "true", "{}", "[\"e\"]"}) {
    EXPECT_EQ(fault(R"({"event":)" + std::string(wrong) + "}"), "the event's name must be a string")
        << wrong;
  }
  EXPECT_EQ(fault(R"({"event":"e","version":1})"), "the version must be a string");
  EXPECT_EQ(fault(R"({"event":"e","version":null})"), "");
}

TEST_F(EventReaderTest, OnlyAnObjectIsAMessage) {
  for (const std::string_view wrong :
       {"[]", "\"text\"", "1", "true", "null", "[{\"event\":\"e\"}]"}) {
    EXPECT_EQ(fault(wrong), "the message must be a JSON object") << wrong;
  }
}

TEST_F(EventReaderTest, WhatIsNoJsonIsRefusedWhereverItStands) {
  for (const std::string_view wrong : {"",
                                       " ",
                                       "{",
                                       R"({"event"})",
                                       R"({"event":})",
                                       R"({"event":"e",})",
                                       R"({"event":"e" "data":1})",
                                       R"({"event":"e","data":{"a":1})",
                                       R"({"event":"e"]})",
                                       R"({'event':'e'})",
                                       R"({event:"e"})",
                                       R"({"event":"e","x":tru})",
                                       R"({"event":"e","x":nul})",
                                       R"({"event":"e","x":nullx})",
                                       R"({"event":"e","x":truex})",
                                       R"({"event":"e","x":+1})",
                                       R"({"event":"e","x":.5})",
                                       R"({"event":"e","x":NaN})",
                                       R"({"event":"e","x":"\q"})",
                                       R"({"event":"e","x":"\ud800"})",
                                       R"({"event":"e","x":"\udc00"})",
                                       R"({"event":"e","x":"\u12"})",
                                       R"({"event":"e","x":[1 2]})",
                                       R"({"event":"e","x":[1,]})",
                                       R"({"event":"e","x":{"\q":1}})",
                                       R"({"event":"e","data":{"\ud800":1}})",
                                       R"({"event":"e","x":"open})",
                                       "{\"event\":\"e\",\"x\":\"a\nb\"}",
                                       R"({"event":"e","x":"a"b})"}) {
    EXPECT_EQ(fault(wrong), "the message is not valid JSON") << '\'' << wrong << '\'';
  }
  EXPECT_EQ(fault("{\"event\":\"\xC0\x80\"}"), "the message is not valid UTF-8");
  EXPECT_EQ(fault("{\"event\":\"e\",\"x\":\"\xED\xA0\x80\"}"), "the message is not valid UTF-8");
}

TEST_F(EventReaderTest, NothingMayFollow) {
  for (const std::string_view more : {"{}", "1", "\"x\"", ",", "null", "[]", R"({"event":"e"})"}) {
    EXPECT_NE(fault(R"({"event":"e"})" + std::string(more)), "") << more;
  }
  EXPECT_EQ(fault(R"({"event":"e"} {})"), "the message goes on after its JSON object");
  EXPECT_EQ(fault("{\"event\":\"e\"} \r\n\t "), "");
}

TEST_F(EventReaderTest, DepthIsBounded) {
  // The envelope is the first.
  EXPECT_EQ(fault(with_data(nested_objects(kJsonDepthMax - 1))), "");
  EXPECT_EQ(fault(with_data(nested_arrays(kJsonDepthMax - 1))), "");
  const std::string_view too_deep = "objects and arrays are nested more than 32 deep";
  EXPECT_EQ(fault(with_data(nested_objects(kJsonDepthMax))), too_deep);
  EXPECT_EQ(fault(with_data(nested_arrays(kJsonDepthMax))), too_deep);
  EXPECT_EQ(fault(with_data(nested_arrays(200'000))), too_deep);
  EXPECT_EQ(fault(R"({"event":"e","x":)" + nested_arrays(kJsonDepthMax) + "}"), too_deep);
}

TEST_F(EventReaderTest, FieldsOfDataAreBoundedAndThereOnce) {
  ASSERT_EQ(fault(with_fields(kDataFieldsMost)), "");
  EXPECT_EQ(event_.fields.size(), kDataFieldsMost);
  EXPECT_NE(event_.find("f63"), nullptr);
  EXPECT_EQ(fault(with_fields(kDataFieldsMost + 1)), "data has more than 64 fields");
  EXPECT_EQ(fault(with_data(R"({"a":1,"b":2,"a":3})")), "a key of data is there twice");
  EXPECT_EQ(fault(with_data(R"({"a":1,"\u0061":3})")), "a key of data is there twice");
  // Not those of what data holds: it is passed on as it came.
  EXPECT_EQ(fault(with_data(R"({"o":{"a":1,"a":2}})")), "");
}

TEST_F(EventReaderTest, KeysOfTheEnvelopeAreThereOnce) {
  for (const std::string_view twice :
       {R"({"event":"e","event":"e"})", R"({"event":"e","data":1,"data":{}})",
        R"({"event":"e","data":{},"data":{}})", R"({"event":"e","requestId":1,"requestId":1})",
        R"({"event":"e","version":"1","version":"1"})", R"({"event":"e","ev\u0065nt":"e"})"}) {
    EXPECT_EQ(fault(twice), "a key of the envelope is there twice") << twice;
  }
  EXPECT_EQ(fault(R"({"event":"e","x":1,"x":2})"), "");
}

TEST_F(EventReaderTest, AFaultStillNamesTheRequest) {
  EXPECT_NE(fault(R"({"requestId":"7","event":"","data":{}})"), "");
  EXPECT_EQ(event_.request_id_raw, "\"7\"");
  EXPECT_NE(fault(R"({"event":1,"requestId":8})"), "");
  EXPECT_EQ(event_.request_id_raw, "8");
  EXPECT_NE(fault(R"({"requestId":"9","event":"e","data":[1 2]})"), "");
  EXPECT_EQ(event_.request_id_raw, "\"9\"");
  EXPECT_NE(fault(R"({"event":"e","data":[1 2],"requestId":"9"})"), "");
  EXPECT_TRUE(event_.request_id_raw.empty());
}

TEST_F(EventReaderTest, ManyTextsWithEscapesFitInOneMessage) {
  std::string data = "[";
  for (int i = 0; i < 5'000; ++i) data += i == 0 ? R"("\n")" : R"(,"\n\"x")";
  EXPECT_EQ(fault(with_data(data + "]")), "");
  EXPECT_EQ(event_.data.raw.size(), data.size() + 1);
}

TEST(EventReaderKeys, CanBeRenamed) {
  EventReader reader({.event = "type", .data = "payload", .request_id = "id", .version = "v"});
  Event event;
  ASSERT_EQ(reader.read(base::as_bytes(R"({"type":"e","payload":{"a":1},"id":3,"v":"2"})"), event),
            nullptr);
  EXPECT_EQ(event.name, "e");
  EXPECT_EQ(event.request_id, "3");
  EXPECT_EQ(event.version, "2");
  EXPECT_EQ(event.fields.size(), 1U);
  EXPECT_NE(reader.read(base::as_bytes(R"({"event":"e"})"), event), nullptr);
}

}  // namespace
}  // namespace app
