// AdminOptions: where the server API listens and whom it obeys; the [admin] table.
//
// Plain values, filled and checked by app/config. Without keys and without a client authority only
// addresses of this host may be listened on. The pages (/health, /ready, /metrics, /ws/status) need
// no key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace app {

struct AdminOptions {
  std::string listen{};                 // HOST:PORT; empty: no server API.
  std::vector<std::string> api_keys{};  // From a file or the environment, never from a flag.
  std::string certificate_file{};       // With a key: HTTPS.
  std::string private_key_file{};
  std::string client_authority_file{};  // Clients must show a certificate of it: mTLS.
  std::uint32_t threads = 4;
};

}  // namespace app
