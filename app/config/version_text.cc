#include "app/config/version_text.h"

#include <fmt/format.h>

#include "engine/io/uring_features.h"
#include "millrace_version.h"

namespace app {

std::string version_text(bool verbose) {
  std::string text = fmt::format("millrace {} ({})\n", millrace::kVersion, millrace::kCommit);
  if (!verbose) return text;
  text += fmt::format("built with {}\n", millrace::kCompiler);
  const auto features = engine::UringFeatures::probe();
  if (!features.ok()) return text + features.error().message + "\n";
  text += fmt::format("Linux {}; io_uring:\n", features.value().kernel);
  for (const auto& line : features.value().lines()) {
    text += fmt::format("  {:48} since {:5} {}\n", line.feature, line.since,
                        !line.found ? "not here" : (line.used ? "in use" : "found, not used"));
  }
  return text;
}

}  // namespace app
