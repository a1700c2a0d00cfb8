#include "protocol/http_response.h"

#include <gtest/gtest.h>

#include <string>

namespace protocol {
namespace {

TEST(HttpResponse, IsCompleteAndCloses) {
  EXPECT_EQ(write_response(HttpStatus::ok, "application/json", "{}"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n"
            "Connection: close\r\n"
            "\r\n"
            "{}");
}

TEST(HttpResponse, SaysWhatItsStatusObligesItTo) {
  const std::string not_allowed = write_refusal(refuse(Violation::request_method_not_get));
  EXPECT_TRUE(not_allowed.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_NE(not_allowed.find("\r\nAllow: GET\r\n"), std::string::npos);

  const std::string upgrade = write_refusal(refuse(Violation::upgrade_not_requested));
  EXPECT_TRUE(upgrade.starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
  EXPECT_NE(upgrade.find("\r\nUpgrade: websocket\r\n"), std::string::npos);
  EXPECT_NE(upgrade.find("\r\nSec-WebSocket-Version: 13\r\n"), std::string::npos);
  EXPECT_NE(upgrade.find("\r\nConnection: close, Upgrade\r\n"), std::string::npos);

  const std::string busy = write_response(HttpStatus::service_unavailable, "text/plain", "busy\n");
  EXPECT_NE(busy.find("\r\nRetry-After: 5\r\n"), std::string::npos);
}

TEST(HttpResponse, LetsTheCallerKnowBetter) {
  const HttpHeader headers[] = {{"retry-after", "60"}, {"X-Reason", "memory"}};
  const std::string busy =
      write_response(HttpStatus::service_unavailable, "text/plain", "busy\n", headers);
  EXPECT_EQ(busy.find("Retry-After: 5"), std::string::npos);
  EXPECT_NE(busy.find("\r\nretry-after: 60\r\nX-Reason: memory\r\n"), std::string::npos);
}

TEST(HttpResponse, TellsTheReasonInOneLine) {
  const std::string refused = write_refusal(refuse(Violation::request_host_invalid));
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(refused.ends_with("\r\n\r\nThe request must have exactly one valid Host.\n"));
}

TEST(HttpResponseDeathTest, SplittingAResponseIsOurBug) {
  const HttpHeader headers[] = {{"Location", "/\r\nSet-Cookie: a=b"}};
  EXPECT_DEATH(write_response(HttpStatus::ok, "text/plain", "", headers), "CHECK failed");
}

TEST(HttpStatus, EveryOneHasItsPhrase) {
  for (const int status : {101, 200, 400, 401, 403, 404, 405, 413, 414, 426, 429, 431, 500, 503}) {
    EXPECT_NE(reason_phrase(static_cast<HttpStatus>(status)), "Unknown") << status;
  }
}

}  // namespace
}  // namespace protocol
