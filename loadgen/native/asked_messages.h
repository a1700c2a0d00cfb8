// AskedMessages: the messages of one publisher of which it wants to hear what became of them.
//
// It is told how many members a message matched (an acknowledgement), and of some messages, again
// and again, how many say that they have got and read it (receipts). A message is open until it has
// been told all of that. Threads: the publisher's shard. Bound: as many as are asked and not
// answered; memory is that of the most at one time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loadgen/native/native_events.h"

namespace loadgen {

class AskedMessages {
 public:
  // How many members the publisher's room has, and how many of them tell to have read a message.
  struct Audience {
    std::uint32_t members = 0;
    std::uint32_t readers = 0;
  };

  enum class Verdict : std::uint8_t {
    settled,  // All has been told of this message, and was so.
    noted,    // There is more to come.
    wrong,    // It was not so, or nobody had asked.
  };

  void ask(std::uint64_t sequence, bool receipts) {
    open_.push_back({.sequence = sequence, .receipts = receipts});
  }
  Verdict on_sent(const Acknowledgement& sent, const Audience& audience);
  Verdict on_receipts(const ReceiptTotals& totals, const Audience& audience);
  // A message that was asked about came back to its publisher under this number.
  void on_delivered(std::uint64_t sequence, std::uint64_t number) noexcept;

  std::size_t open() const noexcept { return open_.size(); }
  // Once nothing is open and everything has come back: the numbers were those of the answers.
  bool numbers_agree() const noexcept { return numbers_ == 0; }

 private:
  struct Asked {
    std::uint64_t sequence = 0;
    bool receipts = false;
    bool sent = false;  // Acknowledged; from here on, what that said:
    std::uint64_t number = 0;
    std::uint64_t id_hash = 0;
    std::uint64_t delivered = 0;  // By the last receipts.
    std::uint64_t read = 0;
  };

  void remove(Asked& asked);

  std::vector<Asked> open_;
  // Of each sequence with its number, once as answered and once as delivered: they cancel out.
  std::uint64_t numbers_ = 0;
};

}  // namespace loadgen
