// Every call of the server API over real HTTP: what reaches Control, what comes back, and what is
// wrong with calls that are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "app/gateway_limits.h"
#include "tests/app/admin/running_admin.h"

namespace app {
namespace {

using nlohmann::json;
using tests::field_of;
using tests::json_of;
using tests::RunningAdmin;

TEST(PublishCall, ReachesControlWithAllItsFields) {
  RunningAdmin admin;
  admin.control.publish_step = [](const auto&) {
    return PublishOutcome{.number = 42, .matched = 3, .queued = 2, .conflated = 1};
  };
  const auto response =
      admin.send("POST", "/api/v1/publish",
                 R"({"target":{"kind":"room","tenant":"acme","name":"lobby"},"event":"news",
      "data":{"price": 0.10},"exceptConnection":"c7","messageId":"m1","key":"A\u0001",
      "keep":false})");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(admin.control.last(),
            "publish room:acme/lobby news {\"price\":0.10} except=c7 id=m1 key=A\x01 keep=false");
  EXPECT_EQ(json_of(response), json::parse(R"({"complete":true,"duplicate":false,"number":42,
      "matched":3,"queued":2,"conflated":1,"dropped":0})"));
}

TEST(PublishCall, AddressesEachKindOfTarget) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"kind":"connection","name":"c1"})", "connection:/c1"},
      {R"({"kind":"user","tenant":"acme","name":"ada"})", "user:acme/ada"},
      {R"({"kind":"tenant","tenant":"acme"})", "tenant:acme/"},
      {R"({"kind":"room","tenant":"acme","name":"a/b"})", "room:acme/a/b"},
      {R"({"kind":"room","tenant":"acme","name":"user:ada"})", "user:acme/ada"},
      {R"({"kind":"room","tenant":"acme","name":"user:"})", "room:acme/user:"},
      {R"({"kind":"everybody"})", "everybody:/"}};
  RunningAdmin admin;
  for (const auto& [target, text] : cases) {
    const auto response =
        admin.send("POST", "/api/v1/publish", R"({"event":"e","data":1,"target":)" + target + "}");
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(admin.control.last(), "publish " + text + " e 1 except= id= key= keep=true");
  }
}

TEST(PublishCall, RefusesWhatIsNotAsItMustBe) {
  const std::string room = R"("target":{"kind":"room","tenant":"acme","name":"r"})";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{" + room + R"(,"data":1})", "event"},
      {"{" + room + R"(,"event":"e"})", "data"},
      {"{" + room + R"(,"event":"","data":1})", "event"},
      {"{" + room + R"(,"event":7,"data":1})", "event"},
      {"{" + room + R"(,"event":"e","data":1,"exeptConnection":"c"})", "exeptConnection"},
      {"{" + room + R"(,"event":"e","data":1,"keep":"no"})", "keep"},
      {"{" + room + R"(,"event":"e","data":1,"key":""})", "key"},
      {"{" + room + R"(,"event":"e","data":1,"key":7})", "key"},
      {"{" + room + R"(,"event":"e","data":1,"key":")" + std::string(129, 'k') + "\"}", "key"},
      {"{" + room + R"(,"event":"e","event":"f","data":1})", "event"},
      {R"({"event":"e","data":1})", "target"},
      {R"({"event":"e","data":1,"target":"room"})", "target"},
      {R"({"event":"e","data":1,"target":{}})", "target.kind"},
      {R"({"event":"e","data":1,"target":{"kind":"rom"}})", "target.kind"},
      {R"({"event":"e","data":1,"target":{"kind":"room","tenant":"acme"}})", "target.name"},
      {R"({"event":"e","data":1,"target":{"kind":"user","name":"ada"}})", "target.tenant"},
      {R"({"event":"e","data":1,"target":{"kind":"everybody","name":"ada"}})", "target.name"},
      {R"({"event":"e","data":1,"target":{"kind":"tenant","tenant":"a b"}})", "target.tenant"},
      {R"({"event":"e","data":1,"messageId":"m","target":{"kind":"everybody"}})", "messageId"},
      {R"({"event":"e","data":1,"key":"k","target":{"kind":"tenant","tenant":"acme"}})", "key"},
      {R"({"event":"e","data":1,"key":"k",
           "target":{"kind":"room","tenant":"acme","name":"user:ada"}})",
       "key"},
      {R"({"event":"e","data":1,"keep":true,"target":{"kind":"everybody"}})", "keep"}};
  RunningAdmin admin;
  for (const auto& [body, field] : cases) {
    const auto response = admin.send("POST", "/api/v1/publish", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(response.get_header_value("Content-Type"), "application/problem+json");
    EXPECT_EQ(field_of(response), field) << body;
  }
  EXPECT_TRUE(admin.control.asked().empty());
}

