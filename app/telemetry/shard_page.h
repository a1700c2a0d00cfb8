// ShardPage: a MetricPage whose figures are sums over the shards.
//
// One thread at a time; the counters that it reads are being written meanwhile, so the figures of
// a page are not of one instant. Bound: what is added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "app/telemetry/metric_page.h"
#include "app/telemetry/metrics.h"
#include "base/counter.h"

namespace app {

class ShardPage {
 public:
  using Parts = Metrics::ShardParts;
  using ReadOctaves = std::function<const base::OctaveCounts&(const Parts&)>;

  // `shards` must outlive the page.
  explicit ShardPage(const std::vector<Parts>& shards) : shards_(shards) {}

  // `read(parts)` yields the figure of one shard.
  template <typename Read>
  std::uint64_t sum(Read&& read) const {
    std::uint64_t total = 0;
    for (const Parts& parts : shards_) total += read(parts);
    return total;
  }

  template <typename Read>
  void counter(std::string name, std::string help, Read&& read, MetricPage::Labels labels = {}) {
    page_.counter(std::move(name), std::move(help), sum(read), std::move(labels));
  }
  template <typename Read>
  void gauge(std::string name, std::string help, Read&& read) {
    page_.gauge(std::move(name), std::move(help), sum(read));
  }
  // A family with one counter for each enumerator from `first` on, below `count`, under what the
  // enum's own name() says of it; `read(parts, i)` yields one.
  template <typename Enum, typename Read>
  void counters(const std::string& family, const std::string& help, const std::string& label,
                std::uint8_t first, std::uint8_t count, Read&& read) {
    for (std::uint8_t i = first; i < count; ++i) {
      counter(family, help, [&](const Parts& parts) -> std::uint64_t { return read(parts, i); },
              {{label, std::string(name(static_cast<Enum>(i)))}});
    }
  }

  // Of nanoseconds, in buckets from about a microsecond to about a second.
  void octaves(std::string name, std::string help, const ReadOctaves& read,
               MetricPage::Labels labels = {});
  // In buckets from 2^first to 2^last units, of which `per_second` are a second.
  void durations(std::string name, std::string help, double per_second, std::size_t first,
                 std::size_t last, const ReadOctaves& read, MetricPage::Labels labels = {});
  // A histogram of what is there now, and not of what has been: its sum is all memberships.
  void room_sizes(std::string name, std::string help);

  // For figures that are the process's and no shard's.
  MetricPage& of_process() noexcept { return page_; }
  std::string text() const { return page_.text(); }

 private:
  const std::vector<Parts>& shards_;
  MetricPage page_;
};

}  // namespace app
