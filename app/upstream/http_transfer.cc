#include "app/upstream/http_transfer.h"

#include <utility>

#include "base/check.h"

namespace app {

HttpTransfer::HttpTransfer(HttpCall call, std::function<void(HttpAnswer)> done)
    : call_(std::move(call)), done_(std::move(done)), deadline_(Clock::now() + call_.timeout) {}

bool HttpTransfer::prepare(const std::string& trusted_file) {
  CHECK(handle_ == nullptr);
  handle_.reset(curl_easy_init());
  CURL* const handle = handle_.get();
  if (handle == nullptr) return false;
  curl_easy_setopt(handle, CURLOPT_URL, call_.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // A name that takes long to look up is let go, not waited for, when its call ends.
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "millrace");
  curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle, CURLOPT_RESOLVER_START_FUNCTION, &HttpTransfer::on_resolve);
  curl_easy_setopt(handle, CURLOPT_RESOLVER_START_DATA, this);
  curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, &HttpTransfer::on_socket);
  curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, this);
  curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, &HttpTransfer::on_request);
  curl_easy_setopt(handle, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_head);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  // For those that say beforehand how much will come.
  curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(call_.answer_bytes_max));
  if (!trusted_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, trusted_file.c_str());
  set_method();
  set_headers();
  return true;
}

void HttpTransfer::set_method() {
  CURL* const handle = handle_.get();
  if (call_.method == "HEAD") {
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  if (call_.method == "POST" || !call_.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call_.body.data());  // Not copied: it is ours.
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(call_.body.size()));
  }
  if (call_.method != "POST") {
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call_.method.c_str());
  }
}

void HttpTransfer::set_headers() {
  // Without this a large body would wait a second for a server that knows no 100.
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const std::string& header : call_.headers) {
    curl_slist* const longer = curl_slist_append(list, header.c_str());
    if (longer != nullptr) list = longer;
  }
  headers_.reset(list);
  curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
}

void HttpTransfer::begin() {
  if (std::exchange(has_begun_, true)) return;
  deadline_ = Clock::now() + call_.timeout;
}

int HttpTransfer::on_resolve(void* /*resolver*/, void* /*reserved*/, void* self) {
  static_cast<HttpTransfer*>(self)->begin();
  return 0;
}

int HttpTransfer::on_socket(void* self, curl_socket_t /*socket*/, curlsocktype /*purpose*/) {
  static_cast<HttpTransfer*>(self)->begin();
  return CURL_SOCKOPT_OK;
}

int HttpTransfer::on_request(void* self, char* /*peer*/, char* /*local*/, int /*peer_port*/,
                             int /*local_port*/) {
  static_cast<HttpTransfer*>(self)->begin();
  return CURL_PREREQFUNC_OK;
}

std::size_t HttpTransfer::on_head(const char* /*data*/, std::size_t size, std::size_t count,
                                  void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  transfer.head_bytes_ += size * count;
  transfer.too_large_ = transfer.head_bytes_ > kUpstreamHeadBytesMax;
  return transfer.too_large_ ? 0 : size * count;
}

std::size_t HttpTransfer::on_body(const char* data, std::size_t size, std::size_t count,
                                  void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  const std::size_t bytes = size * count;
  transfer.too_large_ = bytes > transfer.call_.answer_bytes_max - transfer.body_.size();
  if (transfer.too_large_) return 0;
  transfer.body_.append(data, bytes);
  return bytes;
}

HttpOutcome HttpTransfer::outcome_of(CURLcode code) const noexcept {
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) return HttpOutcome::too_large;
  // Hundreds of codes, most of them of other protocols: what is not named here came in the middle.
  if (code == CURLE_OK) return HttpOutcome::ok;
  if (code == CURLE_OPERATION_TIMEDOUT) return HttpOutcome::timed_out;
  if (code == CURLE_URL_MALFORMAT) return HttpOutcome::bad_call;
  for (const CURLcode none : {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT}) {
    if (code == none) return HttpOutcome::unreachable;
  }
  for (const CURLcode tls :
       {CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
        CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_CLIENTCERT}) {
    if (code == tls) return HttpOutcome::tls_failed;
  }
  return HttpOutcome::broken;
}

void HttpTransfer::answer(HttpOutcome outcome) {
  CHECK(done_ != nullptr);
  HttpAnswer answer{.outcome = outcome};
  if (outcome == HttpOutcome::ok) {
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    answer.body = std::move(body_);
  }
  std::exchange(done_, nullptr)(std::move(answer));
}

}  // namespace app