// What nobody would hear is refused; what they need not be in a room for is not.
TEST(PublishCall, WithoutTenantRoomsRefusesWhatIsForOne) {
  RunningAdmin admin;
  admin.control.tenant_rooms = false;
  for (const std::string target : {R"({"kind":"tenant","tenant":"acme"})",
                                   R"({"kind":"room","tenant":"acme","name":"tenant:acme"})"}) {
    const std::string publication = R"({"event":"e","data":1,"target":)" + target + "}";
    const auto response = admin.send("POST", "/api/v1/publish", publication);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(field_of(response), "target");
    EXPECT_NE(response.body.find("rooms.tenant_room is off"), std::string::npos) << response.body;
    const auto batch =
        admin.send("POST", "/api/v1/publish/batch", R"({"publications":[)" + publication + "]}");
    EXPECT_EQ(json_of(batch).at("results").at(0).at("status"), 400) << batch.body;
  }
  EXPECT_TRUE(admin.control.asked().empty());
  for (const std::string target :
       {R"({"kind":"user","tenant":"acme","name":"ada"})",
        R"({"kind":"room","tenant":"acme","name":"r"})", R"({"kind":"everybody"})"}) {
    EXPECT_EQ(
        admin.send("POST", "/api/v1/publish", R"({"event":"e","data":1,"target":)" + target + "}")
            .status,
        200);
  }
  EXPECT_EQ(admin.send("POST", "/api/v1/disconnect", R"({"target":{"kind":"tenant","tenant":"a"}})")
                .status,
            200);
}

TEST(PublishCall, IsAProblemWhenTheGatewayCannot) {
  RunningAdmin admin;
  admin.control.failure = "draining";
  const auto response = admin.send("POST", "/api/v1/publish",
                                   R"({"event":"e","data":1,"target":{"kind":"everybody"}})");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.get_header_value("Retry-After"), "1");
  EXPECT_EQ(json_of(response).at("type"), "/problems/unavailable");
  EXPECT_EQ(json_of(response).at("detail"), "draining");
}

TEST(PublishBatch, AnswersInOrderAndAMistakeStopsNothing) {
  RunningAdmin admin;
  admin.control.publish_step = [](const ServerPublication& publication) {
    if (publication.event == "fails") return base::Result<PublishOutcome>(base::Error{"no"});
    return base::Result<PublishOutcome>(PublishOutcome{.number = publication.event.size()});
  };
  const std::string rest = R"(,"data":1,"target":{"kind":"everybody"}})";
  const auto response =
      admin.send("POST", "/api/v1/publish/batch",
                 R"({"publications":[{"event":"a")" + rest + R"(,7,{"event":"")" + rest +
                     R"(,{"event":"fails")" + rest + R"(,{"event":"four")" + rest + "]}");
  EXPECT_EQ(response.status, 200);
  const json results = json_of(response).at("results");
  ASSERT_EQ(results.size(), 5U);
  EXPECT_EQ(results.at(0).at("result").at("number"), 1);
  EXPECT_EQ(results.at(1).at("problem").at("errors").at(0).at("field"), "publications[1]");
  EXPECT_EQ(results.at(2).at("problem").at("errors").at(0).at("field"), "publications[2].event");
  EXPECT_EQ(results.at(3).at("status"), 503);
  EXPECT_EQ(results.at(4).at("result").at("number"), 4);
}

