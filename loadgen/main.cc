// millrace-load: puts load on a WebSocket server and audits what comes back.
//
// Exit code 0: the run passed; 1: its audit or an expectation failed, or it could not run;
// 2: the command line was wrong; 130: it was interrupted, and reported what it had.
#include <cstdio>
#include <fstream>
#include <string>
#include <variant>

#include "base/log.h"
#include "loadgen/command_line.h"
#include "loadgen/interrupts.h"
#include "loadgen/load_run.h"
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

// False when the JSON could not be written.
bool publish(const loadgen::Report& report) {
  const loadgen::LoadOptions& options = report.options;
  const bool json_to_stdout = options.json_file == "-";
  if (!options.quiet) write(loadgen::report_table(report), json_to_stdout ? stderr : stdout);
  if (options.quiet) {
    for (const std::string& failure : report.failures) complain(failure);
  }
  if (options.json_file.empty()) return true;
  const std::string json = loadgen::report_json(report);
  if (json_to_stdout) {
    write(json, stdout);
    return std::fflush(stdout) == 0;
  }
  std::ofstream file(options.json_file);
  file << json << std::flush;
  return file.good();
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
  if (!publish(report)) return complain("cannot write " + options.json_file);
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
