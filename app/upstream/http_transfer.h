// HttpTransfer: one HttpCall on its way through libcurl, and what has arrived of its answer.
//
// Owned and used by the thread of its HttpClient. The handle refers to the transfer, which
// therefore never moves. Bounds: answer_bytes_max for the body, kUpstreamHeadBytesMax for the head;
// whatever exceeds one ends the transfer at that byte; deadline() for its time.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "app/upstream/http_call.h"

namespace app {

class HttpTransfer {
 public:
  using Clock = std::chrono::steady_clock;
  using Deadlines = std::multimap<Clock::time_point, HttpTransfer*>;

  HttpTransfer(HttpCall call, std::function<void(HttpAnswer)> done);
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  bool sendable() const { return is_sendable(call_); }
  // Makes the handle. False when libcurl has none: it is out of memory.
  bool prepare(const std::string& trusted_file);

  CURL* handle() const noexcept { return handle_.get(); }
  // Whether anything was done for it: until then it waits for a connection.
  bool has_begun() const noexcept { return has_begun_; }
  // Moves when it begins.
  Clock::time_point deadline() const noexcept { return deadline_; }

  // What libcurl's last word on it means.
  HttpOutcome outcome_of(CURLcode code) const noexcept;
  // Calls `done`, once.
  void answer(HttpOutcome outcome);

  // Where its client keeps its deadline.
  Deadlines::iterator place{};

 private:
  struct HandleCleanup {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  };
  struct ListCleanup {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  void set_method();
  void set_headers();
  void begin();
  // What the library first does for a call whose turn has come: look up a name, connect, or send
  // over a connection that it has.
  static int on_resolve(void* resolver, void* reserved, void* self);
  static int on_socket(void* self, curl_socket_t socket, curlsocktype purpose);
  static int on_request(void* self, char* peer, char* local, int peer_port, int local_port);
  static std::size_t on_head(const char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(const char* data, std::size_t size, std::size_t count, void* self);

  HttpCall call_;
  std::function<void(HttpAnswer)> done_;
  Clock::time_point deadline_;
  std::unique_ptr<curl_slist, ListCleanup> headers_;
  std::unique_ptr<CURL, HandleCleanup> handle_;
  std::string body_;
  std::size_t head_bytes_ = 0;
  bool too_large_ = false;
  bool has_begun_ = false;
};

}  // namespace app
