#include "app/events/schema.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace app {
namespace {

class SchemaTest : public testing::Test {
 protected:
  // What is wrong with the data; empty: nothing.
  std::string mistake(const std::string& data, const std::vector<FieldRule>& rules) {
    text_ = data.empty() ? R"({"event":"e"})" : R"({"event":"e","data":)" + data + "}";
    EXPECT_EQ(reader_.read(base::as_bytes(text_), event_), nullptr) << text_;
    const EventFault* const fault = checker_.check(event_, Schema(rules));
    if (fault == nullptr) {
      EXPECT_EQ(checker_.found().size(), rules.size());
      return "";
    }
    EXPECT_EQ(fault->code, ErrorCode::client_error);
    EXPECT_TRUE(fault->recoverable);
    EXPECT_FALSE(fault->message.empty());
    return std::string(fault->message);
  }

  EventReader reader_;
  Event event_;
  SchemaChecker checker_;

 private:
  std::string text_;
};

TEST_F(SchemaTest, KindsAreChecked) {
  const std::vector<FieldRule> rules{
      {.name = "content", .kinds = FieldKinds{FieldKind::string, FieldKind::object}}};
  EXPECT_EQ(mistake(R"({"content":"x"})", rules), "");
  EXPECT_EQ(mistake(R"({"content":{"a":1}})", rules), "");
  for (const std::string_view wrong : {"1", "true", "[]"}) {
    EXPECT_EQ(mistake(R"({"content":)" + std::string(wrong) + "}", rules),
              "data.content must be a string or an object")
        << wrong;
  }
}

// As many as there may be, each found by both its names, whatever their homes are.
TEST_F(SchemaTest, ManyRulesAreToldApart) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 2 * kSchemaRulesMost; ++i) names.push_back("n" + std::to_string(i));
  std::vector<FieldRule> rules;
  for (std::size_t i = 0; i < kSchemaRulesMost; ++i) {
    rules.push_back({.name = names[2 * i], .other_name = names[2 * i + 1]});
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(mistake(R"({")" + names[i] + R"(":"x","m1":"y","":"z"})", rules), "");
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
      ASSERT_EQ(checker_.found()[rule] != nullptr, rule == i / 2) << names[i];
    }
  }
}

TEST_F(SchemaTest, TheFirstNameCountsWhereBothAreThere) {
  const std::vector<FieldRule> rules{{.name = "room", .other_name = "roomId", .required = true}};
  for (const std::string_view data :
       {R"({"room":"a","roomId":"b"})", R"({"roomId":"b","room":"a"})"}) {
    ASSERT_EQ(mistake(std::string(data), rules), "");
    EXPECT_EQ(checker_.found()[0]->text, "a");
  }
  ASSERT_EQ(mistake(R"({"roomId":"b"})", rules), "");
  EXPECT_EQ(checker_.found()[0]->text, "b");
}

// Null is as good as not there, under whichever name, and in whichever order.
TEST_F(SchemaTest, ANullHidesNoOtherName) {
  const std::vector<FieldRule> rules{{.name = "room", .other_name = "roomId", .required = true}};
  for (const std::string_view data :
       {R"({"room":null,"roomId":"b"})", R"({"roomId":"b","room":null})",
        R"({"room":"b","roomId":null})", R"({"roomId":null,"room":"b"})"}) {
    ASSERT_EQ(mistake(std::string(data), rules), "") << data;
    EXPECT_EQ(checker_.found()[0]->text, "b") << data;
  }
  EXPECT_EQ(mistake(R"({"roomId":null,"room":null})", rules), "data.room is missing");
}

TEST(SchemaDeathTest, TwoRulesOfOneNameAreOurBug) {
  const std::vector<FieldRule> rules{{.name = "a", .other_name = "b"}, {.name = "b"}};
  EXPECT_DEATH(Schema{rules}, "CHECK");
}

TEST_F(SchemaTest, EveryKindHasItsWord) {
  const auto must = [this](FieldKind kind, const std::string& value) {
    return mistake(R"({"f":)" + value + "}", {{.name = "f", .kinds = FieldKinds{kind}}});
  };
  EXPECT_EQ(must(FieldKind::string, "1"), "data.f must be a string");
  EXPECT_EQ(must(FieldKind::number, "\"1\""), "data.f must be a number");
  EXPECT_EQ(must(FieldKind::boolean, "1"), "data.f must be true or false");
  EXPECT_EQ(must(FieldKind::object, "[]"), "data.f must be an object");
  EXPECT_EQ(must(FieldKind::array, "{}"), "data.f must be an array");
  EXPECT_EQ(must(FieldKind::null, "{}"), "data.f must be null");
  EXPECT_EQ(must(FieldKind::string, "\"\""), "");
  EXPECT_EQ(must(FieldKind::number, "1"), "");
  EXPECT_EQ(must(FieldKind::boolean, "false"), "");
  EXPECT_EQ(must(FieldKind::object, "{}"), "");
  EXPECT_EQ(must(FieldKind::array, "[]"), "");
  EXPECT_EQ(must(FieldKind::null, "null"), "");
}

