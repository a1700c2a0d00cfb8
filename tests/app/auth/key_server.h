// KeyServer: an issuer's address of keys, whose answer a test changes while it runs.
//
// Any thread. Its keys are secrets, since those are quick to make: `kid` names each.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/app/auth/token_mint.h"
#include "tests/app/upstream/http_server.h"

namespace app {

// The secret that goes with a `kid`.
inline tests::SigningKey key_named(const std::string& id) {
  return tests::make_secret(std::hash<std::string>{}(id));
}

inline std::string key_set_text(const std::vector<std::string>& ids) {
  nlohmann::json keys = nlohmann::json::array();
  for (const std::string& id : ids) {
    nlohmann::json key = tests::make_jwk(key_named(id));
    key["kid"] = id;
    keys.push_back(std::move(key));
  }
  return nlohmann::json{{"keys", keys}}.dump();
}

class KeyServer {
 public:
  explicit KeyServer(const std::vector<std::string>& ids, std::uint16_t port = 0)
      : text_(key_set_text(ids)),
        server_([this](const auto&, auto& response) { answer(response); }, port) {}

  std::string url() const { return server_.url("/keys"); }
  int calls() const noexcept { return calls_.load(); }
  void publish(const std::vector<std::string>& ids) { say(200, key_set_text(ids)); }
  void say(int status, const std::string& text) {
    const std::lock_guard lock(mutex_);
    status_ = status;
    text_ = text;
  }
  // Each request waits here before it is answered.
  std::function<void()> before = [] {};

 private:
  void answer(httplib::Response& response) {
    ++calls_;
    before();
    const std::lock_guard lock(mutex_);
    response.set_header("Connection", "close");
    response.status = status_;
    response.set_content(text_, "application/json");
  }

  std::mutex mutex_;
  int status_ = 200;
  std::string text_;
  std::atomic<int> calls_ = 0;
  HttpServer server_;
};

}  // namespace app