TEST(PublishBatch, TakesAThousandAndNoMore) {
  RunningAdmin admin;
  const auto batch = [](std::size_t size) {
    std::string body = R"({"publications":[)";
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) body += ',';
      body += R"({"event":"e","data":1,"target":{"kind":"everybody"}})";
    }
    return body + "]}";
  };
  const auto most = admin.send("POST", "/api/v1/publish/batch", batch(kAdminPublicationsMost));
  EXPECT_EQ(json_of(most).at("results").size(), kAdminPublicationsMost);
  EXPECT_EQ(admin.control.asked().size(), kAdminPublicationsMost);
  const auto more = admin.send("POST", "/api/v1/publish/batch", batch(kAdminPublicationsMost + 1));
  EXPECT_EQ(field_of(more), "publications");
  EXPECT_EQ(field_of(admin.send("POST", "/api/v1/publish/batch", R"({"publications":{}})")),
            "publications");
  EXPECT_EQ(
      field_of(admin.send("POST", "/api/v1/publish/batch", R"({"publications":[],"mode":1})")),
      "mode");
}

TEST(BroadcastCall, GoesToEverybody) {
  RunningAdmin admin;
  EXPECT_EQ(admin.send("POST", "/api/v1/broadcast", R"({"event":"e","data":[1, 2]})").status, 200);
  EXPECT_EQ(admin.control.last(), "publish everybody:/ e [1,2] except= id= key= keep=true");
  EXPECT_EQ(field_of(admin.send("POST", "/api/v1/broadcast",
                                R"({"event":"e","data":1,"target":{"kind":"everybody"}})")),
            "target");
}

TEST(SessionCalls, ReachControlAndCountConnections) {
  const std::string member = R"({"tenant":"acme","user":"ada","room":"lobby"})";
  const std::string target = R"({"target":{"kind":"user","tenant":"acme","name":"ada"})";
  struct Case {
    std::string method, path, body, asked;
  };
  const std::vector<Case> cases{
      {"POST", "subscriptions", member, "subscribe acme ada lobby"},
      {"DELETE", "subscriptions", member, "unsubscribe acme ada lobby"},
      {"POST", "disconnect", target + "}", "disconnect user:acme/ada 1008 '' -1"},
      {"POST", "disconnect", target + R"(,"code":4001,"reason":"bye","reconnectAfterMs":500})",
       "disconnect user:acme/ada 4001 'bye' 500"},
      {"POST", "revocations", R"({"tokenId":"t1"})", "revoke t1|| until 0"},
      {"POST", "revocations", R"({"tenant":"acme","user":"ada","until":99999999999})",
       "revoke |acme|ada until 99999999999"},
      {"PUT", "users/acme/ada%20l/roles", R"({"roles":["a","b"],"permissions":["c"]})",
       "roles acme ada l a+b c"},
      {"PUT", "users/acme/ada/roles", R"({"roles":[],"permissions":[]})", "roles acme ada  "}};
  RunningAdmin admin;
  admin.control.changed = 5;
  for (const Case& one : cases) {
    const auto response = admin.send(one.method, "/api/v1/" + one.path, one.body);
    EXPECT_EQ(response.status, 200) << one.path << response.body;
    EXPECT_EQ(json_of(response), json({{"complete", true}, {"connections", 5}})) << one.path;
    EXPECT_EQ(admin.control.last(), one.asked);
  }
}

TEST(SessionCalls, RefuseWhatIsNotAsItMustBe) {
  const std::string target = R"({"target":{"kind":"everybody"})";
  struct Case {
    std::string method, path, body, field;
  };
  const std::vector<Case> cases{
      {"POST", "subscriptions", R"({"tenant":"acme","user":"ada"})", "room"},
      {"DELETE", "subscriptions", R"({"tenant":"acme","room":"r"})", "user"},
      {"POST", "disconnect", target + R"(,"code":1005})", "code"},
      {"POST", "disconnect", target + R"(,"code":1016})", "code"},
      {"POST", "disconnect", target + R"(,"code":5000})", "code"},
      {"POST", "disconnect", target + R"(,"reason":")" + std::string(124, 'x') + "\"}", "reason"},
      {"POST", "disconnect", target + R"(,"reconnectAfterMs":-1})", "reconnectAfterMs"},
      {"POST", "revocations", R"({"tokenId":"t","user":"ada"})", "user"},
      {"POST", "revocations", R"({"tenant":"acme"})", "user"},
      {"POST", "revocations", R"({"tokenId":"t","until":-1})", "until"},
      {"POST", "revocations", R"({"tokenId":"t","until":1700000000})", "until"},
      {"PUT", "users/acme/ada/roles", R"({"roles":[]})", "permissions"},
      {"PUT", "users/acme/ada/roles", R"({"roles":[""],"permissions":[]})", "roles[0]"},
      {"PUT", "users/a%20b/ada/roles", R"({"roles":[],"permissions":[]})", "tenant"},
      {"PUT", "users/acme/a%0Ab/roles", R"({"roles":[],"permissions":[]})", "user"}};
  RunningAdmin admin;
  for (const Case& one : cases) {
    const auto response = admin.send(one.method, "/api/v1/" + one.path, one.body);
    EXPECT_EQ(response.status, 400) << one.path << one.body;
    EXPECT_EQ(field_of(response), one.field) << one.path << one.body;
  }
  EXPECT_TRUE(admin.control.asked().empty());
}

