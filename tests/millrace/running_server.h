// RunningServer: a millrace::Server on a free port with its run() on a thread, for the tests of the
// embedding interface. One test's own; ends with it, and tells what run() answered.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "millrace/server.h"

namespace tests {

// A handler put together from functions, so that a test reads in one place.
struct ScriptedHandler final : millrace::Handler {
  explicit ScriptedHandler(millrace::Shard& its_shard) : shard(its_shard) {}

  millrace::Answer on_request(millrace::SessionId id, const millrace::Request& request) override {
    return request_step ? request_step(id, request) : millrace::Answer::accept();
  }
  std::optional<millrace::Response> on_page(const millrace::Request& request) override {
    return page_step ? page_step(request) : std::nullopt;
  }
  void on_open(millrace::SessionId id) override {
    if (open_step) open_step(id);
  }
  void on_message(millrace::SessionId id, const millrace::Message& message) override {
    if (message_step) message_step(id, message);
  }
  void on_published(millrace::SessionId id, std::uint64_t ticket,
                    const millrace::PublishAnswer& answer) override {
    if (published_step) published_step(id, ticket, answer);
  }
  void on_close(millrace::SessionId id, const millrace::CloseInfo& info) override {
    if (close_step) close_step(id, info);
  }

  millrace::Shard& shard;
  std::function<millrace::Answer(millrace::SessionId, const millrace::Request&)> request_step;
  std::function<std::optional<millrace::Response>(const millrace::Request&)> page_step;
  std::function<void(millrace::SessionId)> open_step;
  std::function<void(millrace::SessionId, const millrace::Message&)> message_step;
  std::function<void(millrace::SessionId, std::uint64_t, const millrace::PublishAnswer&)>
      published_step;
  std::function<void(millrace::SessionId, const millrace::CloseInfo&)> close_step;
};

inline millrace::Options small_options(std::uint32_t shards = 1) {
  millrace::Options options{.listen = {"127.0.0.1:0"}, .shards = shards, .connections_max = 100};
  options.log_level = millrace::LogLevel::error;
  return options;
}

class RunningServer {
 public:
  // `script(handler)` fills in the handler of each shard.
  template <typename Script>
  explicit RunningServer(Script script, const millrace::Options& options = small_options())
      : server_(millrace::Server::open(options, [script](millrace::Shard& shard) {
          auto handler = std::make_unique<ScriptedHandler>(shard);
          script(*handler);
          return handler;
        })) {
    if (!server_.ok()) throw std::runtime_error(server_.error());
    thread_ = std::thread([this] { ended_ = server_.value().run(); });
  }
  ~RunningServer() {
    if (thread_.joinable()) static_cast<void>(stop_now());
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  millrace::Server& server() { return server_.value(); }
  millrace::Server* operator->() { return &server_.value(); }
  std::uint16_t port() {
    const std::string address = server_.value().addresses().front();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  millrace::Status stop_now() {
    server_.value().stop_now();
    return wait();
  }
  millrace::Status wait() {
    thread_.join();
    return ended_;
  }

 private:
  millrace::Result<millrace::Server> server_;
  millrace::Status ended_;
  std::thread thread_;
};

}  // namespace tests
