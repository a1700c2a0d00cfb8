#include "loadgen/report_html/html_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace loadgen {
namespace {

TEST(HtmlText, LeavesNothingThatIsMarkup) {
  EXPECT_EQ(html_escaped("<b class='x' id=\"y\">&amp;</b>"),
            "&lt;b class=&#39;x&#39; id=&quot;y&quot;&gt;&amp;amp;&lt;/b&gt;");
  EXPECT_EQ(html_escaped("plain é"), "plain é");
  EXPECT_EQ(html_escaped(std::string_view("a\0b", 3)), "ab");
}

TEST(HtmlText, LetsNoJsonEndItsScript) {
  const nlohmann::json json = {{"a", "</script><!--"}};
  const std::string text = script_escaped(json.dump());
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text), json);
}

}  // namespace
}  // namespace loadgen
