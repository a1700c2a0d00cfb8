#include "bench/event_client.h"

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/frame_encoder.h"

namespace bench {

namespace {

constexpr protocol::MaskingKey kKey = {std::byte{0x37}, std::byte{0xFA}, std::byte{0x21},
                                       std::byte{0x3D}};
// A content of 64 bytes, as much as the raw messages carry.
constexpr std::string_view kMessage =
    R"({"event":"chat:message:send","data":{"room":"bench","content":)"
    R"("0123456789012345678901234567890123456789012345678901234567890123"}})";
constexpr std::string_view kJoin = R"({"event":"chat:room:join","data":{"room":"bench"}})";

std::string masked_frame(std::string_view text) {
  std::vector<std::byte> frame(protocol::frame_size(text.size(), true));
  protocol::encode_masked_frame(frame, protocol::Opcode::text, base::as_bytes(text), kKey);
  return std::string(base::as_text(frame));
}

}  // namespace

EventClient::EventClient(std::uint16_t port, std::size_t messages)
    : connection_(port), messages_(messages) {
  connection_.send_upgrade("/ws");
  for (std::size_t i = 0; i < messages; ++i) block_ += masked_frame(kMessage);
}

void EventClient::open() {
  CHECK(connection_.read_answer() == "HTTP/1.1 101 Switching Protocols");
  connection_.send_bytes(masked_frame(kJoin));
}

void EventClient::await(std::string_view event) {
  std::uint8_t first_byte = 0;
  CHECK(connection_.read_frame(first_byte, payload_));
  CHECK(payload_.starts_with(std::string(R"({"event":")").append(event).append("\"")));
}

void EventClient::join() {
  await("connected");
  await("chat:room:joined");
}

void EventClient::receive() {
  for (std::size_t i = 0; i < messages_; ++i) await("chat:message:received");
}

}  // namespace bench
