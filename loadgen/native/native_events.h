// Native events: what the native scenario says to a gateway, and what it hears from one
// (docs/PROTOCOL.md).
//
// A generator shares the machine with what it measures, so nothing here parses JSON: what it sends
// has a known layout, and so has what comes back. A reader accepts that layout and no other, to the
// last octet; anything else is for the audit to count. Pure functions, any thread; the views are
// into the text that was read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen {

enum class NativeEvent : std::uint8_t {
  connected,
  joined,
  received,
  sent,
  receipts,
  member,  // Who else comes and goes.
  error,
  other,
};

NativeEvent event_of(std::string_view text) noexcept;

// ---- Heard --------------------------------------------------------------------------------------

// Whether `connected` names the user and the tenant, and the rooms of both.
bool greets(std::string_view text, std::string_view user, std::string_view tenant);

struct JoinedRoom {
  std::uint64_t request = 0;
  std::string_view room{};
  std::uint64_t number = 0;  // Of the last message before.
};
bool read_joined(std::string_view text, JoinedRoom& joined) noexcept;

// Who came to the room, or left it.
bool read_member(std::string_view text, std::string_view& room) noexcept;

struct ReceivedChat {
  std::string_view id{};
  std::string_view room{};
  std::string_view sender{};
  std::string_view content{};
  std::uint64_t number = 0;
};
bool read_received(std::string_view text, ReceivedChat& chat) noexcept;

// What became of a message that its publisher asked about.
struct Acknowledgement {
  std::uint64_t request = 0;
  std::string_view id{};
  std::uint64_t number = 0;
  std::uint64_t matched = 0;
  std::uint64_t queued = 0;
  std::uint64_t conflated = 0;
  std::uint64_t dropped = 0;
};
// False also when it was taken for a repetition, which none is.
bool read_sent(std::string_view text, Acknowledgement& sent) noexcept;

struct ReceiptTotals {
  std::string_view id{};
  std::string_view room{};
  std::uint64_t number = 0;
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;
};
bool read_receipts(std::string_view text, ReceiptTotals& totals) noexcept;

// "CODE: message", for people; cut to a line.
std::string error_text(std::string_view text);

// ---- Said ---------------------------------------------------------------------------------------

void append_join(std::string& out, std::string_view room, std::uint64_t request);
// What comes before the content, and what comes after it. The content needs no escape.
void append_chat_head(std::string& out, std::string_view room);
void append_chat_tail(std::string& out, bool receipts, std::optional<std::uint64_t> request);
void append_receipt(std::string& out, std::string_view id, bool read);

}  // namespace loadgen
