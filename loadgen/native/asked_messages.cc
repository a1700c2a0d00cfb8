#include "loadgen/native/asked_messages.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace loadgen {

namespace {

constexpr std::uint64_t mix(std::uint64_t sequence, std::uint64_t number) noexcept {
  std::uint64_t mixed = (sequence ^ 0xA0761D6478BD642FU) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ mixed >> 29U ^ number) * 0xD1B54A32D192ED03U;
  return mixed ^ mixed >> 31U;
}

std::uint64_t hash_of(std::string_view id) noexcept { return std::hash<std::string_view>{}(id); }

}  // namespace

void AskedMessages::remove(Asked& asked) {
  asked = open_.back();
  open_.pop_back();
}

void AskedMessages::on_delivered(std::uint64_t sequence, std::uint64_t number) noexcept {
  numbers_ ^= mix(sequence, number);
}

AskedMessages::Verdict AskedMessages::on_sent(const Acknowledgement& sent,
                                              const Audience& audience) {
  const auto asked = std::ranges::find_if(
      open_, [&sent](const Asked& one) { return !one.sent && one.sequence == sent.request; });
  if (asked == open_.end()) return Verdict::wrong;
  numbers_ ^= mix(sent.request, sent.number);
  const bool to_all = sent.matched == audience.members && sent.queued == audience.members &&
                      sent.conflated == 0 && sent.dropped == 0;
  if (!to_all || !asked->receipts) {
    remove(*asked);
    return to_all ? Verdict::settled : Verdict::wrong;
  }
  asked->sent = true;
  asked->number = sent.number;
  asked->id_hash = hash_of(sent.id);
  return Verdict::noted;
}

// Each time one of the totals is larger, and none can be larger than the room.
AskedMessages::Verdict AskedMessages::on_receipts(const ReceiptTotals& totals,
                                                  const Audience& audience) {
  const std::uint64_t id_hash = hash_of(totals.id);
  const auto asked = std::ranges::find_if(open_, [&totals, id_hash](const Asked& one) {
    return one.sent && one.id_hash == id_hash && one.number == totals.number;
  });
  if (asked == open_.end()) return Verdict::wrong;
  const bool grows = totals.delivered >= asked->delivered && totals.read >= asked->read &&
                     totals.delivered + totals.read > asked->delivered + asked->read;
  if (!grows || totals.delivered > audience.members || totals.read > audience.readers) {
    remove(*asked);
    return Verdict::wrong;
  }
  asked->delivered = totals.delivered;
  asked->read = totals.read;
  if (totals.delivered < audience.members || totals.read < audience.readers) return Verdict::noted;
  remove(*asked);
  return Verdict::settled;
}

}  // namespace loadgen
