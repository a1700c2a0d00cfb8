// Peer server on Boost.Beast: the contract of README.md in this folder. Usage: beast_server PORT
// One thread; Asio on io_uring where it was built so, else on epoll.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::size_t kMessageBytesMax = std::size_t{16} << 20;

class Session;
std::map<std::string, std::set<Session*>> rooms;

struct Outgoing {
  std::shared_ptr<const std::string> bytes;
  bool is_text;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : stream_(std::move(socket)) {}
  ~Session() {
    for (const std::string& room : rooms_) {
      const auto found = rooms.find(room);
      if (found == rooms.end()) continue;
      found->second.erase(this);
      if (found->second.empty()) rooms.erase(found);
    }
  }

  void start() {
    http::async_read(stream_.next_layer(), buffer_, request_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    const std::string target(request_.target());
    const std::string path = target.substr(0, target.find('?'));
    if (websocket::is_upgrade(request_) && (path == "/echo" || path == "/room")) {
      for (auto at = target.find("room="); path == "/room" && at != std::string::npos;
           at = target.find("room=", at + 5)) {
        rooms_.push_back(target.substr(at + 5, target.find('&', at) - at - 5));
      }
      upgrade();
      return;
    }
    const bool healthy = path == "/health";
    response_.result(healthy ? http::status::ok : http::status::not_found);
    response_.set(http::field::content_type, "text/plain");
    response_.body() = healthy ? "ok" : "not found";
    response_.keep_alive(false);
    response_.prepare_payload();
    http::async_write(stream_.next_layer(), response_,
                      [self = shared_from_this()](error_code, std::size_t) {
                        error_code ignored;
                        self->stream_.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  void upgrade() {
    websocket::stream_base::timeout never{};
    never.handshake_timeout = never.idle_timeout = websocket::stream_base::none();
    never.keep_alive_pings = false;
    stream_.set_option(never);
    stream_.read_message_max(kMessageBytesMax);
    stream_.auto_fragment(false);
    stream_.async_accept(request_, [self = shared_from_this()](error_code error) {
      if (error) return;
      for (const std::string& room : self->rooms_) rooms[room].insert(self.get());
      self->read();
    });
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      self->handle();
      self->read();
    });
  }

  void handle() {
    const Outgoing message{
        std::make_shared<const std::string>(beast::buffers_to_string(buffer_.data())),
        stream_.got_text()};
    buffer_.consume(buffer_.size());
    if (rooms_.empty()) {
      send(message);
      return;
    }
    for (Session* member : rooms[rooms_.front()]) member->send(message);
  }

  // One write at a time; the rest waits its turn.
  void send(const Outgoing& message) {
    queue_.push_back(message);
    if (queue_.size() == 1) write();
  }

  void write() {
    stream_.text(queue_.front().is_text);
    stream_.async_write(asio::buffer(*queue_.front().bytes),
                        [self = shared_from_this()](error_code error, std::size_t) {
                          if (error) return;
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) self->write();
                        });
  }

  websocket::stream<tcp::socket> stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  std::vector<std::string> rooms_;  // Its messages go to the first.
  std::deque<Outgoing> queue_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](error_code error, tcp::socket socket) {
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      std::make_shared<Session>(std::move(socket))->start();
    }
    accept(acceptor);
  });
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc == 2 ? std::atoi(argv[1]) : 0;
  if (port < 1 || port > 65535) {
    std::fputs("usage: beast_server PORT\n", stderr);
    return 2;
  }
  asio::io_context context(1);
  tcp::acceptor acceptor(
      context, {asio::ip::make_address("127.0.0.1"), static_cast<asio::ip::port_type>(port)});
  acceptor.listen(65535);
  asio::signal_set signals(context, SIGTERM);
  signals.async_wait([](error_code, int) { std::_Exit(0); });
  accept(acceptor);
  std::printf("listening on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  context.run();
}
