#include "loadgen/series/series_recorder.h"

#include <algorithm>

namespace loadgen {

SeriesRecorder::SeriesRecorder(std::span<LoadShard* const> shards, const ProcessProbe& client,
                               const std::optional<ProcessProbe>& server, const HostProbe& host)
    : shards_(shards), client_(client), server_(server), host_(host) {}

void SeriesRecorder::begin(base::Instant now) {
  traffic_.begin(now, kTrafficInterval, kTrafficSamples);
  resources_.begin(now, kResourceInterval, kResourceSamples);
  measured_from_ = now;
  measured_to_ = now;
}

base::Instant SeriesRecorder::due() const noexcept {
  return std::min(traffic_.next(), resources_.next());
}

void SeriesRecorder::look(base::Instant now) {
  if (now >= traffic_.next()) traffic_.add(now, traffic());
  if (now >= resources_.next()) resources_.add(now, resources());
}

void SeriesRecorder::set_measured(base::Instant from, base::Instant to) noexcept {
  measured_from_ = from;
  measured_to_ = to;
}

RunSeries SeriesRecorder::end(base::Instant now) {
  traffic_.add(now, traffic());
  resources_.add(now, resources());
  return {.began = traffic_.began(),
          .measured_from = measured_from_ - traffic_.began(),
          .measured_to = measured_to_ - traffic_.began(),
          .traffic = traffic_.samples(),
          .resources = resources_.samples()};
}

TrafficSample SeriesRecorder::traffic() const {
  TrafficSample sample;
  for (const LoadShard* shard : shards_) {
    const ShardStatistics& statistics = shard->statistics();
    const engine::SessionCounters& sessions = shard->session_counters();
    sample.opened += statistics.opened.value();
    sample.failed += statistics.failed.value();
    sample.open += statistics.open.value();
    sample.sent += statistics.sent.value();
    sample.received += statistics.received.value();
    sample.payload_bytes_sent += sessions.message_bytes_sent.value();
    sample.payload_bytes_received += sessions.message_bytes_received.value();
    statistics.latency_counts.add_to(sample.latency);
  }
  return sample;
}

ResourceSample SeriesRecorder::resources() const {
  ResourceSample sample{.client_cpu = client_.cpu().total,
                        .client_resident = client_.resident(),
                        .host = host_.look()};
  if (server_) {
    sample.server_cpu = server_->cpu().total;
    sample.server_resident = server_->resident();
  }
  return sample;
}

}  // namespace loadgen
