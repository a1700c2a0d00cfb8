#include "app/admin/query_fields.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/gateway_limits.h"

namespace app {
namespace {

TEST(QueryFields, ReadsDecodedParameters) {
  FieldMistakes mistakes;
  QueryFields query("tenant=acme&prefix=a%26b+c&after=18446744073709551615&&limit=1000", mistakes);
  EXPECT_EQ(query.optional_text("tenant", rule_of_tenant), "acme");
  EXPECT_EQ(query.optional_text("prefix", rule_of_prefix), "a&b c");
  EXPECT_EQ(query.optional_number("after", 0, UINT64_MAX, 1), UINT64_MAX);
  EXPECT_EQ(query.limit(), kPageEntriesMost);
  query.finish();
  EXPECT_TRUE(mistakes.empty());
}

TEST(QueryFields, NotesWhatIsWrong) {
  FieldMistakes mistakes;
  QueryFields query("tenant=a/b&limit=1001&tenat=x&bad=%zz&cursor=0.1&cursor=0.2", mistakes);
  EXPECT_EQ(query.optional_text("tenant", rule_of_tenant), "");
  EXPECT_EQ(query.limit(), kPageEntriesDefault);
  query.optional_text("cursor", rule_of_cursor);
  query.finish();
  std::vector<std::string> fields;
  for (const FieldMistake& mistake : mistakes.all()) fields.push_back(mistake.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"bad=%zz", "cursor", "tenant", "limit", "tenat"}));
}

TEST(QueryFields, NumbersAreWholeAndWithinBounds) {
  for (const char* number : {"", "0", "-1", "1.5", "1e2", "0x10", " 5", "99999999999999999999"}) {
    FieldMistakes mistakes;
    const std::string text = "limit=" + std::string(number);
    QueryFields query(text, mistakes);
    EXPECT_EQ(query.limit(), kPageEntriesDefault);
    EXPECT_EQ(mistakes.all().size(), 1U) << number;
  }
}

}  // namespace
}  // namespace app
