// ShardStatistics: what one shard of a run saw; merged with the others' when the run is over.
//
// Threads: written by the shard; the counters may be read from any thread, the rest only after the
// shard has ended. Bound: three histograms, about 110 KiB, and another per class; nothing that
// grows with the run.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counter.h"
#include "base/histogram.h"
#include "base/time.h"
#include "engine/io/outcome.h"
#include "engine/session/session.h"
#include "loadgen/series/latency_counts.h"
#include "loadgen/tally.h"

namespace loadgen {

// What audits find; all but `lost` as it happens.
struct AuditCounts {
  std::uint64_t checked = 0;       // Messages that were what they claimed to be.
  std::uint64_t lost = 0;          // Did not come until the end of the drain.
  std::uint64_t duplicates = 0;    // Came again.
  std::uint64_t disorder = 0;      // Came after a later one, or in another order than elsewhere.
  std::uint64_t corrupt = 0;       // Not, octet for octet, what was sent.
  std::uint64_t misdelivered = 0;  // Sent to another room.
  std::uint64_t misreported = 0;   // Answers to a publisher that were not so, or did not come.

  std::uint64_t faults() const noexcept {
    return lost + duplicates + disorder + corrupt + misdelivered + misreported;
  }
  void add(const AuditCounts& other) noexcept {
    checked += other.checked;
    lost += other.lost;
    duplicates += other.duplicates;
    disorder += other.disorder;
    corrupt += other.corrupt;
    misdelivered += other.misdelivered;
    misreported += other.misreported;
  }
};

// How far the counters were when the measuring began and ended.
struct Marks {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t payload_bytes_sent = 0;
  std::uint64_t payload_bytes_received = 0;
  std::uint64_t socket_bytes_sent = 0;
  std::uint64_t socket_bytes_received = 0;
};

struct ConnectionErrors {
  static constexpr std::size_t kEventTextsMost = 32;

  std::array<std::uint64_t, engine::kOutcomeCount> connect_failures{};  // Of TCP.
  std::map<std::uint16_t, std::uint64_t> http_refusals;  // By status; 0 is no answer in time.
  std::array<std::uint64_t, engine::kCloseReasonCount> handshake_closes{};
  std::array<std::uint64_t, engine::kCloseReasonCount> closes{};  // Of open ones, not asked for.
  std::map<std::string, std::uint64_t> events;  // Error events, by what they said.

  // Past kEventTextsMost different ones they are counted together.
  void note_event(std::string text) {
    const bool full = events.size() >= kEventTextsMost && !events.contains(text);
    ++events[full ? "others" : std::move(text)];
  }
};

// Of one class of a run that reports several: its own part of what the shard's whole has.
struct ClassStatistics {
  std::string name;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  base::Histogram latency;
  AuditCounts audit;

  void merge(const ClassStatistics& other) {
    name = other.name;
    sent += other.sent;
    received += other.received;
    latency.merge(other.latency);
    audit.add(other.audit);
  }
};

struct ShardStatistics {
  base::Counter sent;      // Messages.
  base::Counter received;  // Messages that were expected, each once.
  base::Counter connects;  // Begun.
  base::Counter opened;
  base::Counter failed;  // Connects that came to nothing.
  base::Gauge open;
  base::Counter disconnects;
  base::Counter owed;   // Receptions that what was sent makes when nothing is lost.
  base::Gauge awaited;  // Clients without which the run is not over before its time.

  base::Histogram latency;   // Of what was measured.
  base::Histogram send_lag;  // Of an open loop: how much later than intended it sent.
  base::Histogram connect_latency;
  AuditCounts audit;
  ConnectionErrors errors;
  ConnectionErrors forgiven;  // What the scenario had planned for.
  std::uint64_t stalls = 0;   // A closed loop whose answer did not come sent on all the same.
  std::uint64_t skipped = 0;  // Intended, but the publisher was not connected.
  std::uint64_t unsent = 0;   // Intended before the stop, but not sent before the end.
  std::uint64_t unexpected_messages = 0;
  Tallies tallies{};
  LatencyCounts latency_counts;  // Of everything; any thread may read it.
  Marks at_measure_from;
  Marks at_stop;
  // Named by the scenario when it is made, and not moved after.
  std::vector<std::unique_ptr<ClassStatistics>> classes;

  ClassStatistics& add_class(std::string_view name) {
    classes.push_back(std::make_unique<ClassStatistics>());
    classes.back()->name = name;
    return *classes.back();
  }
  void count(Tally tally, std::uint64_t many = 1) noexcept { of(tallies, tally) += many; }

  void record_latency(base::Duration time, bool measured) noexcept {
    const auto nanoseconds = static_cast<std::uint64_t>(time.count());
    latency_counts.record(nanoseconds);
    if (measured) latency.record(nanoseconds);
  }
};

}  // namespace loadgen
