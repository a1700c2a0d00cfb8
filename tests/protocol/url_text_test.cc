#include "protocol/url_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace protocol {
namespace {

TEST(DecodePercents, DecodesOrRefuses) {
  EXPECT_EQ(decode_percents("a%2Fb%20c", PlusIs::plus), "a/b c");
  EXPECT_EQ(decode_percents("a+b", PlusIs::plus), "a+b");
  EXPECT_EQ(decode_percents("a+b%2B", PlusIs::space), "a b+");
  EXPECT_EQ(decode_percents("%2e%2E", PlusIs::plus), "..");
  EXPECT_EQ(decode_percents("%00", PlusIs::plus), std::string(1, '\0'));
  EXPECT_EQ(decode_percents("%ff%FF", PlusIs::plus), "\xff\xff");
  for (const char* text : {"%", "%2", "%2g", "%g2", "%-1", "%+1", "% 1", "a%"}) {
    EXPECT_FALSE(decode_percents(text, PlusIs::plus)) << text;
    EXPECT_FALSE(decode_percents(text, PlusIs::space)) << text;
  }
}

TEST(QueryPairs, AreTakenOffTheFront) {
  std::string_view query = "a=1&b&=c&&d=e=%26&";
  std::vector<std::string> found;
  while (!query.empty()) {
    const QueryPair pair = next_query_pair(query);
    found.push_back(std::string(pair.text) + " " + std::string(pair.name) + "|" +
                    std::string(pair.value));
  }
  EXPECT_EQ(found, (std::vector<std::string>{"a=1 a|1", "b b|", "=c |c", " |", "d=e=%26 d|e=%26"}));
}

}  // namespace
}  // namespace protocol