TEST(SessionCalls, RefuseListsThatAreTooLong) {
  RunningAdmin admin;
  json roles = json::array();
  for (std::size_t i = 0; i <= kRolesMost; ++i) roles.push_back("r" + std::to_string(i));
  const json body{{"roles", roles}, {"permissions", json::array()}};
  EXPECT_EQ(field_of(admin.send("PUT", "/api/v1/users/acme/ada/roles", body.dump())), "roles");
}

TEST(RoomCalls, TellRoomsMembersAndHistory) {
  RunningAdmin admin;
  admin.control.room_page = {.rooms = {{"acme", "lobby", 3, 9}}, .next = "c2"};
  admin.control.members = {.count = 2, .members = {{"ada", "c1", "employee"}}, .next = "m2"};
  admin.control.events = {.complete = false,
                          .epoch = "e\"1",
                          .first = 4,
                          .last = 5,
                          .events = {{4, R"({"data":0.10})"}, {5, R"({"data":[{}]})"}}};
  EXPECT_EQ(json_of(admin.send("GET", "/api/v1/rooms?tenant=acme&prefix=lo&cursor=1.2&limit=7")),
            json::parse(R"({"complete":true,"next":"c2",
                "rooms":[{"tenant":"acme","name":"lobby","members":3,"number":9}]})"));
  EXPECT_EQ(admin.control.last(), "rooms 'acme' 'lo' '1.2' 7");
  EXPECT_EQ(json_of(admin.send("GET", "/api/v1/rooms/acme/a%2Fb/presence")),
            json::parse(R"({"complete":true,"count":2,"next":"m2",
                "members":[{"user":"ada","connection":"c1","type":"employee"}]})"));
  EXPECT_EQ(admin.control.last(), "presence acme a/b '' 100");
  const auto history = admin.send("GET", "/api/v1/rooms/acme/lobby/history?after=3&limit=2");
  EXPECT_EQ(admin.control.last(), "history acme lobby 3 2");
  EXPECT_EQ(history.body,
            R"({"complete":false,"epoch":"e\"1","first":4,"last":5,"events":[)"
            R"({"number":4,"event":{"data":0.10}},{"number":5,"event":{"data":[{}]}}]})"
            "\n");
}

TEST(RoomCalls, RefuseWhatIsNotAsItMustBe) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"rooms?limit=0", "limit"},
      {"rooms?limit=1001", "limit"},
      {"rooms?tenant=", "tenant"},
      {"rooms?room=x", "room"},
      {"rooms/a%20b/lobby/presence", "tenant"},
      {"rooms/acme/%00/presence", "room"},
      {"rooms/acme/lobby/presence?after=1", "after"},
      {"connections?order=slowest&cursor=0.5", "cursor"},
      {"rooms/acme/lobby/history?after=-1", "after"},
      {"rooms/acme//history", "room"},
      {"connections?room=r", "tenant"},
      {"connections?order=fastest", "order"},
      {"connections?cursor=1.2&cursor=1.3", "cursor"},
      {"connections?cursor=garbage", "cursor"},
      {"rooms?cursor=9-9", "cursor"},
      {"rooms/acme/lobby/presence?cursor=-1", "cursor"},
      {"rooms/acme/user%3Aada/presence", "room"}};
  RunningAdmin admin;
  for (const auto& [target, field] : cases) {
    const auto response = admin.send("GET", "/api/v1/" + target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_EQ(field_of(response), field) << target;
  }
  EXPECT_TRUE(admin.control.asked().empty());
}

