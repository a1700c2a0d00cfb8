// Client listing: the connections of the whole process: described, listed, counted by tenant,
// for the server API.
//
// The functions that take a NativeGateway or NativeContext run on its shard; the others on any
// other thread, and wait for the shards. Bounds: the filter's limit; those of a PlaceWalk, or of
// a sweep where the slowest are asked for.
#pragma once

#include <cstdint>
#include <string>

#include "app/admin/control.h"
#include "app/native/native_gateway.h"
#include "app/shard_posts.h"

namespace app {

ConnectionEntry describe_client(NativeContext& context, const Client& client);
ConnectionPage list_connections(const ShardPosts& posts, const ConnectionFilter& filter);

// millrace_tenant_connections{tenant}: the kTenantsTold largest, and all others as one.
std::string tenant_metrics(const ShardPosts& posts);

}  // namespace app
