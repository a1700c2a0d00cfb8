#include "tests/sim/wire_checker.h"

namespace sim {

namespace {

constexpr std::size_t kHeadMost = std::size_t{32} << 10;
constexpr std::string_view kSwitching = "HTTP/1.1 101 ";

std::uint8_t octet(const std::string& text, std::size_t at) noexcept {
  return static_cast<std::uint8_t>(text[at]);
}

std::uint64_t big_endian(const std::string& text, std::size_t from, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | octet(text, from + i);
  return value;
}

}  // namespace

const char* StreamChecker::feed(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) {
    if (const char* wrong = take(std::to_integer<std::uint8_t>(byte)); wrong != nullptr) {
      return wrong;
    }
  }
  return nullptr;
}

const char* StreamChecker::take(std::uint8_t byte) {
  switch (phase_) {
    case Phase::head:
      head_ += static_cast<char>(byte);
      if (head_.ends_with("\r\n\r\n")) return end_head();
      return head_.size() > kHeadMost ? "an HTTP head without end" : nullptr;
    case Phase::body:
      return nullptr;
    case Phase::header:
      head_ += static_cast<char>(byte);
      return judge_header();
    case Phase::payload:
      if (--payload_left_ == 0) end_frame();
      return nullptr;
    case Phase::closed:
      return "bytes behind a close frame";
  }
  return nullptr;
}

const char* StreamChecker::end_head() {
  const bool upgrades = from_client_ ? head_.starts_with("GET ") : head_.starts_with(kSwitching);
  const bool is_http = from_client_ ? head_.find(" HTTP/1.1\r\n") != std::string::npos
                                    : head_.starts_with("HTTP/1.1 ");
  phase_ = upgrades ? Phase::header : Phase::body;
  head_.clear();
  return is_http ? nullptr : "a head that is not HTTP/1.1";
}

const char* StreamChecker::judge_header() {
  if (head_.size() < 2) return nullptr;
  const std::uint8_t first = octet(head_, 0);
  const std::uint8_t second = octet(head_, 1);
  const bool masked = (second & 0x80U) != 0;
  const std::uint8_t length = second & 0x7FU;
  const std::size_t length_size = length == 126 ? 2 : length == 127 ? 8 : 0;
  const std::size_t size = 2 + length_size + (masked ? 4 : 0);
  if (head_.size() < size) return nullptr;

  if ((first & 0x70U) != 0) return "a reserved bit is set";
  if (masked != from_client_) return "masked by the server, or not masked by the client";
  payload_left_ = length_size == 0 ? length : big_endian(head_, 2, length_size);
  if (length == 126 && payload_left_ < 126) return "a 16-bit length that fits seven bits";
  if (length == 127 && payload_left_ <= 0xFFFF) return "a 64-bit length that fits sixteen bits";
  if (payload_left_ >> 63U != 0) return "a length with its highest bit set";
  const char* wrong = judge_first_octets((first & 0x80U) != 0, first & 0x0FU);
  phase_ = Phase::payload;
  head_.clear();
  if (payload_left_ == 0) end_frame();
  return wrong;
}

const char* StreamChecker::judge_first_octets(bool fin, std::uint8_t opcode) {
  switch (opcode) {
    case 0x0:
      if (!in_message_) return "a continuation of nothing";
      in_message_ = !fin;
      return nullptr;
    case 0x1:
    case 0x2:
      if (in_message_) return "a message within a message";
      in_message_ = !fin;
      return nullptr;
    case 0x8:
      closing_ = true;
      if (payload_left_ == 1) return "a close frame with half a code";
      [[fallthrough]];
    case 0x9:
    case 0xA:
      if (!fin) return "a fragmented control frame";
      return payload_left_ > 125 ? "a control frame of more than 125 octets" : nullptr;
    default:
      return "a reserved opcode";
  }
}

void StreamChecker::end_frame() {
  ++frames_;
  phase_ = closing_ ? Phase::closed : Phase::header;
}

std::uint64_t WireChecker::frames() const noexcept {
  std::uint64_t frames = 0;
  for (const auto& [number, stream] : streams_) frames += stream.frames();
  return frames;
}

void WireChecker::on_bytes(SocketNumber from, std::span<const std::byte> bytes) {
  const Socket& socket = network_.socket(from);
  if (!socket.accepted && spared_.contains(socket.opener)) return;
  StreamChecker& stream = streams_.try_emplace(from, !socket.accepted).first->second;
  if (const char* wrong = stream.feed(bytes); wrong != nullptr) {
    verdict_.convict("socket " + std::to_string(from) + " sent " + wrong);
  }
}

}  // namespace sim
