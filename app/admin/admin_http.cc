#include "app/admin/admin_http.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "app/admin/request_id.h"
#include "app/gateway_limits.h"
#include "base/log.h"

namespace app {

namespace {

// What the library calls a queue: hands connections to our threads, and drops none.
class ConnectionQueue final : public httplib::TaskQueue {
 public:
  ConnectionQueue(ServiceThreads& threads, OpenConnections& connections)
      : threads_(threads), connections_(connections) {}

  void enqueue(std::function<void()> serve) override {
    // On this thread, which accepts, serving means refusing.
    if (!threads_.run(serve)) return serve();
    // Whoever waits for a thread is worth more than whoever may or may not ask again.
    if (threads_.waiting() > 0) connections_.interrupt_an_idle_one();
  }
  void shutdown() override {}  // Whoever made the threads stops them.

 private:
  ServiceThreads& threads_;
  OpenConnections& connections_;
};

// The value of a header that may come once; a second one is a double.
std::string only_value(const httplib::Request& request, const char* name, bool& has_doubles) {
  if (request.get_header_value_count(name) > 1) has_doubles = true;
  return request.get_header_value(name);
}

RequestHead head_of(const httplib::Request& request, std::string request_id) {
  RequestHead head;
  bool& doubles = head.has_doubles;
  head.method = request.method;
  head.target = request.target;
  head.address = request.remote_addr;
  head.request_id = std::move(request_id);
  head.host = only_value(request, "Host", doubles);
  head.authorization = only_value(request, "Authorization", doubles);
  head.api_key = only_value(request, "X-API-Key", doubles);
  head.content_type = only_value(request, "Content-Type", doubles);
  head.content_length = only_value(request, "Content-Length", doubles);
  head.content_encoding = only_value(request, "Content-Encoding", doubles);
  head.transfer_encoding = only_value(request, "Transfer-Encoding", doubles);
  head.idempotency_key = only_value(request, "Idempotency-Key", doubles);
  head.has_idempotency_key = request.has_header("Idempotency-Key");
  return head;
}

// The id of a request travels in its answer, which every handler of the library is given.
std::string id_of(const httplib::Request& request, httplib::Response& response) {
  if (!response.has_header("X-Request-Id")) {
    response.set_header("X-Request-Id", request_id(request.get_header_value("X-Request-Id")));
  }
  return response.get_header_value("X-Request-Id");
}

void write_answer(const ApiAnswer& answer, httplib::Response& response) {
  response.status = answer.status;
  response.set_content(answer.body, answer.content_type);
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  response.set_header("Cache-Control", "no-store");
  response.set_header("X-Content-Type-Options", "nosniff");
}

}  // namespace

AdminHttp::AdminHttp(AdminApi& api, ServiceThreads& threads, SSL_CTX* context)
    : api_(api), threads_(threads), context_(context) {
  new_task_queue = [this] { return new ConnectionQueue(threads_, connections_); };
  set_payload_max_length(kAdminBodyBytesMax);
  set_handlers();
}

AdminHttp::~AdminHttp() {
  if (listener_ >= 0) ::close(listener_);
}

base::Result<std::uint16_t> AdminHttp::open(const engine::Address& address) {
  const auto failed = [&](const char* what) {
    const int error = errno;
    return base::Error{"cannot " + std::string(what) + " " + address.text() + ": " +
                       std::strerror(error)};
  };
  const int descriptor =
      ::socket(address.data()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return failed("make a socket for");
  listener_ = descriptor;
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(descriptor, address.data(), address.size()) != 0) return failed("listen on");
  if (::listen(descriptor, kAdminConnectionsWaitingMost) != 0) return failed("listen on");
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return failed("read the port of");
  }
  return engine::Address::from_socket_address(storage).port();
}

void AdminHttp::serve() {
  accepting_thread_ = std::this_thread::get_id();
  while (!is_ending_.load()) {
    // The library closes its listening socket at any error, even one of a single connection that
    // was not accepted. It gets a copy, and another one after that.
    svr_sock_ = ::fcntl(listener_, F_DUPFD_CLOEXEC, 0);
    if (svr_sock_ >= 0) listen_after_bind();
    if (is_ending_.load()) return;
    base::log_warn("admin: accepting failed: {}; going on", std::strerror(errno));
    std::this_thread::sleep_for(kAdminAcceptPause);
  }
}

void AdminHttp::interrupt() {
  is_ending_.store(true);
  ::shutdown(listener_, SHUT_RDWR);
  connections_.interrupt_all();
}

bool AdminHttp::process_and_close_socket(socket_t descriptor) {
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
  if (std::this_thread::get_id() == accepting_thread_) {
    refuse_connection(descriptor);
  } else if (connections_.add(descriptor)) {
    try {
      serve_connection(descriptor);
    } catch (const std::exception& error) {
      base::log_error("admin: a connection was dropped: {}", error.what());
    }
    connections_.remove(descriptor);
  }
  ::close(descriptor);
  return true;
}

