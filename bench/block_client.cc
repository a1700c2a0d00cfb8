#include "bench/block_client.h"

#include <array>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/frame_encoder.h"

namespace bench {

namespace {

constexpr protocol::MaskingKey kKey = {std::byte{0x37}, std::byte{0xFA}, std::byte{0x21},
                                       std::byte{0x3D}};

std::string masked_frame() {
  constexpr std::array<std::byte, kMessageBytes> kMessage{};
  std::vector<std::byte> frame(protocol::frame_size(kMessage.size(), true));
  protocol::encode_masked_frame(frame, protocol::Opcode::binary, kMessage, kKey);
  return std::string(base::as_text(frame));
}

}  // namespace

BlockClient::BlockClient(std::uint16_t port, std::string_view target, std::size_t messages)
    : connection_(port), received_(messages * kFrameBytes, '\0') {
  connection_.send_upgrade(target);
  for (std::size_t i = 0; i < messages; ++i) block_ += masked_frame();
}

void BlockClient::open() { CHECK(connection_.read_answer() == "HTTP/1.1 101 Switching Protocols"); }

void BlockClient::receive() { CHECK(connection_.read_exactly(received_)); }

}  // namespace bench
