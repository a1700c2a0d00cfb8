#include "loadgen/report_html/report_plots.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "loadgen/figure_text.h"
#include "loadgen/series/latency_grid.h"

namespace loadgen {

namespace {

constexpr int kXTicks = 7;
constexpr int kYTicks = 5;
constexpr std::size_t kHeatColumns = 120;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::string seconds_tick(double seconds) { return fmt::format("{:.4g}", seconds); }
std::string seconds_text(double seconds) { return fmt::format("at {:.1f} s", seconds); }
std::string count_text(double count) {
  return grouped(static_cast<std::uint64_t>(std::max(0.0, count)));
}
std::string processors_tick(double processors) { return fmt::format("{:.3g}", processors); }
std::string processors_text(double processors) { return fmt::format("{:.2f}", processors); }

template <typename Sample>
std::vector<double> times(const std::vector<Sample>& samples) {
  std::vector<double> seconds;
  seconds.reserve(samples.size());
  for (const Sample& sample : samples) seconds.push_back(base::to_seconds(sample.at));
  return seconds;
}

double most_of(const std::vector<Line>& lines) {
  double most = 0;
  for (const Line& line : lines) {
    for (const double value : line.values) {
      if (std::isfinite(value)) most = std::max(most, value);
    }
  }
  return most;
}

// A total's growth per second, at the end of each interval; none at the first sample.
template <typename Sample, typename Figure>
std::vector<double> rates(const std::vector<Sample>& samples, Figure total) {
  std::vector<double> values;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i == 0) {
      values.push_back(kNone);
      continue;
    }
    // The last interval is as short as it comes; so is a rate over it noise.
    const bool is_short = i > 1 && 2 * (samples[i].at - samples[i - 1].at) < samples[1].at;
    const Sample& before = samples[is_short ? i - 2 : i - 1];
    const double seconds = base::to_seconds(samples[i].at - before.at);
    // Threads that ended take their time with them: a total may fall.
    const double grown = std::max(0.0, total(samples[i]) - total(before));
    values.push_back(seconds > 0 ? grown / seconds : kNone);
  }
  return values;
}

template <typename Sample, typename Figure>
std::vector<double> levels(const std::vector<Sample>& samples, Figure level) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples) values.push_back(level(sample));
  return values;
}

Plot over_time(const Report& report, std::vector<double> x) {
  Plot plot;
  plot.x_title = "seconds since the first connect";
  plot.x = std::move(x);
  const double end = plot.x.empty() ? 1 : plot.x.back();
  plot.x_axis = Axis::exact(end, kPlotLeft, kPlotRight, kXTicks);
  plot.x_format = seconds_tick;
  plot.x_label = seconds_text;
  const RunSeries& series = report.series;
  if (series.measured_to > series.measured_from) {
    plot.emphasis = Span{.from = base::to_seconds(series.measured_from),
                         .to = base::to_seconds(series.measured_to)};
  }
  return plot;
}

void scale(Plot& plot, FormatFigure tick, FormatFigure value) {
  plot.y_axis = Axis::linear(most_of(plot.lines), kPlotBottom, kPlotTop, kYTicks);
  plot.y_format = tick;
  plot.value_format = value;
}

// ---- One function per figure --------------------------------------------------------------------

double number(std::uint64_t value) { return static_cast<double>(value); }

Plot connections(const Report& report) {
  const std::vector<TrafficSample>& samples = report.series.traffic;
  Plot plot = over_time(report, times(samples));
  plot.id = "connections";
  plot.title = "Connections";
  plot.lines.push_back(
      {"open", levels(samples, [](const TrafficSample& s) { return number(s.open); })});
  const bool reopened = report.connections_opened > report.connections_open_at_stop;
  if (reopened) {
    plot.lines.push_back({"opened so far", levels(samples, [](const TrafficSample& s) {
                            return number(s.opened);
                          })});
  }
  if (report.connections_failed > 0) {
    plot.lines.push_back({"failed so far", levels(samples, [](const TrafficSample& s) {
                            return number(s.failed);
                          })});
  }
  scale(plot, tick_count, count_text);
  return plot;
}

