// KeptUntil: a table of entries by name, each of which holds until a time: what Revocations and
// RoleChanges keep.
//
// Any thread. Shards look at every handshake: while there was never an entry that is one load, else
// a look-up under a shared lock. Bounds: entries and bytes, both given; where there is no place,
// those whose time is over are dropped. It has no clock: the latest `now` of a look-up is what it
// drops by. All times are seconds since 1970.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace app {

// A tenant has no zero octet in it, so no two pairs give the same name.
inline std::string name_of_user(std::string_view tenant, std::string_view user) {
  std::string name(tenant);
  name += '\0';
  name += user;
  return name;
}

struct KeptCounts {
  std::size_t entries = 0;
  std::size_t bytes = 0;
  std::uint64_t refused = 0;  // Because it was full.
};

// An Entry has `until`, `bytes()`, and `meet(const Entry& earlier)`, which makes of it what holds
// after both.
template <typename Entry>
class KeptUntil {
 public:
  struct Bounds {
    std::size_t entries;
    std::size_t bytes;  // Of names and of what entries say of themselves.
  };

  explicit KeptUntil(const Bounds& bounds) : bounds_(bounds) {}

  // False where it is full; then nothing has changed.
  bool put(const std::string& name, const Entry& entry) {
    const std::unique_lock lock(mutex_);
    if (!try_put(name, entry)) {
      drop_ended();
      if (!try_put(name, entry)) {
        ++refused_;
        return false;
      }
    }
    any_.store(true, std::memory_order_release);
    return true;
  }

  // Whether there is one of the name that make_name() gives, it holds, and `holds(entry)` says so,
  // too.
  template <typename MakeName, typename Holds>
  bool look(std::int64_t now, MakeName&& make_name, Holds&& holds) const {
    // Not exact between threads, which is no matter: any of their times is recent.
    if (latest_now_.load(std::memory_order_relaxed) < now) {
      latest_now_.store(now, std::memory_order_relaxed);
    }
    if (!any_.load(std::memory_order_acquire)) return false;
    const std::string name = make_name();
    const std::shared_lock lock(mutex_);
    const auto found = table_.find(name);
    return found != table_.end() && now <= found->second.until && holds(found->second);
  }

  KeptCounts counts() const {
    const std::shared_lock lock(mutex_);
    return {.entries = table_.size(), .bytes = bytes_, .refused = refused_};
  }

 private:
  bool try_put(const std::string& name, const Entry& entry) {
    const auto found = table_.find(name);
    Entry met = entry;
    std::size_t bytes = bytes_;
    if (found == table_.end()) {
      if (table_.size() >= bounds_.entries) return false;
      bytes += name.size();
    } else {
      met.meet(found->second);
      bytes -= found->second.bytes();
    }
    bytes += met.bytes();
    if (bytes > bounds_.bytes) return false;
    bytes_ = bytes;
    table_.insert_or_assign(name, std::move(met));
    return true;
  }

  void drop_ended() {
    const std::int64_t now = latest_now_.load(std::memory_order_relaxed);
    std::erase_if(table_, [&](const auto& item) {
      if (item.second.until >= now) return false;
      bytes_ -= item.first.size() + item.second.bytes();
      return true;
    });
  }

  const Bounds bounds_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Entry> table_;
  std::size_t bytes_ = 0;
  std::uint64_t refused_ = 0;
  std::atomic<bool> any_{false};
  mutable std::atomic<std::int64_t> latest_now_{0};
};

}  // namespace app
