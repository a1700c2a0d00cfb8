// EventOptions: where native events are spoken, how they are written, and how they are paced; the
// [events] table of the configuration.
//
// Plain values, filled and checked by app/config; a reload may change the pacing, not the paths or
// the keys. Any thread may read them while they do not change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/events/envelope_keys.h"
#include "base/time.h"

namespace app {

struct EventOptions {
  std::vector<std::string> paths{"/ws"};
  EnvelopeKeys keys{};
  bool escape_html = false;  // In the text of chat messages; clients that do not escape need it.
  // What is delivered in batches waits at most so long for company.
  base::Duration batch_delay{std::chrono::milliseconds{200}};
  // Whoever says nothing more is told to have stopped typing after so long.
  base::Duration typing_expiry{std::chrono::seconds{6}};
  // Of one member in one room, only one "is typing" in so long is passed on.
  base::Duration typing_pace{std::chrono::seconds{1}};
};

}  // namespace app