Plot throughput(const Report& report) {
  const std::vector<TrafficSample>& samples = report.series.traffic;
  Plot plot = over_time(report, times(samples));
  plot.id = "throughput";
  plot.title = report.options.scenario == ScenarioKind::connect ? "Throughput, connects per second"
                                                                : "Throughput, messages per second";
  plot.lines.push_back(
      {"received", rates(samples, [](const TrafficSample& s) { return number(s.received); })});
  plot.lines.push_back(
      {"sent", rates(samples, [](const TrafficSample& s) { return number(s.sent); })});
  scale(plot, tick_count, count_text);
  return plot;
}

// The end of the range in which so much of a column lies; none when the column is empty.
double column_percentile(const std::vector<std::uint64_t>& counts, std::size_t first_range,
                         double percent) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : counts) all += count;
  const double wanted = percent / 100 * number(all);
  std::uint64_t passed = 0;
  for (std::size_t row = 0; row < counts.size() && all > 0; ++row) {
    passed += counts[row];
    if (number(passed) >= wanted) return number(latency_range_begin(first_range + row + 1));
  }
  return kNone;
}

Plot latency_over_time(const Report& report) {
  const std::vector<TrafficSample>& samples = report.series.traffic;
  const LatencyGrid grid = LatencyGrid::of(samples);
  Plot plot = over_time(report, {});
  plot.id = "latency";
  plot.title = "Latency over time";
  plot.note = "Of everything that was received, by when; colours count messages, on a log scale.";
  if (grid.ranges == 0) return plot;
  HeatCells heat;
  const std::size_t group = (grid.counts.size() + kHeatColumns - 1) / kHeatColumns;
  Line median{.name = "p50"};
  Line high{.name = "p99"};
  for (std::size_t from = 0; from < grid.counts.size(); from += group) {
    const std::size_t to = std::min(from + group, grid.counts.size());
    std::vector<std::uint64_t> column(grid.ranges);
    for (std::size_t i = from; i < to; ++i) {
      for (std::size_t row = 0; row < grid.ranges; ++row) column[row] += grid.counts[i][row];
    }
    const double left = base::to_seconds(samples[from].at);
    const double right = base::to_seconds(samples[to].at);
    heat.x_edges.push_back(left);
    if (to == grid.counts.size()) heat.x_edges.push_back(right);
    plot.x.push_back((left + right) / 2);
    median.values.push_back(column_percentile(column, grid.first_range, 50));
    high.values.push_back(column_percentile(column, grid.first_range, 99));
    heat.counts.push_back(std::move(column));
  }
  for (std::size_t row = 0; row <= grid.ranges; ++row) {
    heat.y_edges.push_back(number(std::max<std::uint64_t>(
        1, latency_range_begin(std::min(grid.first_range + row, kLatencyRanges - 1)))));
  }
  plot.lines = {median, high};
  plot.x_axis = Axis::exact(heat.x_edges.back(), kPlotLeft, kPlotRight, kXTicks);
  plot.y_axis =
      Axis::powers_of_ten(heat.y_edges.front(), heat.y_edges.back(), kPlotBottom, kPlotTop);
  plot.y_format = tick_time;
  plot.value_format = time_text;
  plot.heat = std::move(heat);
  return plot;
}

// A percentile stands where the share of slower ones is, each tenth of it as wide as the last.
double tail(double percentile) { return 100 / std::max(1e-12, 100 - percentile); }

std::string tail_text(double tail) { return fmt::format("{:.8g}", 100 * (1 - 1 / tail)); }
std::string percentile_text(double tail) { return fmt::format("{:.5g}%", 100 * (1 - 1 / tail)); }

