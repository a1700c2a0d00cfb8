// millrace-load: puts load on a WebSocket server and audits what comes back, or compares several.
//
// Exit code 0: the run passed; 1: its audit or an expectation failed, or it could not run;
// 2: the command line was wrong; 130: it was interrupted, and reported what it had.
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/log.h"
#include "loadgen/command_line.h"
#include "loadgen/compare/compare_options.h"
#include "loadgen/compare/compare_run.h"
#include "loadgen/compare/comparison_html.h"
#include "loadgen/compare/comparison_text.h"
#include "loadgen/interrupts.h"
#include "loadgen/progress.h"
#include "loadgen/ramp.h"
#include "loadgen/report_html/report_html.h"
#include "loadgen/report_json.h"
#include "loadgen/report_table.h"
#include "loadgen/run_load.h"

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitInterrupted = 130;

void write(const std::string& text, std::FILE* to) { std::fwrite(text.data(), 1, text.size(), to); }

int complain(const std::string& what) {
  write("millrace-load: " + what + "\n", stderr);
  return kExitFailed;
}

// False when it could not be written.
bool write_output(const std::string& path, const std::string& text) {
  if (path == "-") {
    write(text, stdout);
    return std::fflush(stdout) == 0;
  }
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

// Where what is meant for people goes: not between the lines of a JSON or an HTML.
template <typename Options>
std::FILE* for_people(const Options& options) {
  return options.json_file == "-" || options.html_file == "-" ? stderr : stdout;
}

// The file that could not be written, if one could not. `html` is only made when it is wanted.
template <typename Options, typename Html>
std::optional<std::string> publish(const Options& options, const std::string& json, Html&& html) {
  if (!options.json_file.empty() && !write_output(options.json_file, json)) {
    return options.json_file;
  }
  if (!options.html_file.empty() && !write_output(options.html_file, html())) {
    return options.html_file;
  }
  return std::nullopt;
}

int run(const loadgen::LoadOptions& options, loadgen::Interrupts& interrupts,
        loadgen::Progress& progress) {
  const auto done = loadgen::run_load(options, interrupts, progress);
  if (!done.ok()) return complain(done.error().message);
  const loadgen::Report& report = done.value();
  if (!options.quiet) write(loadgen::report_table(report), for_people(options));
  if (options.quiet) {
    for (const std::string& failure : report.failures) complain(failure);
  }
  const auto unwritten = publish(options, loadgen::report_json(report),
                                 [&report] { return loadgen::report_html(report); });
  if (unwritten) return complain("cannot write " + *unwritten);
  if (report.interrupted) return kExitInterrupted;
  return report.passed() ? 0 : kExitFailed;
}

int ramp(const loadgen::LoadOptions& options, loadgen::Interrupts& interrupts,
         loadgen::Progress& progress) {
  const auto tell = [&options](const std::string& line) {
    if (options.quiet) return;
    write(line + "\n", for_people(options));
    std::fflush(for_people(options));
  };
  const auto done = loadgen::run_ramp(
      options, interrupts, progress,
      [&tell](const loadgen::RampStep& step) { tell(loadgen::ramp_step_text(step)); });
  if (!done.ok()) return complain(done.error().message);
  const loadgen::RampReport& report = done.value();
  tell(loadgen::ramp_answer_text(report));
  const auto unwritten = publish(options, loadgen::ramp_json(report), [&report] {
    return report.best ? loadgen::report_html(*report.best) : std::string();
  });
  if (unwritten) return complain("cannot write " + *unwritten);
  if (report.interrupted) return kExitInterrupted;
  return report.passed() ? 0 : kExitFailed;
}

int compare(const loadgen::CompareOptions& options) {
  loadgen::Interrupts interrupts;
  const auto once = [&](const loadgen::LoadOptions& load) {
    loadgen::Progress progress(!options.quiet);
    return loadgen::run_load(load, interrupts, progress);
  };
  const auto tell = [&options](const std::string& line) {
    if (!options.quiet) write(line + "\n", stderr);
  };
  const auto done = loadgen::compare_servers(options, once, tell);
  if (!done.ok()) return complain(done.error().message);
  const loadgen::ServerComparison& comparison = done.value();
  if (!options.quiet) write(loadgen::comparison_table(comparison), for_people(options));
  for (const std::string& failure : comparison.failures) {
    if (options.quiet) complain(failure);
  }
  const auto unwritten = publish(options, loadgen::comparison_json(comparison),
                                 [&comparison] { return loadgen::comparison_html(comparison); });
  if (unwritten) return complain("cannot write " + *unwritten);
  if (comparison.interrupted) return kExitInterrupted;
  return comparison.passed() ? 0 : kExitFailed;
}

}  // namespace

int main(int count, char** arguments) {
  base::configure_log(base::LogLevel::warn, base::LogFormat::text);
  const auto answer_with = [](const loadgen::CommandLineAnswer& answer) {
    write(answer.text, answer.exit_code == 0 ? stdout : stderr);
    return answer.exit_code;
  };
  if (count > 1 && std::string_view(arguments[1]) == "compare") {
    const auto parsed = loadgen::parse_compare(count, arguments);
    if (const auto* answer = std::get_if<loadgen::CommandLineAnswer>(&parsed)) {
      return answer_with(*answer);
    }
    return compare(std::get<loadgen::CompareOptions>(parsed));
  }
  const auto parsed = loadgen::parse_command_line(count, arguments);
  if (const auto* answer = std::get_if<loadgen::CommandLineAnswer>(&parsed)) {
    return answer_with(*answer);
  }
  const auto& options = std::get<loadgen::LoadOptions>(parsed);
  loadgen::Interrupts interrupts;
  loadgen::Progress progress(!options.quiet);
  return options.ramp ? ramp(options, interrupts, progress) : run(options, interrupts, progress);
}
