// The floor: what the kernel's TCP costs through io_uring, with as little of WebSocket as a client
// needs to be content. No server of rooms or echoes can cost less with the same sends.
//
// One thread, one ring, direct descriptors, multishot receives, prompt sends without completions:
// the operations of millrace's own reactor, and nothing around them. It knows one size of message,
// 64 bytes, from clients that fragment nothing; /echo answers each receive with one send, and /room
// is one room for all, whatever its name, to each member of which a receive is one send. Anything
// else that a peer may do is not looked at: it is for measuring, not for serving.
#include <arpa/inet.h>
#include <liburing.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr unsigned kConnections = 4096;
constexpr unsigned kEntries = 4096;
constexpr unsigned kBuffers = 256;
constexpr unsigned kBufferBytes = 4096;
constexpr std::size_t kPayloadBytes = 64;
constexpr std::size_t kFrameBytes = 2 + 4 + kPayloadBytes;  // As a client sends it, masked.
constexpr std::size_t kBatches = 64;                        // That may be on their way to a room.

enum class Kind : std::uint8_t { accept, receive, other };
enum class State : std::uint8_t { none, handshake, echo, room };

std::uint64_t tag(Kind kind, int connection) {
  return static_cast<std::uint64_t>(kind) << 32U | static_cast<std::uint32_t>(connection);
}

std::string accept_key(std::string_view request) {
  constexpr std::string_view kHeader = "Sec-WebSocket-Key: ";
  const std::size_t at = request.find(kHeader);
  if (at == std::string_view::npos) return {};
  const std::string text = std::string(request.substr(at + kHeader.size(), 24)) +
                           "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> key{};
  EVP_EncodeBlock(key.data(), digest.data(), static_cast<int>(digest.size()));
  return reinterpret_cast<const char*>(key.data());
}

// Turns the client's whole frames at the front into a server's, in place. Returns their bytes.
std::size_t unmask_all(char* bytes, std::size_t size) {
  char* out = bytes;
  for (std::size_t at = 0; at + kFrameBytes <= size; at += kFrameBytes) {
    std::uint32_t key = 0;
    std::memcpy(&key, bytes + at + 2, sizeof key);
    const std::uint64_t wide = key | std::uint64_t{key} << 32U;
    *out++ = bytes[at];
    *out++ = static_cast<char>(kPayloadBytes);
    for (std::size_t i = 0; i < kPayloadBytes; i += sizeof wide, out += sizeof wide) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at + 6 + i, sizeof word);
      word ^= wide;
      std::memcpy(out, &word, sizeof word);
    }
  }
  return static_cast<std::size_t>(out - bytes);
}

class Server {
 public:
  explicit Server(std::uint16_t port) : memory_(std::size_t{kBuffers} * kBufferBytes) {
    io_uring_params parameters{};
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | (1U << 13U) /* DEFER_TASKRUN */ |
                       IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
    parameters.cq_entries = 4 * kEntries;
    require(io_uring_queue_init_params(kEntries, &ring_, &parameters) == 0, "io_uring_setup");
    require(io_uring_register_files_sparse(&ring_, kConnections) == 0, "a table of sockets");
    static_cast<void>(io_uring_register_ring_fd(&ring_));
    open_buffers();
    listen_on(port);
    io_uring_sqe* entry = next_entry();
    io_uring_prep_multishot_accept_direct(entry, listener_, nullptr, nullptr, 0);
    entry->user_data = tag(Kind::accept, 0);
  }

  [[noreturn]] void run() {
    while (true) {
      io_uring_submit_and_wait(&ring_, 1);
      give_back();
      io_uring_cqe* completion = nullptr;
      unsigned head = 0;
      unsigned count = 0;
      io_uring_for_each_cqe(&ring_, head, completion) {
        ++count;
        take(*completion);
      }
      io_uring_cq_advance(&ring_, count);
    }
  }