Plot percentiles(const Report& report) {
  Plot plot;
  plot.id = "percentiles";
  plot.title = "Latency by percentile";
  plot.note = "Of the measured time. Each tick leaves a tenth of what the one before it left.";
  plot.x_title = "percentile, %";
  if (report.latency_buckets.empty()) return plot;
  Line line{.name = "latency"};
  for (const PercentilePoint& point : percentile_curve(report.latency_buckets)) {
    // The slowest of all stands where one message is all that is left.
    plot.x.push_back(std::min(tail(point.percentile), number(report.latency.count)));
    line.values.push_back(point.nanoseconds);
  }
  plot.lines.push_back(std::move(line));
  plot.x_axis = Axis::powers_of_ten(1, number(std::max<std::uint64_t>(10, report.latency.count)),
                                    kPlotLeft, kPlotRight);
  plot.x_format = tail_text;
  plot.x_label = percentile_text;
  plot.y_axis = Axis::powers_of_ten(plot.lines[0].values.front(), plot.lines[0].values.back(),
                                    kPlotBottom, kPlotTop);
  plot.y_format = tick_time;
  plot.value_format = time_text;
  return plot;
}

Plot processors(const Report& report) {
  const std::vector<ResourceSample>& samples = report.series.resources;
  Plot plot = over_time(report, times(samples));
  plot.id = "cpu";
  plot.title = "Processors in use";
  plot.lines.push_back({"client", rates(samples, [](const ResourceSample& s) {
                          return base::to_seconds(s.client_cpu);
                        })});
  if (report.server) {
    plot.lines.push_back({"server", rates(samples, [](const ResourceSample& s) {
                            return base::to_seconds(s.server_cpu);
                          })});
  } else {
    plot.note = "The server's are unknown: give --server-pid where it runs on this machine.";
  }
  scale(plot, processors_tick, processors_text);
  return plot;
}

Plot memory(const Report& report) {
  const std::vector<ResourceSample>& samples = report.series.resources;
  Plot plot = over_time(report, times(samples));
  plot.id = "memory";
  plot.title = "Memory";
  plot.lines.push_back({"client, resident", levels(samples, [](const ResourceSample& s) {
                          return number(s.client_resident);
                        })});
  if (report.server) {
    plot.lines.push_back({"server, resident", levels(samples, [](const ResourceSample& s) {
                            return number(s.server_resident);
                          })});
  }
  const auto grown = [&samples](std::uint64_t HostMemory::* figure) {
    const double before = number(samples.front().host.*figure);
    return levels(samples, [figure, before](const ResourceSample& s) {
      return std::max(0.0, number(s.host.*figure) - before);
    });
  };
  plot.lines.push_back({"kernel slab, grown", grown(&HostMemory::slab)});
  plot.lines.push_back({"TCP buffers, grown", grown(&HostMemory::tcp_buffers)});
  plot.note = "The kernel's part is the whole host's: of both sides, where both run here.";
  scale(plot, tick_bytes, bytes_text);
  return plot;
}

}  // namespace

std::vector<PercentilePoint> percentile_curve(const std::vector<LatencyBucket>& buckets) {
  double all = 0;
  for (const LatencyBucket& bucket : buckets) all += number(bucket.count);
  std::vector<PercentilePoint> curve;
  double passed = 0;
  for (const LatencyBucket& bucket : buckets) {
    if (bucket.count == 0) continue;
    const double latency = number(bucket.upper_end);
    curve.push_back({.percentile = 100 * passed / all, .nanoseconds = latency});
    passed += number(bucket.count);
  }
  if (curve.empty()) return curve;
  curve.push_back({.percentile = 100, .nanoseconds = curve.back().nanoseconds});
  return curve;
}

std::vector<Plot> report_plots(const Report& report) {
  std::vector<Plot> plots;
  if (report.series.traffic.size() > 1) {
    plots.push_back(connections(report));
    if (report.options.scenario != ScenarioKind::idle) plots.push_back(throughput(report));
    if (Plot heat = latency_over_time(report); heat.heat) plots.push_back(std::move(heat));
  }
  if (Plot curve = percentiles(report); !curve.x.empty()) plots.push_back(std::move(curve));
  if (report.series.resources.size() > 1) {
    plots.push_back(processors(report));
    plots.push_back(memory(report));
  }
  return plots;
}

}  // namespace loadgen
