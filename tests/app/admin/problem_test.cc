#include "app/admin/problem.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <set>
#include <string>

namespace app {
namespace {

TEST(Problem, HasTheMembersOfRfc9457) {
  const ApiAnswer answer = problem(ProblemKind::invalid_field, "put \"it\" right", "id-7",
                                   {{"target.name", "is missing"}, {"a\n", "\xff"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  const auto body = nlohmann::json::parse(answer.body);
  EXPECT_EQ(body.at("type"), "/problems/invalid-field");
  EXPECT_EQ(body.at("status"), 400);
  EXPECT_EQ(body.at("detail"), "put \"it\" right");
  EXPECT_EQ(body.at("instance"), "id-7");
  EXPECT_EQ(body.at("errors").at(0).at("field"), "target.name");
  EXPECT_EQ(body.at("errors").at(1).at("message"), "\xEF\xBF\xBD");
  EXPECT_FALSE(body.at("title").get<std::string>().empty());
}

TEST(Problem, EveryKindHasATypeOfItsOwnAndAnErrorStatus) {
  std::set<std::string_view> types;
  for (std::uint8_t i = 0; i < kProblemKindCount; ++i) {
    const auto kind = static_cast<ProblemKind>(i);
    EXPECT_TRUE(types.insert(type_of(kind)).second) << type_of(kind);
    EXPECT_GE(status_of(kind), 400);
    EXPECT_LT(status_of(kind), 600);
  }
}

TEST(Problem, OfAStatusThatNoKindHasIsAboutBlank) {
  EXPECT_EQ(nlohmann::json::parse(problem_of_status(431, "x").body).at("type"), "about:blank");
  EXPECT_EQ(nlohmann::json::parse(problem_of_status(404, "x").body).at("type"),
            "/problems/not-found");
}

}  // namespace
}  // namespace app