// A room's name that comes through ends the process where the gateway checks it: none may, whatever
// the call and however it is written.
TEST(RoomNames, ThatAreBadReachControlByNoCall) {
  std::vector<std::pair<std::string, std::string>> names{// As JSON has them, as a path does.
                                                         {"", ""},
                                                         {R"(a\u0000b)", "a%00b"},
                                                         {R"(a\nb)", "a%0Ab"},
                                                         {R"(\u001f)", "%1f"},
                                                         {"a\x7f", "a%7F"},
                                                         {R"(\u007f)", "%7f"},
                                                         {"user:\x01", "user:%01"},
                                                         {R"(user:\u0001)", "user:%01"},
                                                         {R"(r","name":"\u0001)", "%ff"},
                                                         {R"(\u0001","name":"r)", "%C3"}};
  const std::string too_long(kRoomNameTextMax + 1, 'x');
  names.emplace_back(too_long, too_long);
  names.emplace_back("user:" + std::string(kRoomNameTextMax, 'x'), std::string(999, 'x'));
  RunningAdmin admin;
  const auto refused = [&](const std::string& method, const std::string& path,
                           const std::string& body) {
    EXPECT_EQ(admin.send(method, "/api/v1/" + path, body).status, 400) << path << ' ' << body;
  };
  for (const auto& [text, path] : names) {
    const std::string target = R"("target":{"kind":"room","tenant":"acme","name":")" + text + "\"}";
    const std::string publication = R"({"event":"e","data":1,)" + target + "}";
    const std::string membership = R"({"tenant":"acme","user":"ada","room":")" + text + "\"}";
    refused("POST", "publish", publication);
    refused("POST", "disconnect", "{" + target + "}");
    refused("POST", "subscriptions", membership);
    refused("DELETE", "subscriptions", membership);
    refused("GET", "rooms/acme/" + path + "/presence", "");
    refused("GET", "rooms/acme/" + path + "/history", "");
    refused("GET", "connections?tenant=acme&room=" + path, "");
    const auto batch = admin.send("POST", "/api/v1/publish/batch",
                                  R"({"publications":[)" + publication + "," + publication + "]}");
    if (batch.status == 400) continue;  // What is no JSON at all is refused as a whole.
    const json answer = json_of(batch);
    for (const json& result : answer.at("results")) EXPECT_EQ(result.at("status"), 400);
  }
  for (const std::string name : {"user:ada", "tenant:acme", "user:", "tenant:"}) {
    const std::string membership = R"({"tenant":"acme","user":"ada","room":")" + name + "\"}";
    refused("POST", "subscriptions", membership);
    refused("DELETE", "subscriptions", membership);
  }
  EXPECT_THAT(admin.control.asked(), testing::IsEmpty());
}

TEST(ConnectionCalls, TellAndEndConnections) {
  RunningAdmin admin;
  admin.control.connection_page.connections = {
      {.id = "c1", .tenant = "acme", .user = "ada", .shard = 1, .connected_at = 5, .rooms = {"r"}}};
  const auto page = admin.send(
      "GET", "/api/v1/connections?tenant=acme&user=ada&room=r&order=id&cursor=0.3&limit=3");
  EXPECT_EQ(admin.control.last(), "connections 'acme' 'ada' 'r' id '0.3' 3");
  EXPECT_EQ(json_of(page).at("connections").at(0).at("id"), "c1");

  const json one = json_of(admin.send("GET", "/api/v1/connections/c1"));
  EXPECT_EQ(one.at("connectedAt"), 5);
  EXPECT_TRUE(one.at("rttMs").is_null());
  EXPECT_TRUE(one.at("expiresAt").is_null());
  EXPECT_EQ(one.at("rooms"), json({"r"}));

  EXPECT_EQ(json_of(admin.send("DELETE", "/api/v1/connections/c1")),
            json({{"complete", true}, {"connections", 1}}));
  EXPECT_EQ(admin.control.last(), "disconnect connection:/c1 1008 '' -1");
}

TEST(ConnectionCalls, OfAnUnknownOneAreNotFound) {
  RunningAdmin admin;
  admin.control.changed = 0;
  for (const char* method : {"GET", "DELETE"}) {
    for (const char* id : {"none", "", "%00", "a%0Ab"}) {
      const auto response = admin.send(method, std::string("/api/v1/connections/") + id);
      EXPECT_EQ(response.status, 404) << method << id;
      EXPECT_EQ(json_of(response).at("type"), "/problems/not-found");
    }
  }
}

}  // namespace
}  // namespace app
