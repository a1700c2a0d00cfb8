// Server publishing: a message of the server API, to whomever it is for.
//
// Any thread but a shard's: waits for what became of it, at most kControlTimeout. The target is one
// that the rules of the calls let through (app/admin/target_fields.h).
#pragma once

#include "app/admin/control.h"
#include "app/shard_posts.h"

namespace app {

PublishOutcome publish_from_server(const ShardPosts& posts, const ServerPublication& publication);

}  // namespace app
