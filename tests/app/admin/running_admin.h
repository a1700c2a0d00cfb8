// RunningAdmin: an AdminServer on a free port of this host over a FakeControl, and requests to it
// by the HTTP library's own client. One test's own; stops with it.
#pragma once

#include <httplib.h>

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>
#include <utility>

#include "app/admin/admin_server.h"
#include "tests/app/admin/fake_control.h"

namespace tests {

inline constexpr const char* kKey = "0123456789abcdef-key";

struct RunningAdmin {
  explicit RunningAdmin(app::AdminOptions its_options = {.api_keys = {kKey}})
      : options(std::move(its_options)) {
    if (options.listen.empty()) options.listen = "127.0.0.1:0";
  }

  void start() {
    if (server) return;
    server = std::make_unique<app::AdminServer>(options, control);
    const base::Status status = server->start();
    if (!status) throw std::runtime_error(status.error().message);
  }

  httplib::Client client() {
    start();
    httplib::Client made("127.0.0.1", server->port());
    made.set_read_timeout(10);
    return made;
  }

  httplib::Response send(const std::string& method, const std::string& target,
                         const std::string& body = "", httplib::Headers headers = {}) {
    httplib::Request request;
    request.method = method;
    request.path = target;
    request.headers = std::move(headers);
    request.body = body;
    if (!request.has_header("X-API-Key")) request.set_header("X-API-Key", kKey);
    if (!body.empty() && !request.has_header("Content-Type")) {
      request.set_header("Content-Type", "application/json");
    }
    httplib::Client made = client();
    made.set_url_encode(false);
    const httplib::Result result = made.send(request);
    if (!result) throw std::runtime_error(httplib::to_string(result.error()));
    return *result;
  }

  app::AdminOptions options;
  FakeControl control;
  std::unique_ptr<app::AdminServer> server;
};

inline nlohmann::json json_of(const httplib::Response& response) {
  return nlohmann::json::parse(response.body);
}

// The field of the only mistake that a problem lists.
inline std::string field_of(const httplib::Response& response) {
  const nlohmann::json body = json_of(response);
  if (body.value("type", "") != "/problems/invalid-field") return "not that problem";
  return body.at("errors").size() == 1 ? body.at("errors").at(0).at("field").get<std::string>()
                                       : body.at("errors").dump();
}

}  // namespace tests