void AdminHttp::refuse_connection(int descriptor) const {
  api_.note_refusal(AdminRefusal::all_threads_busy);
  if (context_ != nullptr) return;  // There is no saying anything before a handshake.
  const ApiAnswer answer =
      problem(ProblemKind::unavailable, "all threads of the server API are busy", "");
  const std::string text =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: " + answer.content_type +
      "\r\nRetry-After: 1\r\nConnection: close\r\n" +
      "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
  ::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(descriptor, SHUT_WR);
  // Unread bytes would turn the close into a reset, which takes the answer back.
  std::array<char, 4096> ignored;
  while (::recv(descriptor, ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) {
  }
}

void AdminHttp::serve_connection(int descriptor) {
  AdminStream stream(descriptor, context_);
  if (!stream.open()) return;
  const bool is_answered = serve_requests(descriptor, stream);
  stream.close();
  if (is_answered) stream.linger();
}

bool AdminHttp::serve_requests(int descriptor, AdminStream& stream) {
  for (std::uint32_t count = 1; count <= kAdminRequestsPerConnectionMost; ++count) {
    if (!connections_.set_idle(descriptor, true)) return false;
    const bool is_crowded = threads_.waiting() > 0;
    const bool is_here =
        stream.wait_for_request(is_crowded ? kAdminCrowdedIdleTimeout : kAdminIdleTimeout);
    if (!connections_.set_idle(descriptor, false) || !is_here) return false;
    stream.begin_request();
    const bool is_last = count == kAdminRequestsPerConnectionMost || threads_.waiting() > 0;
    bool client_closes = false;
    const auto prepare_request = [&](httplib::Request& request) { prepare(request, stream); };
    const bool is_answered = process_request(stream, is_last, client_closes, prepare_request);
    if (!is_answered || is_last || client_closes || !stream.is_request_read()) break;
  }
  return true;
}

// Called between the head and the body.
void AdminHttp::prepare(httplib::Request& request, AdminStream& stream) const {
  // Parts of an answer make no sense here, and compressing one costs more than sending it.
  request.ranges.clear();
  request.headers.erase("Accept-Encoding");
  const std::string length = request.get_header_value("Content-Length");
  const bool has_body = !length.empty() || request.has_header("Transfer-Encoding");
  // What is no plain length is refused before it is read; one byte that stays unread then ends
  // the connection, where the next request could begin anywhere.
  const bool is_plain = request.get_header_value_count("Content-Length") == 1 &&
                        !request.has_header("Transfer-Encoding") && length.size() < 10 &&
                        length.find_first_not_of("0123456789") == std::string::npos;
  if (!has_body) {
    stream.begin_body(0);
  } else {
    stream.begin_body(is_plain ? std::stoull(length) : 1);
  }
}

void AdminHttp::set_handlers() {
  const auto refuse = [this](const httplib::Request& request, httplib::Response& response) {
    const RequestHead head = head_of(request, id_of(request, response));
    const std::optional<ApiAnswer> refusal = api_.refuse(head);
    if (!refusal) return false;
    write_answer(*refusal, response);
    const bool has_body = request.has_header("Content-Length") || !head.transfer_encoding.empty();
    const bool is_unread = has_body && (head.content_length != "0" || head.has_doubles);
    if (is_unread) response.set_header("Connection", "close");
    return true;
  };
  set_pre_routing_handler([refuse](const httplib::Request& request, httplib::Response& response) {
    return refuse(request, response) ? HandlerResponse::Handled : HandlerResponse::Unhandled;
  });
  set_expect_100_continue_handler(
      [refuse](const httplib::Request& request, httplib::Response& response) {
        return refuse(request, response) ? response.status : 100;
      });
  const auto carry_out = [this](const httplib::Request& request, httplib::Response& response) {
    answer(request, response);
  };
  // AdminApi knows the routes; of a path that it refused nothing comes here.
  const std::string every_path = "[^]*";
  Get(every_path, carry_out);
  Post(every_path, carry_out);
  Put(every_path, carry_out);
  Delete(every_path, carry_out);
  set_error_handler([](const httplib::Request& request, httplib::Response& response) {
    if (!response.body.empty()) return;
    const std::string id = id_of(request, response);
    write_answer(problem_of_status(response.status, id), response);
  });
  set_exception_handler([](const httplib::Request& request, httplib::Response& response,
                           const std::exception_ptr& /*text stays here*/) {
    write_answer(problem(ProblemKind::internal_error, "", id_of(request, response)), response);
  });
  set_post_routing_handler([](const httplib::Request& /*request*/, httplib::Response& response) {
    response.headers.erase("Keep-Alive");  // It promises what is_last may not keep.
    if (response.headers.erase("Connection") > 0) response.set_header("Connection", "close");
  });
}

void AdminHttp::answer(const httplib::Request& request, httplib::Response& response) {
  const RequestHead head = head_of(request, id_of(request, response));
  write_answer(api_.answer(head, request.body), response);
}

}  // namespace app
