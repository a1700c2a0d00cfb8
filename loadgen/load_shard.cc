#include "loadgen/load_shard.h"

#include <sys/prctl.h>

#include <algorithm>

#include "loadgen/scenarios/make_scenario.h"

namespace loadgen {

namespace {

// A stalled server must fill queues here, not close connections, until memory says otherwise.
constexpr std::uint64_t kClientSendQueueBytesMax = std::uint64_t{16} << 20;
// A connect storm is measured, not cut short.
constexpr base::Duration kClientHandshakeTimeout = std::chrono::seconds{60};
// Timers of a thread may be this late; the default of 50 us would count as the server's latency.
constexpr unsigned long kTimerSlackNanoseconds = 1;

engine::SessionOptions session_options(const LoadOptions& options) {
  engine::SessionOptions session;
  session.message_bytes_max =
      std::max<std::uint64_t>(base::kMessageBytesDefault, options.size.most);
  session.send_queue_bytes_max =
      std::max(kClientSendQueueBytesMax, std::uint64_t{2} * options.in_flight * options.size.most);
  session.send_queue_bytes_max = std::min(session.send_queue_bytes_max, base::kSendQueueBytesMost);
  session.handshake_timeout = kClientHandshakeTimeout;
  session.heartbeat_interval = base::Duration::zero();  // The server asks, the client answers.
  return session;
}

std::uint32_t share(std::uint32_t all, std::uint32_t shards) { return std::max(1U, all / shards); }

}  // namespace

LoadShard::LoadShard(engine::Shard& shard, engine::ConnectionGate& gate, const LoadOptions& options,
                     const RunControl& control, PublishedBoard& board)
    : WebSocketShard(shard, gate, session_options(options), 0),
      options_(options),
      control_(control),
      clients_(sessions(), shard.connections(), shard.reactor(), options,
               options.partition_of(shard.number()), statistics_) {
  set_handlers(*this, *this);
  scenario_ = make_scenario({.options = options,
                             .clients = clients_,
                             .statistics = statistics_,
                             .window = window_,
                             .board = board});
}

void LoadShard::on_start() {
  static_cast<void>(prctl(PR_SET_TIMERSLACK, kTimerSlackNanoseconds, 0, 0, 0));
  WebSocketShard::on_start();
  scenario_->prepare();
  if (!connects_first(options_.scenario)) return;
  clients_.connect_all(
      {.in_progress_max = share(options_.connect_in_progress, options_.all_shards()),
       .rate = options_.connect_rate / options_.all_shards()});
}

// ---- The turn -----------------------------------------------------------------------------------

engine::StepResult LoadShard::expire(base::Instant now) {
  const engine::StepResult result = WebSocketShard::expire(now);
  heed_control(now);
  return result;
}

void LoadShard::heed_control(base::Instant now) {
  const base::Instant start = control_.start();
  if (stopped_ || start == base::kForever) return;
  window_.start = start;
  window_.measure_from = start + options_.warm_up;
  window_.stop = std::min(window_.measure_from + options_.duration, control_.stop());
  if (!begun_ && now >= window_.start) {
    begun_ = true;
    scenario_->begin(now);
  }
  if (!measuring_ && now >= window_.measure_from) {
    measuring_ = true;
    statistics_.at_measure_from = marks();
  }
  if (now >= window_.stop) {
    stopped_ = true;
    statistics_.at_stop = marks();
    if (!measuring_) statistics_.at_measure_from = statistics_.at_stop;
    scenario_->stop(now);
  }
}

Marks LoadShard::marks() noexcept {
  const engine::SessionCounters& sessions = session_counters();
  const engine::ConnectionCounters& connections = shard().connection_counters();
  return {.sent = statistics_.sent.value(),
          .received = statistics_.received.value(),
          .payload_bytes_sent = sessions.message_bytes_sent.value(),
          .payload_bytes_received = sessions.message_bytes_received.value(),
          .socket_bytes_sent = connections.sent_bytes.value(),
          .socket_bytes_received = connections.received_bytes.value()};
}

engine::StepResult LoadShard::run_tasks() {
  const engine::StepResult rooms = WebSocketShard::run_tasks();
  clients_.pump(now());
  const engine::StepResult scenario = scenario_->pump(now());
  const bool more = rooms == engine::StepResult::more || scenario == engine::StepResult::more;
  return more ? engine::StepResult::more : engine::StepResult::done;
}

base::Instant LoadShard::next_deadline() const {
  const base::Instant begin = begun_ ? base::kForever : control_.start();
  const base::Instant stop = stopped_ ? base::kForever : window_.stop;
  const base::Instant measure = measuring_ ? base::kForever : window_.measure_from;
  return std::min({WebSocketShard::next_deadline(), clients_.next_deadline(),
                   scenario_->next_deadline(), begin, measure, stop});
}

// ---- Sessions -----------------------------------------------------------------------------------

void LoadShard::on_open(engine::SessionId id) {
  const auto client = static_cast<std::uint32_t>(sessions().context(id));
  clients_.opened(client, id, now());
  scenario_->on_open(client, now());
}

void LoadShard::on_message(engine::SessionId id, protocol::Opcode opcode,
                           std::span<std::byte> payload) {
  scenario_->on_message(static_cast<std::uint32_t>(sessions().context(id)), opcode, payload, now());
}

void LoadShard::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  const auto client = static_cast<std::uint32_t>(sessions().context(id));
  clients_.closed(client, info, scenario_->forgives(client));
  if (info.opened) {
    scenario_->on_close(client, info, now());
  } else {
    scenario_->on_connect_failed(client, {.outcome = engine::Outcome::connection_reset}, now());
  }
}

void LoadShard::on_connect_failed(std::uint64_t context, const engine::ConnectFailure& failure) {
  const auto client = static_cast<std::uint32_t>(context);
  clients_.connect_failed(client, failure, scenario_->forgives(client));
  scenario_->on_connect_failed(client, failure, now());
}

// ---- LoadShardFactory ---------------------------------------------------------------------------

LoadShardFactory::LoadShardFactory(const LoadOptions& options, const RunControl& control,
                                   PublishedBoard& board)
    : options_(options), control_(control), board_(board), gate_(UINT64_MAX) {}

std::unique_ptr<engine::ShardProgram> LoadShardFactory::make(engine::Shard& shard) {
  auto program = std::make_unique<LoadShard>(shard, gate_, options_, control_, board_);
  if (base::Status opened = program->open(); !opened.ok()) status_ = opened;
  shards_.push_back(program.get());
  return program;
}

}  // namespace loadgen
