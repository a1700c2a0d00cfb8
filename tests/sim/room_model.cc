#include "tests/sim/room_model.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace sim {

StayNumber RoomModel::begin_stay(std::uint64_t session, std::uint8_t room, bool echo,
                                 base::Instant now) {
  stays_.push_back({.session = session, .room = room, .echo = echo, .began = now});
  return static_cast<StayNumber>(stays_.size() - 1);
}

void RoomModel::weaken_stay(StayNumber stay) { stays_[stay].faithful = false; }

void RoomModel::end_stay(StayNumber stay) {
  stays_[stay].faithful = false;
  stays_[stay].ended = true;
}

void RoomModel::doubt(StayNumber stay) { stays_[stay].doubted = true; }

std::uint64_t RoomModel::publish(StayNumber stay, base::Instant now) {
  publications_[++last_number_] = {.sender = stay, .room = stays_[stay].room, .said = now};
  return last_number_;
}

void RoomModel::hear(StayNumber number, std::uint8_t room, std::uint64_t message,
                     base::Instant now) {
  Stay& stay = stays_[number];
  const auto found = publications_.find(message);
  const std::string it = "message " + std::to_string(message) + " ";
  if (stay.ended) return convict(number, it + "was heard after leaving");
  if (found == publications_.end()) return convict(number, it + "was never said");
  Publication& publication = found->second;
  if (publication.room != room || room != stay.room) {
    return convict(number, it + "was said in another room");
  }
  if (withheld(stay, publication)) return convict(number, it + "is an echo");
  if (!stay.places.emplace(message, stay.heard.size()).second) {
    return convict(number, it + "was heard twice");
  }
  std::uint64_t& last = stay.last_of[publication.sender];
  if (last > message) convict(number, it + "came after its sender's " + std::to_string(last));
  last = message;
  stay.heard.push_back(message);
  publication.was_heard = true;
  worst_latency_ = std::max(worst_latency_, now - publication.said);
  ++heard_;
}

void RoomModel::judge() {
  std::set<std::uint8_t> rooms;
  for (const Stay& stay : stays_) rooms.insert(stay.room);
  for (const std::uint8_t room : rooms) {
    judge_order(room);
    const auto policy = policies_.find(room);
    if (policy == policies_.end() || policy->second != engine::RoomPolicy::latest) continue;
    for (std::uint64_t key = 1; key <= kKeys; ++key) judge_newest(room, key);
  }
  for (StayNumber one = 0; one < stays_.size(); ++one) {
    if (!reliable(stays_[one].room)) continue;
    for (StayNumber other = 0; other < stays_.size(); ++other) {
      if (one != other && stays_[one].room == stays_[other].room) judge_gaps(one, other);
    }
    judge_completeness(one);
  }
}

// All hear in one order: what each hears before what has no circle.
void RoomModel::judge_order(std::uint8_t room) {
  std::map<std::uint64_t, std::set<std::uint64_t>> after;
  std::map<std::uint64_t, std::size_t> before_count;
  for (const Stay& stay : stays_) {
    if (stay.room != room) continue;
    for (std::size_t i = 0; i < stay.heard.size(); ++i) {
      before_count.try_emplace(stay.heard[i], 0);
      if (i == 0 || !after[stay.heard[i - 1]].insert(stay.heard[i]).second) continue;
      ++before_count[stay.heard[i]];
    }
  }
  std::vector<std::uint64_t> first;
  for (const auto& [message, count] : before_count) {
    if (count == 0) first.push_back(message);
  }
  std::size_t ordered = 0;
  while (!first.empty()) {
    const std::uint64_t message = first.back();
    first.pop_back();
    ++ordered;
    for (const std::uint64_t next : after[message]) {
      if (--before_count[next] == 0) first.push_back(next);
    }
  }
  if (ordered != before_count.size()) {
    verdict_.convict("room " + std::to_string(room) + ": no order fits what its members heard");
  }
}

// Between two messages that both heard, `one` heard everything that `other` heard there.
void RoomModel::judge_gaps(StayNumber one, StayNumber other) {
  const Stay& stay = stays_[one];
  const Stay& witness = stays_[other];
  for (std::size_t i = 1; i < stay.heard.size(); ++i) {
    const auto from = witness.places.find(stay.heard[i - 1]);
    const auto to = witness.places.find(stay.heard[i]);
    if (from == witness.places.end() || to == witness.places.end()) continue;
    for (std::size_t place = from->second + 1; place < to->second; ++place) {
      const std::uint64_t missing = witness.heard[place];
      if (withheld(stay, publications_.at(missing))) continue;
      convict(one, "message " + std::to_string(missing) + " is missing in the middle");
      return;
    }
  }
}

// A session that wants no echo does not hear what it said itself, be it in an earlier stay.
bool RoomModel::withheld(const Stay& stay, const Publication& publication) const {
  const Stay& sender = stays_[publication.sender];
  return sender.session == stay.session && !sender.echo;
}

bool RoomModel::owed(const Stay& stay, const Publication& publication) const {
  if (publication.room != stay.room || publication.said <= stay.began) return false;
  if (withheld(stay, publication)) return false;
  return publication.was_heard || !stays_[publication.sender].doubted;
}

void RoomModel::judge_completeness(StayNumber number) {
  const Stay& stay = stays_[number];
  if (!stay.faithful) return;
  for (const auto& [message, publication] : publications_) {
    if (!owed(stay, publication) || stay.places.contains(message)) continue;
    convict(number, "message " + std::to_string(message) + " never came");
    return;
  }
}

// The last message of the key that each sender sent; the room's last one is among them. None where
// it cannot be told.
std::vector<std::uint64_t> RoomModel::last_of_senders(std::uint8_t room, std::uint64_t key) const {
  std::map<StayNumber, std::uint64_t> last;
  for (const auto& [message, publication] : publications_) {
    if (publication.room != room || key_of(message) != key) continue;
    if (stays_[publication.sender].doubted) return {};
    last[publication.sender] = message;
  }
  std::vector<std::uint64_t> all;
  for (const auto& [sender, message] : last) all.push_back(message);
  return all;
}

std::uint64_t RoomModel::last_heard(const Stay& stay, std::uint64_t key) const {
  std::uint64_t last = 0;
  for (const std::uint64_t message : stay.heard) {
    if (key_of(message) == key) last = message;
  }
  return last;
}

void RoomModel::judge_newest(std::uint8_t room, std::uint64_t key) {
  const std::vector<std::uint64_t> candidates = last_of_senders(room, key);
  if (candidates.empty()) return;
  std::uint64_t newest = 0;
  for (StayNumber number = 0; number < stays_.size(); ++number) {
    const Stay& stay = stays_[number];
    const bool owed_all = std::ranges::all_of(
        candidates, [&](std::uint64_t message) { return owed(stay, publications_.at(message)); });
    if (stay.room != room || !stay.faithful || !owed_all) continue;
    const std::uint64_t last = last_heard(stay, key);
    if (std::ranges::find(candidates, last) == candidates.end()) {
      convict(number, "the newest of key " + std::to_string(key) + " never came");
    } else if (newest != 0 && last != newest) {
      convict(number, "message " + std::to_string(last) + " came last, elsewhere " +
                          std::to_string(newest));
    }
    newest = last;
  }
}

void RoomModel::convict(StayNumber stay, const std::string& charge) {
  verdict_.convict("stay " + std::to_string(stay) + " in room " +
                   std::to_string(stays_[stay].room) + ": " + charge);
}

}  // namespace sim
