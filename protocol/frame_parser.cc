#include "protocol/frame_parser.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "protocol/mask.h"

namespace protocol {

FrameStep FrameParser::next(std::span<std::byte>& input) noexcept {
  if (input.empty()) return {};
  return payload_left_ > 0 ? next_payload(input) : next_header(input);
}

FrameStep FrameParser::next_header(std::span<std::byte>& input) noexcept {
  // A header that the end of the input cuts is kept; the next input is added to it, as far as a
  // header can reach, and what turns out to be payload is left where it was.
  const std::size_t held = header_size_;
  std::span<const std::byte> candidate = input;
  if (held > 0) {
    const std::size_t added = std::min(input.size(), header_.size() - held);
    std::copy_n(input.begin(), added, header_.begin() + static_cast<std::ptrdiff_t>(held));
    candidate = std::span(header_).first(held + added);
  }

  FrameHeader header;
  const HeaderDecode decode = decode_frame_header(candidate, role_, header);
  switch (decode.status) {
    case HeaderDecode::Status::violation:
      return {.kind = FrameStep::Kind::violation, .violation = decode.violation};
    case HeaderDecode::Status::need_more:
      CHECK(candidate.size() < header_.size());
      if (held == 0) std::ranges::copy(candidate, header_.begin());
      header_size_ = static_cast<std::uint8_t>(candidate.size());
      input = {};
      return {};
    case HeaderDecode::Status::complete:
      break;
  }
  CHECK(header.header_size > held);
  input = input.subspan(header.header_size - held);
  header_size_ = 0;
  fin_ = header.fin;
  opcode_ = header.opcode;
  masking_key_ = header.masking_key;
  payload_left_ = header.payload_size;
  return {.kind = FrameStep::Kind::header, .frame_end = payload_left_ == 0};
}

FrameStep FrameParser::next_payload(std::span<std::byte>& input) noexcept {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), payload_left_));
  const std::span<std::byte> piece = input.first(size);
  if (peer_must_mask(role_)) {
    apply_mask(piece, masking_key_, 0);
    masking_key_ = std::bit_cast<MaskingKey>(detail::turned(detail::key_word(masking_key_), size));
  }
  input = input.subspan(size);
  payload_left_ -= size;
  return {.kind = FrameStep::Kind::payload, .frame_end = payload_left_ == 0, .payload = piece};
}

}  // namespace protocol
