// millrace-load: puts load on a WebSocket server and audits what comes back.
//
// Exit code 0: the run passed; 1: its audit or an expectation failed, or it could not run;
// 2: the command line was wrong; 130: it was interrupted, and reported what it had.
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <variant>

#include "base/log.h"
#include "loadgen/command_line.h"
#include "loadgen/interrupts.h"
#include "loadgen/load_run.h"
#include "loadgen/report_html/report_html.h"
#include "loadgen/report_json.h"
#include "loadgen/report_table.h"

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

// The file that could not be written, if one could not.
std::optional<std::string> publish(const loadgen::Report& report) {
  const loadgen::LoadOptions& options = report.options;
  const bool stdout_is_taken = options.json_file == "-" || options.html_file == "-";
  if (!options.quiet) write(loadgen::report_table(report), stdout_is_taken ? stderr : stdout);
  if (options.quiet) {
    for (const std::string& failure : report.failures) complain(failure);
  }
  if (!options.json_file.empty() &&
      !write_output(options.json_file, loadgen::report_json(report))) {
    return options.json_file;
  }
  if (!options.html_file.empty() &&
      !write_output(options.html_file, loadgen::report_html(report))) {
    return options.html_file;
  }
  return std::nullopt;
}

int run(const loadgen::LoadOptions& options) {
  loadgen::Interrupts interrupts;
  loadgen::Progress progress(!options.quiet);
  auto board = loadgen::PublishedBoard::open(options.groups);
  if (!board.ok()) return complain(board.error().message);
  auto opened = loadgen::LoadRun::open(options, *board.value());
  if (!opened.ok()) return complain(opened.error().message);
  loadgen::Report report = opened.value()->execute(interrupts, progress);
  loadgen::judge(report);
  if (const auto unwritten = publish(report)) return complain("cannot write " + *unwritten);
  if (report.interrupted) return kExitInterrupted;
  return report.passed() ? 0 : kExitFailed;
}

}  // namespace

int main(int count, char** arguments) {
  base::configure_log(base::LogLevel::warn, base::LogFormat::text);
  const auto parsed = loadgen::parse_command_line(count, arguments);
  if (const auto* answer = std::get_if<loadgen::CommandLineAnswer>(&parsed)) {
    write(answer->text, answer->exit_code == 0 ? stdout : stderr);
    return answer->exit_code;
  }
  return run(std::get<loadgen::LoadOptions>(parsed));
}
