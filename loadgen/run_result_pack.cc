// A run's result as bytes, from one process to another that was forked from the same program.
#include <cstring>
#include <string_view>
#include <type_traits>

#include "loadgen/run_result.h"

namespace loadgen {

namespace {

// Writes values, or reads them in the same order. What is written is read by the same code, so that
// the layout of a plain value is its own format.
class Writer {
 public:
  template <typename T>
    requires std::is_trivially_copyable_v<T>
  void value(const T& value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void value(const std::string& value) {
    this->value(value.size());
    text_ += value;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  template <typename T>
    requires std::is_trivially_copyable_v<T>
  void value(T& value) {
    if (!has(sizeof value)) return;
    std::memcpy(&value, text_.data(), sizeof value);
    text_.remove_prefix(sizeof value);
  }
  void value(std::string& value) {
    std::size_t size = 0;
    this->value(size);
    if (!has(size)) return;
    value = text_.substr(0, size);
    text_.remove_prefix(size);
  }
  // How many elements follow, of which each takes at least a byte.
  std::size_t count() {
    std::size_t count = 0;
    value(count);
    return has(count) ? count : 0;
  }
  bool ended_well() const { return ok_ && text_.empty(); }

 private:
  bool has(std::size_t bytes) {
    ok_ = ok_ && bytes <= text_.size();
    return ok_;
  }

  std::string_view text_;
  bool ok_ = true;
};

template <typename T>
void exchange(Writer& writer, const std::vector<T>& list) {
  writer.value(list.size());
  for (const T& one : list) writer.value(one);
}
template <typename T>
void exchange(Reader& reader, std::vector<T>& list) {
  list.resize(reader.count());
  for (T& one : list) reader.value(one);
}

void exchange(Writer& writer, const std::map<std::string, std::uint64_t>& kinds) {
  writer.value(kinds.size());
  for (const auto& [kind, count] : kinds) {
    writer.value(kind);
    writer.value(count);
  }
}
void exchange(Reader& reader, std::map<std::string, std::uint64_t>& kinds) {
  for (std::size_t left = reader.count(); left > 0; --left) {
    std::string kind;
    reader.value(kind);
    reader.value(kinds[kind]);
  }
}

// The fields that are values of a fixed size, of any of the two, in one order.
template <typename Stream, typename SomeProcess>
void exchange_process(Stream& stream, SomeProcess& process) {
  stream.value(process.pid);
  stream.value(process.name);
  stream.value(process.cpu);
  stream.value(process.memory_before);
  stream.value(process.memory_connected);
  stream.value(process.memory_after);
}

template <typename Stream, typename SomeReport>
void exchange_report(Stream& stream, SomeReport& report) {
  stream.value(report.times);
  stream.value(report.interrupted);
  stream.value(report.connections_opened);
  stream.value(report.connections_failed);
  stream.value(report.connections_open_at_stop);
  stream.value(report.disconnects);
  stream.value(report.pings_answered);
  stream.value(report.stalls);
  stream.value(report.skipped);
  stream.value(report.unsent);
  stream.value(report.audit);
  exchange(stream, report.errors);
  exchange(stream, report.forgiven);
  stream.value(report.tallies);
  stream.value(report.measured);
  exchange_process(stream, report.client);
  stream.value(report.host);
  stream.value(report.series.began);
  stream.value(report.series.measured_from);
  stream.value(report.series.measured_to);
  exchange(stream, report.series.traffic);
  exchange(stream, report.series.resources);
  exchange(stream, report.failures);
}

template <typename Stream, typename SomeResult>
void exchange_histograms(Stream& stream, SomeResult& result) {
  stream.value(result.histograms->latency);
  stream.value(result.histograms->send_lag);
  stream.value(result.histograms->connect_latency);
}

template <typename Stream, typename SomeClass>
void exchange_class(Stream& stream, SomeClass& one) {
  stream.value(one.name);
  stream.value(one.sent);
  stream.value(one.received);
  stream.value(one.latency);
  stream.value(one.audit);
}

}  // namespace

std::string pack(const RunResult& result) {
  Writer writer;
  exchange_report(writer, result.report);
  writer.value(result.report.server.has_value());
  if (result.report.server) exchange_process(writer, *result.report.server);
  exchange_histograms(writer, result);
  writer.value(result.classes.size());
  for (const auto& one : result.classes) exchange_class(writer, std::as_const(*one));
  return writer.take();
}

std::optional<RunResult> unpack(std::string_view packed) {
  Reader reader(packed);
  RunResult result;
  exchange_report(reader, result.report);
  bool has_server = false;
  reader.value(has_server);
  if (has_server) exchange_process(reader, result.report.server.emplace());
  exchange_histograms(reader, result);
  for (std::size_t left = reader.count(); left > 0; --left) {
    exchange_class(reader, *result.classes.emplace_back(std::make_unique<ClassStatistics>()));
  }
  if (!reader.ended_well()) return std::nullopt;
  return result;
}

}  // namespace loadgen
