// Target: where the clients of a run connect to, and what they ask for there.
//
// Spelled ws://HOST:PORT[,HOST:PORT...][/PATH]; the path may contain {room} and {client}, which
// become numbers. A parameter of the query that contains {room} comes once for each room of a
// client. Clients take the addresses in turn. Made at start; read by all shards.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/io/address.h"

namespace loadgen {

struct Endpoint {
  engine::Address address;
  std::string host;  // For the Host field.
};

struct Target {
  std::string url;  // As it was given.
  std::vector<Endpoint> endpoints;
  std::string path;  // With its placeholders.

  // `spread` above 1 makes each IPv4 address that many, counting up: each has local ports of its
  // own. `default_path` holds where the URL has no path.
  static base::Result<Target> parse(std::string_view url, std::string_view default_path,
                                    std::uint32_t spread);

  const Endpoint& endpoint_of(std::uint32_t client) const noexcept {
    return endpoints[client % endpoints.size()];
  }
  // Elsewhere in the path {room} becomes the first of the rooms.
  std::string path_of(std::span<const std::uint32_t> rooms, std::uint32_t client) const;
  // Whether all of a client's rooms would be in its path.
  bool names_all_rooms() const noexcept;
};

}  // namespace loadgen
