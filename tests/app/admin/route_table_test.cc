#include "app/admin/route_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace app {
namespace {

std::string path_of(const RouteMatch& match) {
  return match.route == nullptr ? "none" : std::string(match.route->path);
}

TEST(FindRoute, TakesNamesOutOfThePathAndDecodesEach) {
  const RouteMatch match = find_route("GET", "/api/v1/rooms/acme/a%2Fb%20c/history");
  EXPECT_EQ(path_of(match), "/api/v1/rooms/{tenant}/{room}/history");
  EXPECT_EQ(match.names, (std::vector<std::string>{"acme", "a/b c"}));
  EXPECT_EQ(find_route("GET", "/api/v1/rooms/acme/%2e%2e/history").names.at(1), "..");
}

TEST(FindRoute, AnswersHeadAsGet) {
  EXPECT_EQ(path_of(find_route("HEAD", "/metrics")), "/metrics");
  EXPECT_EQ(path_of(find_route("HEAD", "/")), "/");
}

TEST(FindRoute, SaysWhichMethodsThePathHas) {
  EXPECT_EQ(find_route("GET", "/api/v1/publish").allowed, "POST");
  EXPECT_EQ(find_route("PUT", "/api/v1/subscriptions").allowed, "POST, DELETE");
  EXPECT_EQ(find_route("POST", "/api/v1/connections/7").allowed, "GET, HEAD, DELETE");
}

TEST(FindRoute, FindsNothingElse) {
  for (const char* path :
       {"", "//", "/health/", "//health", "/Health", "/api", "/api/v1", "/api/v1/", "/../health",
        "/api/v1/rooms/acme/history", "/api/v1/rooms/acme/a/b/history",
        "/api/v1/rooms/acme/%zz/history", "/api/v1/rooms/a/../../../../etc/passwd", "/etc/passwd",
        "/health%00", "/%2e%2e/health"}) {
    const RouteMatch match = find_route("GET", path);
    EXPECT_EQ(path_of(match), "none") << path;
    EXPECT_EQ(match.allowed, "") << path;
  }
}

TEST(Routes, ThatChangeSomethingNeedAKey) {
  for (const Route& route : routes()) {
    EXPECT_EQ(route.path.starts_with("/api/"), route.access == Access::key) << route.path;
    EXPECT_TRUE(route.method == "GET" || route.access == Access::key) << route.path;
  }
}

// The routes of docs/openapi.yaml: a path is a key two spaces deep under `paths:`, a method one
// that is four spaces deep.
std::set<std::string> documented_routes() {
  std::set<std::string> found;
  std::ifstream file("docs/openapi.yaml");
  std::string line;
  std::string path;
  bool is_in_paths = false;
  while (std::getline(file, line)) {
    if (!line.empty() && line[0] != ' ' && line[0] != '#') is_in_paths = line == "paths:";
    if (!is_in_paths || line.empty() || line.back() != ':') continue;
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    for (const char* method : {"get", "put", "post", "delete", "patch", "head", "options"}) {
      if (line != "    " + std::string(method) + ":") continue;
      std::string name(method);
      for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
      found.insert(name + " " + path);
    }
  }
  return found;
}

TEST(Routes, AreThoseOfTheDescription) {
  std::set<std::string> ours;
  for (const Route& route : routes()) {
    ours.insert(std::string(route.method) + " " + std::string(route.path));
  }
  EXPECT_EQ(ours.size(), routes().size());
  EXPECT_EQ(documented_routes(), ours);
}

}  // namespace
}  // namespace app
