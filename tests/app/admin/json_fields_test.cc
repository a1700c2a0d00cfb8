#include "app/admin/json_fields.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "app/gateway_limits.h"

namespace app {
namespace {

// What the mistakes are, as "field message".
std::vector<std::string> lines(const FieldMistakes& mistakes) {
  std::vector<std::string> lines;
  for (const FieldMistake& mistake : mistakes.all()) {
    lines.push_back(mistake.field + " " + mistake.message);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(JsonFields, ReadsEachTypeAndKeepsDataAsItWasWritten) {
  FieldMistakes mistakes;
  JsonFields fields(
      "{ \"name\" : \"caf\\u00e9\", \"n\":7 , \"on\":true,\"data\": { \"price\" : "
      "0.10000000000000001,"
      "\"big\":123456789012345678901234567890, \"t\":\" a  b \" } ,\"list\":[ \"x\" , \"y\" ]}",
      "", mistakes);
  EXPECT_EQ(fields.text("name", rule_of_user), "caf\xC3\xA9");
  EXPECT_EQ(fields.optional_number("n", 1, 9, 0), 7);
  EXPECT_TRUE(fields.optional_flag("on", false));
  EXPECT_EQ(fields.json("data"),
            "{\"price\":0.10000000000000001,\"big\":123456789012345678901234567890,"
            "\"t\":\" a  b \"}");
  EXPECT_EQ(fields.texts("list", 5, rule_of_role), (std::vector<std::string>{"x", "y"}));
  fields.finish();
  EXPECT_TRUE(mistakes.empty()) << lines(mistakes).front();
}

TEST(JsonFields, DataMayBeAnyJson) {
  for (const char* data : {"null", "1.5", "\"text\"", "[]", "[1,{\"a\":[]}]", "false"}) {
    FieldMistakes mistakes;
    const std::string text = "{\"data\":" + std::string(data) + "}";
    JsonFields fields(text, "", mistakes);
    EXPECT_EQ(fields.json("data"), data);
    EXPECT_TRUE(mistakes.empty());
  }
}

TEST(JsonFields, NotesWhatIsMissingWrongOrUnknown) {
  FieldMistakes mistakes;
  JsonFields fields(R"({"n":1.5,"on":1,"name":7,"list":{},"typo":1,"room":""})", "a.", mistakes);
  EXPECT_EQ(fields.text("name", rule_of_user), "");
  EXPECT_EQ(fields.optional_number("n", 0, 9, 4), 4);
  EXPECT_FALSE(fields.optional_flag("on", true));
  EXPECT_TRUE(fields.texts("list", 5, rule_of_role).empty());
  EXPECT_EQ(fields.text("room", rule_of_room), "");
  EXPECT_EQ(fields.json("data"), "null");
  fields.finish();
  EXPECT_EQ(lines(mistakes),
            (Lines{"a.name must be a string", "a.n must be a whole number from 0 to 9",
                   "a.on must be true or false", "a.list must be a list",
                   "a.room must be 1 to 128 bytes without control characters", "a.data is missing",
                   "a.typo is not a field of this call"}));
}

TEST(JsonFields, NotesAFieldThatIsThereTwiceHoweverItIsWritten) {
  FieldMistakes mistakes;
  JsonFields fields(R"({"keep":true,"k\u0065ep":false})", "", mistakes);
  fields.optional_flag("keep", true);
  fields.finish();
  EXPECT_EQ(lines(mistakes), (Lines{"keep is there more than once"}));
}

TEST(JsonFields, JudgesTheElementsOfAListByTheirPlaces) {
  FieldMistakes mistakes;
  JsonFields fields(R"({"roles":["a",1,""],"more":["a","b"]})", "", mistakes);
  fields.texts("roles", 5, rule_of_role);
  fields.texts("more", 1, rule_of_role);
  EXPECT_EQ(lines(mistakes), (Lines{"roles[1] must be a string",
                                    "roles[2] must be 1 to 64 bytes without control characters",
                                    "more must have at most 1 elements"}));
}

TEST(JsonFields, NumbersAreWholeAndWithinBounds) {
  for (const char* number :
       {"0", "10", "-1", "1e0", "1.0", "\"5\"", "null", "99999999999999999999"}) {
    FieldMistakes mistakes;
    const std::string text = "{\"n\":" + std::string(number) + "}";
    JsonFields fields(text, "", mistakes);
    EXPECT_EQ(fields.optional_number("n", 1, 9, 5), 5) << number;
    EXPECT_EQ(mistakes.all().size(), 1U) << number;
  }
}

TEST(FieldMistakes, KeepsABoundedNumberOfBoundedLength) {
  FieldMistakes mistakes;
  for (int i = 0; i < 100; ++i) mistakes.add(std::string(5000, 'f'), "is wrong");
  EXPECT_EQ(mistakes.all().size(), kAdminMistakesMost);
  EXPECT_EQ(mistakes.all().front().field.size(), kAdminFieldBytesMost);
}

}  // namespace
}  // namespace app
