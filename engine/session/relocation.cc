#include "engine/session/relocation.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"

namespace engine {

Relocation::~Relocation() {
  for (const auto& [key, waiting] : waiting_) {
    if (waiting.parcel != nullptr) waiting.parcel->release();
  }
}

std::uint32_t Relocation::share() const noexcept {
  const std::uint64_t average = gate_.inside() / shard_.shards();
  const std::uint64_t slack =
      std::max<std::uint64_t>(base::kRelocationSlackLeast, average / base::kRelocationSlackPart);
  const std::uint32_t capacity = shard_.connections().capacity();
  const std::uint64_t places = capacity - std::min(capacity / 2, base::kRefusalDescriptors / 2);
  return static_cast<std::uint32_t>(std::min(average + slack, places));
}

bool Relocation::better_on(std::uint32_t wanted) const noexcept {
  return enabled_ && wanted != shard_.number() && shard_.population(wanted) < share();
}

std::optional<std::uint32_t> Relocation::refuge() const noexcept {
  const std::uint32_t capacity = shard_.connections().capacity();
  const std::uint32_t margin = std::min(capacity / 2, base::kRefusalDescriptors / 2);
  const auto open = shard_.connection_counters().open.value();
  if (!enabled_ || open <= capacity - margin) return std::nullopt;
  std::uint32_t emptiest = 0;
  for (std::uint32_t shard = 1; shard < shard_.shards(); ++shard) {
    if (shard_.population(shard) < shard_.population(emptiest)) emptiest = shard;
  }
  if (shard_.population(emptiest) >= share()) return std::nullopt;
  return emptiest;
}

void Relocation::tell(std::uint32_t shard, std::uint32_t ticket, const Handshake* handshake) {
  Parcel* parcel = nullptr;
  if (handshake != nullptr) {
    const auto& octets = handshake->peer.octets;
    const std::string& text = handshake->text;
    parcel = shard_.parcels().allocate(static_cast<std::uint32_t>(octets.size() + text.size()));
    std::memcpy(parcel->bytes().data(), octets.data(), octets.size());
    std::memcpy(parcel->bytes().data() + octets.size(), text.data(), text.size());
  }
  shard_.mailbox().send(shard, {.kind = kRelocated,
                                .sender = static_cast<std::uint16_t>(shard_.number()),
                                .number = ticket,
                                .parcel = parcel});
}

std::unique_ptr<Handshake> Relocation::read(const Parcel& letter) {
  auto handshake = std::make_unique<Handshake>();
  auto& octets = handshake->peer.octets;
  CHECK(letter.bytes().size() >= octets.size());
  std::memcpy(octets.data(), letter.bytes().data(), octets.size());
  handshake->text = base::as_text(letter.bytes().subspan(octets.size()));
  return handshake;
}

std::optional<Relocation::Letter> Relocation::arrived(SessionId session, std::uint32_t from,
                                                      std::uint32_t ticket) {
  const auto [entry, first] = waiting_.try_emplace(key(from, ticket), Waiting{.session = session});
  if (first) return std::nullopt;
  const Letter letter{entry->second.parcel};
  waiting_.erase(entry);
  return letter;
}

std::optional<SessionId> Relocation::told(const ShardMessage& message) {
  const auto ticket = static_cast<std::uint32_t>(message.number);
  const auto [entry, first] =
      waiting_.try_emplace(key(message.sender, ticket), Waiting{.parcel = message.parcel});
  if (first) return std::nullopt;
  const SessionId session = entry->second.session;
  waiting_.erase(entry);
  return session;
}

}  // namespace engine
