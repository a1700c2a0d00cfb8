#include "app/upstream/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/upstream/http_transfer.h"
#include "base/check.h"

namespace app {

namespace {

using Clock = HttpTransfer::Clock;

// libcurl wakes itself for its own timers, and send() wakes it; this is the longest sleep.
constexpr std::chrono::milliseconds kSleepMost{1'000};

struct MultiCleanup {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};

// Once for the process, before any handle; never undone, since others may use the library too.
void prepare_library() {
  static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(prepared == CURLE_OK);
}

}  // namespace

// What send() and the service thread share, and what the thread alone uses.
class HttpClient::Loop {
 public:
  explicit Loop(const HttpClientOptions& options) : trusted_file_(options.trusted_file) {
    prepare_library();
    multi_.reset(curl_multi_init());
    CHECK(multi_ != nullptr);
    const long connections = std::max<long>(1, options.connections_per_host);
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    // Kept while idle; otherwise the library goes by the number of calls, and drops and redials.
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 4 * connections);
  }

  void send(HttpCall call, Done done);
  void run();
  void end();
  std::size_t open_calls() const noexcept { return open_.load(std::memory_order_relaxed); }

 private:
  using TransferPointer = std::unique_ptr<HttpTransfer>;

  void start_arrived();
  void start(TransferPointer transfer);
  void finish_done();
  void finish_late();
  void finish(CURL* handle, HttpOutcome outcome);
  void answer(TransferPointer transfer, HttpOutcome outcome);
  int sleep_milliseconds() const;
  bool ending();

  const std::string trusted_file_;
  std::unique_ptr<CURLM, MultiCleanup> multi_;
  std::atomic<std::size_t> open_ = 0;

  std::mutex mutex_;
  std::vector<TransferPointer> arrived_;  // Guarded by mutex_.
  bool ending_ = false;                   // Guarded by mutex_.

  // The thread's own. Declared after multi_, so that no handle outlives the multi handle it is in.
  std::unordered_map<CURL*, TransferPointer> transfers_;
  HttpTransfer::Deadlines deadlines_;
};

void HttpClient::Loop::send(HttpCall call, Done done) {
  HttpOutcome refusal = HttpOutcome::ended;
  {
    const std::lock_guard lock(mutex_);
    if (!ending_ && open_.load(std::memory_order_relaxed) < kUpstreamQueueMost) {
      open_.fetch_add(1, std::memory_order_relaxed);
      arrived_.push_back(std::make_unique<HttpTransfer>(std::move(call), std::move(done)));
      curl_multi_wakeup(multi_.get());
      return;
    }
    if (!ending_) refusal = HttpOutcome::overloaded;
  }
  done(HttpAnswer{.outcome = refusal});
}

void HttpClient::Loop::end() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  curl_multi_wakeup(multi_.get());
}

bool HttpClient::Loop::ending() {
  const std::lock_guard lock(mutex_);
  return ending_;
}

void HttpClient::Loop::run() {
  while (!ending()) {
    start_arrived();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    finish_done();
    finish_late();
    curl_multi_poll(multi_.get(), nullptr, 0, sleep_milliseconds(), nullptr);
  }
  start_arrived();
  while (!transfers_.empty()) finish(transfers_.begin()->first, HttpOutcome::ended);
}

void HttpClient::Loop::start_arrived() {
  std::vector<TransferPointer> arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(arrived_);
  }
  for (TransferPointer& transfer : arrived) start(std::move(transfer));
}

void HttpClient::Loop::start(TransferPointer transfer) {
  if (!transfer->sendable()) return answer(std::move(transfer), HttpOutcome::bad_call);
  const bool added = transfer->prepare(trusted_file_) &&
                     curl_multi_add_handle(multi_.get(), transfer->handle()) == CURLM_OK;
  if (!added) return answer(std::move(transfer), HttpOutcome::overloaded);
  transfer->place = deadlines_.emplace(transfer->deadline(), transfer.get());
  CURL* const handle = transfer->handle();
  transfers_.emplace(handle, std::move(transfer));
}

void HttpClient::Loop::finish_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const handle = message->easy_handle;
    const auto found = transfers_.find(handle);
    CHECK(found != transfers_.end());
    finish(handle, found->second->outcome_of(message->data.result));
  }
}

// By our own clock: the library's does not run for calls that wait for a connection. Whoever has
// left that queue since it was placed has its time from then on.
void HttpClient::Loop::finish_late() {
  const Clock::time_point now = Clock::now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    HttpTransfer& transfer = *deadlines_.begin()->second;
    if (transfer.deadline() > now) {
      deadlines_.erase(transfer.place);
      transfer.place = deadlines_.emplace(transfer.deadline(), &transfer);
      continue;
    }
    finish(transfer.handle(),
           transfer.has_begun() ? HttpOutcome::timed_out : HttpOutcome::overloaded);
  }
}

void HttpClient::Loop::finish(CURL* handle, HttpOutcome outcome) {
  const auto found = transfers_.find(handle);
  CHECK(found != transfers_.end());
  TransferPointer transfer = std::move(found->second);
  transfers_.erase(found);
  deadlines_.erase(transfer->place);
  curl_multi_remove_handle(multi_.get(), handle);
  answer(std::move(transfer), outcome);
}

void HttpClient::Loop::answer(TransferPointer transfer, HttpOutcome outcome) {
  // First, so that whoever is answered finds room for the next call.
  open_.fetch_sub(1, std::memory_order_relaxed);
  transfer->answer(outcome);
}

int HttpClient::Loop::sleep_milliseconds() const {
  std::chrono::milliseconds sleep = kSleepMost;
  if (!deadlines_.empty()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadlines_.begin()->first - Clock::now());
    sleep = std::clamp(left, std::chrono::milliseconds{0}, kSleepMost);
  }
  return static_cast<int>(sleep.count());
}

HttpClient::HttpClient(const HttpClientOptions& options)
    : loop_(std::make_unique<Loop>(options)),
      thread_(options.thread_name, [loop = loop_.get()] { loop->run(); }) {}

HttpClient::~HttpClient() { loop_->end(); }

void HttpClient::send(HttpCall call, Done done) { loop_->send(std::move(call), std::move(done)); }

std::size_t HttpClient::open_calls() const noexcept { return loop_->open_calls(); }

}  // namespace app