TEST_F(SchemaTest, RequiredFieldsMustBeThere) {
  const std::vector<FieldRule> rules{{.name = "room", .required = true}, {.name = "note"}};
  EXPECT_EQ(mistake(R"({"room":"r"})", rules), "");
  EXPECT_NE(checker_.found()[0], nullptr);
  EXPECT_EQ(checker_.found()[1], nullptr);
  EXPECT_EQ(mistake(R"({"note":"n"})", rules), "data.room is missing");
  EXPECT_EQ(mistake(R"({"room":null})", rules), "data.room is missing");
  EXPECT_EQ(mistake("", rules), "data.room is missing");
  EXPECT_EQ(mistake("null", rules), "data.room is missing");
  EXPECT_EQ(mistake(R"({"room":"r","note":null,"more":[1]})", rules), "");
  EXPECT_EQ(checker_.found()[1], nullptr);
}

TEST_F(SchemaTest, DataMustBeAnObject) {
  for (const std::string_view wrong : {"1", "\"x\"", "[]", "true"}) {
    EXPECT_EQ(mistake(std::string(wrong), {{.name = "a"}}), "data must be an object") << wrong;
  }
  EXPECT_EQ(mistake("", {{.name = "a"}}), "");
}

TEST_F(SchemaTest, ANullThatIsAllowedIsFound) {
  const std::vector<FieldRule> rules{
      {.name = "a", .kinds = FieldKinds{FieldKind::null, FieldKind::string}, .required = true}};
  EXPECT_EQ(mistake(R"({"a":null})", rules), "");
  ASSERT_NE(checker_.found()[0], nullptr);
  EXPECT_EQ(checker_.found()[0]->kind, FieldKind::null);
}

TEST_F(SchemaTest, TheOtherNameIsReadWhereTheFirstIsNotThere) {
  const std::vector<FieldRule> rules{
      {.name = "room", .other_name = "roomId", .required = true, .bytes_max = 3}};
  EXPECT_EQ(mistake(R"({"roomId":"b"})", rules), "");
  EXPECT_EQ(checker_.found()[0]->text, "b");
  EXPECT_EQ(mistake(R"({"roomId":"b","room":"a"})", rules), "");
  EXPECT_EQ(checker_.found()[0]->text, "a");
  EXPECT_EQ(mistake(R"({"roomId":"long"})", rules), "data.roomId is longer than 3 bytes");
  EXPECT_EQ(mistake(R"({})", rules), "data.room is missing");
}

TEST_F(SchemaTest, BytesAreBounded) {
  const std::vector<FieldRule> rules{
      {.name = "s", .bytes_least = 2, .bytes_max = 4},
      {.name = "o", .kinds = FieldKinds{FieldKind::object}, .bytes_max = 7}};
  EXPECT_EQ(mistake(R"({"s":"ab"})", rules), "");
  // Of the text, not of what it is written with.
  EXPECT_EQ(mistake(R"({"s":"\u0061\u0062\u0063\u0064"})", rules), "");
  EXPECT_EQ(mistake(R"({"s":"abcde"})", rules), "data.s is longer than 4 bytes");
  EXPECT_EQ(mistake(R"({"s":"a"})", rules), "data.s is shorter than 2 bytes");
  EXPECT_EQ(mistake(R"({"s":""})", rules), "data.s is empty");
  EXPECT_EQ(mistake(R"({"o":{"a":1}})", rules), "");
  EXPECT_EQ(mistake(R"({"o":{"a":12}})", rules), "data.o is longer than 7 bytes");
}

TEST_F(SchemaTest, NumbersHaveARange) {
  const FieldKinds number{FieldKind::number};
  const std::vector<FieldRule> rules{
      {.name = "n", .kinds = number, .least = 1, .most = 10, .whole = true},
      {.name = "least", .kinds = number, .least = -0.5},
      {.name = "most", .kinds = number, .most = 2},
      {.name = "whole", .kinds = number, .whole = true}};
  EXPECT_EQ(mistake(R"({"n":1,"least":-0.5,"most":2,"whole":-7})", rules), "");
  EXPECT_EQ(mistake(R"({"n":10.0})", rules), "");
  for (const std::string_view wrong : {"0", "11", "1.5", "1e9"}) {
    EXPECT_EQ(mistake(R"({"n":)" + std::string(wrong) + "}", rules),
              "data.n must be a whole number from 1 up to 10")
        << wrong;
  }
  EXPECT_EQ(mistake(R"({"least":-1})", rules), "data.least must be a number from -0.5");
  EXPECT_EQ(mistake(R"({"most":2.5})", rules), "data.most must be a number up to 2");
  EXPECT_EQ(mistake(R"({"whole":0.5})", rules), "data.whole must be a whole number");
}

TEST_F(SchemaTest, AStringMayHaveToBeOneOfSome) {
  static constexpr std::array<std::string_view, 2> kChoices{"up", "down"};
  const std::vector<FieldRule> rules{{.name = "way",
                                      .kinds = FieldKinds{FieldKind::string, FieldKind::object},
                                      .one_of = kChoices}};
  EXPECT_EQ(mistake(R"({"way":"up"})", rules), "");
  EXPECT_EQ(mistake(R"({"way":"down"})", rules), "");
  EXPECT_EQ(mistake(R"({"way":{}})", rules), "");
  EXPECT_EQ(mistake(R"({"way":"left"})", rules), "data.way must be one of: up, down");
}

TEST_F(SchemaTest, TheFirstRuleThatIsBrokenIsTold) {
  EXPECT_EQ(mistake(R"({"b":1,"a":1})", {{.name = "a"}, {.name = "b"}}), "data.a must be a string");
}

}  // namespace
}  // namespace app
