// Server publishing: a message of the server API, to whomever it is for.
//
// Any thread but a shard's: waits for what became of it, at most kControlTimeout.
#pragma once

#include "app/admin/control.h"
#include "app/shared_services.h"
#include "base/result.h"

namespace app {

// The error says what is wrong with the target.
base::Result<PublishOutcome> publish_from_server(const ShardPosts& posts,
                                                 const ServerPublication& publication);

}  // namespace app