 private:
  static void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "floor_server: no %s\n", what);
    std::exit(1);
  }

  void open_buffers() {
    void* memory = nullptr;
    require(posix_memalign(&memory, 4096, kBuffers * sizeof(io_uring_buf)) == 0, "memory");
    buffers_ = static_cast<io_uring_buf_ring*>(memory);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(buffers_);
    registration.ring_entries = kBuffers;
    require(io_uring_register_buf_ring(&ring_, &registration, 0) == 0, "receive buffers");
    io_uring_buf_ring_init(buffers_);
    for (unsigned i = 0; i < kBuffers; ++i) held_.push_back(static_cast<std::uint16_t>(i));
    give_back();
  }

  void listen_on(std::uint16_t port) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                listen(listener_, 1024) == 0,
            "such port");
  }

  // What was sent from a buffer in the last turn has been taken: sends are over at once, or fail.
  void give_back() {
    int count = 0;
    for (const std::uint16_t buffer : held_) {
      io_uring_buf_ring_add(buffers_, at(buffer), kBufferBytes, buffer,
                            io_uring_buf_ring_mask(kBuffers), count++);
    }
    if (count > 0) io_uring_buf_ring_advance(buffers_, count);
    held_.clear();
  }

  char* at(std::uint16_t buffer) { return memory_.data() + std::size_t{buffer} * kBufferBytes; }

  io_uring_sqe* next_entry() {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    if (entry == nullptr) {
      io_uring_submit(&ring_);
      entry = io_uring_get_sqe(&ring_);
    }
    require(entry != nullptr, "place in the queue");
    return entry;
  }

  void receive(int connection) {
    io_uring_sqe* entry = next_entry();
    io_uring_prep_recv_multishot(entry, connection, nullptr, 0, 0);
    entry->flags |= IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    entry->user_data = tag(Kind::receive, connection);
  }

  void send(int connection, const char* bytes, std::size_t size) {
    io_uring_sqe* entry = next_entry();
    io_uring_prep_send(entry, connection, bytes, size, MSG_NOSIGNAL | MSG_WAITALL);
    entry->flags |= IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS;
    entry->user_data = tag(Kind::other, connection);
  }

  void take(const io_uring_cqe& completion) {
    const auto connection = static_cast<int>(static_cast<std::uint32_t>(completion.user_data));
    const auto kind = static_cast<Kind>(completion.user_data >> 32U);
    if (kind == Kind::accept && completion.res >= 0) {
      states_[static_cast<std::size_t>(completion.res)] = State::handshake;
      receive(completion.res);
    }
    if (kind != Kind::receive) return;
    if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
      const auto buffer = static_cast<std::uint16_t>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
      held_.push_back(buffer);
      if (completion.res > 0) {
        received(connection, at(buffer), static_cast<std::size_t>(completion.res));
      }
    }
    if ((completion.flags & IORING_CQE_F_MORE) != 0) return;
    if (completion.res > 0 || completion.res == -ENOBUFS) return receive(connection);
    states_[static_cast<std::size_t>(connection)] = State::none;
    io_uring_sqe* entry = next_entry();
    io_uring_prep_close_direct(entry, static_cast<unsigned>(connection));
    entry->user_data = tag(Kind::other, connection);
  }

  void received(int connection, char* bytes, std::size_t size) {
    State& state = states_[static_cast<std::size_t>(connection)];
    if (state == State::handshake) return shake_hands(connection, state, {bytes, size});
    constexpr int kOpcodeMask = 0x0F;
    if ((bytes[0] & kOpcodeMask) == 0x8) {  // Close, without a reason; the client then ends it.
      bytes[1] = 0;
      return send(connection, bytes, 2);
    }
    const std::size_t frames = unmask_all(bytes, size);
    if (frames == 0) return;
    if (state == State::echo) return send(connection, bytes, frames);
    std::array<char, kBufferBytes>& batch = batches_[next_batch_++ % kBatches];
    std::memcpy(batch.data(), bytes, frames);
    for (unsigned member = 0; member < kConnections; ++member) {
      if (states_[member] == State::room) send(static_cast<int>(member), batch.data(), frames);
    }
  }

  void shake_hands(int connection, State& state, std::string_view request) {
    std::string& response = responses_[static_cast<std::size_t>(connection)];
    const std::string key = accept_key(request);
    if (key.empty()) {
      response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    } else {
      state = request.starts_with("GET /room") ? State::room : State::echo;
      response =
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Accept: " +
          key + "\r\n\r\n";
    }
    send(connection, response.data(), response.size());
  }

  io_uring ring_{};
  int listener_ = -1;
  io_uring_buf_ring* buffers_ = nullptr;
  std::vector<char> memory_;
  std::vector<std::uint16_t> held_;
  std::array<State, kConnections> states_{};
  std::array<std::string, kConnections> responses_;
  std::array<std::array<char, kBufferBytes>, kBatches> batches_{};
  std::size_t next_batch_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: floor_server PORT\n", stderr);
    return 2;
  }
  static Server server(static_cast<std::uint16_t>(std::atoi(argv[1])));
  server.run();
}
