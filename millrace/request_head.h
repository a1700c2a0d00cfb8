// RequestHead: what a public Request stands for: the engine's parsed request, for as long as the
// handler looks at it. Threads: the shard's own. A plain reference, with no bound of its own.
#pragma once

#include "protocol/http_request.h"

namespace millrace {

struct RequestHead {
  const protocol::HttpRequest& request;
};

}  // namespace millrace
