#include "loadgen/native/native_events.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <iterator>
#include <utility>

namespace loadgen {

namespace {

constexpr std::string_view kHead = R"({"event":")";
constexpr std::string_view kTail = R"(},"version":"1.0"})";
constexpr std::size_t kTimeBytes = std::string_view("2026-11-27T15:51:47.012Z").size();
constexpr std::size_t kErrorTextBytesMax = 160;

constexpr std::array<std::pair<std::string_view, NativeEvent>, 7> kEvents{
    {{"chat:message:received", NativeEvent::received},
     {"chat:message:sent", NativeEvent::sent},
     {"chat:message:receipts", NativeEvent::receipts},
     {"chat:room:joined", NativeEvent::joined},
     {"chat:room:member", NativeEvent::member},
     {"connected", NativeEvent::connected},
     {"error", NativeEvent::error}}};

// Goes through a text from its start; after the first thing that is not there it stays false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : rest_(text) {}

  Scanner& literal(std::string_view wanted) noexcept {
    ok_ = ok_ && rest_.starts_with(wanted);
    if (ok_) rest_.remove_prefix(wanted.size());
    return *this;
  }
  // Up to the next quotation mark, which is left. None of our texts has an escape.
  Scanner& text(std::string_view& found) noexcept {
    const std::size_t end = rest_.find('"');
    ok_ = ok_ && end != std::string_view::npos;
    if (ok_) take(found, end);
    return *this;
  }
  Scanner& number(std::uint64_t& found) noexcept {
    const char* const begin = rest_.data();
    const auto [end, error] = std::from_chars(begin, begin + rest_.size(), found);
    ok_ = ok_ && error == std::errc{};
    if (ok_) rest_.remove_prefix(static_cast<std::size_t>(end - begin));
    return *this;
  }
  Scanner& spaces() noexcept {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    return *this;
  }
  Scanner& skip(std::size_t octets) noexcept {
    ok_ = ok_ && rest_.size() >= octets;
    if (ok_) rest_.remove_prefix(octets);
    return *this;
  }
  bool ended() const noexcept { return ok_ && rest_.empty(); }

 private:
  void take(std::string_view& found, std::size_t size) noexcept {
    found = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::string_view text_of(std::string_view text, std::string_view key) noexcept {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find('"'));
}

}  // namespace

NativeEvent event_of(std::string_view text) noexcept {
  if (!text.starts_with(kHead)) return NativeEvent::other;
  text.remove_prefix(kHead.size());
  for (const auto& [name, event] : kEvents) {
    if (text.starts_with(name) && text.substr(name.size()).starts_with('"')) return event;
  }
  return NativeEvent::other;
}

// ---- Heard --------------------------------------------------------------------------------------

bool greets(std::string_view text, std::string_view user, std::string_view tenant) {
  const std::string who = fmt::format(R"(","userId":"{}","tenantId":"{}",)", user, tenant);
  const std::string rooms = fmt::format(R"(,"rooms":["user:{}","tenant:{}"],)", user, tenant);
  return text.find(who) != std::string_view::npos && text.find(rooms) != std::string_view::npos &&
         text.ends_with(kTail);
}

bool read_joined(std::string_view text, JoinedRoom& joined) noexcept {
  std::string_view epoch;
  return Scanner(text)
      .literal(R"({"event":"chat:room:joined","requestId":)")
      .number(joined.request)
      .literal(R"(,"data":{"roomId":")")
      .text(joined.room)
      .literal(R"(","epoch":")")
      .text(epoch)
      .literal(R"(","seq":)")
      .number(joined.number)
      .literal(kTail)
      .ended();
}

bool read_member(std::string_view text, std::string_view& room) noexcept {
  std::string_view user;
  std::string_view connection;
  std::string_view action;
  return Scanner(text)
      .literal(R"({"event":"chat:room:member","data":{"roomId":")")
      .text(room)
      .literal(R"(","userId":")")
      .text(user)
      .literal(R"(","connectionId":")")
      .text(connection)
      .literal(R"(","action":")")
      .text(action)
      .literal(R"(")")
      .literal(kTail)
      .ended();
}

bool read_received(std::string_view text, ReceivedChat& chat) noexcept {
  return Scanner(text)
      .literal(R"({"event":"chat:message:received","data":{"type":"chat","id":")")
      .text(chat.id)
      .literal(R"(","roomId":")")
      .text(chat.room)
      .literal(R"(","senderId":")")
      .text(chat.sender)
      .literal(R"(","content":")")
      .text(chat.content)
      .literal(R"(","timestamp":")")
      .skip(kTimeBytes)
      .literal(R"(","deliveryStatus":"delivered","seq":)")
      .spaces()
      .number(chat.number)
      .literal(kTail)
      .ended();
}

bool read_sent(std::string_view text, Acknowledgement& sent) noexcept {
  return Scanner(text)
      .literal(R"({"event":"chat:message:sent","requestId":)")
      .number(sent.request)
      .literal(R"(,"data":{"id":")")
      .text(sent.id)
      .literal(R"(","seq":)")
      .number(sent.number)
      .literal(R"(,"matched":)")
      .number(sent.matched)
      .literal(R"(,"queued":)")
      .number(sent.queued)
      .literal(R"(,"conflated":)")
      .number(sent.conflated)
      .literal(R"(,"dropped":)")
      .number(sent.dropped)
      .literal(R"(,"duplicate":false)")
      .literal(kTail)
      .ended();
}

bool read_receipts(std::string_view text, ReceiptTotals& totals) noexcept {
  return Scanner(text)
      .literal(R"({"event":"chat:message:receipts","data":{"id":")")
      .text(totals.id)
      .literal(R"(","roomId":")")
      .text(totals.room)
      .literal(R"(","seq":)")
      .number(totals.number)
      .literal(R"(,"delivered":)")
      .number(totals.delivered)
      .literal(R"(,"read":)")
      .number(totals.read)
      .literal(kTail)
      .ended();
}

std::string error_text(std::string_view text) {
  const std::string_view code = text_of(text, R"("code":")");
  const std::string_view message = text_of(text, R"("message":")");
  std::string line(code);
  line.append(": ").append(message);
  if (line.size() > kErrorTextBytesMax) line.resize(kErrorTextBytesMax);
  return line;
}

// ---- Said ---------------------------------------------------------------------------------------

void append_join(std::string& out, std::string_view room, std::uint64_t request) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"event":"chat:room:join","data":{{"room":"{}"}},"requestId":{}}})", room,
                 request);
}

void append_chat_head(std::string& out, std::string_view room) {
  out += R"({"event":"chat:message:send","data":{"room":")";
  out += room;
  out += R"(","content":")";
}

void append_chat_tail(std::string& out, bool receipts, std::optional<std::uint64_t> request) {
  out += receipts ? R"(","receipts":true})" : R"("})";
  if (request) fmt::format_to(std::back_inserter(out), R"(,"requestId":{})", *request);
  out += '}';
}

void append_receipt(std::string& out, std::string_view id, bool read) {
  out += R"({"event":"chat:message:receipt","data":{"id":")";
  out += id;
  out += read ? R"(","kind":"read"}})" : R"(","kind":"delivered"}})";
}

}  // namespace loadgen
