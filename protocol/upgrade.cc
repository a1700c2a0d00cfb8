#include "protocol/upgrade.h"

#include <openssl/evp.h>

#include <cstddef>

#include "base/check.h"
#include "protocol/base64.h"
#include "protocol/http_text.h"

namespace protocol {

namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3.
constexpr std::size_t kKeySize = 24;
constexpr std::size_t kSha1Size = 20;

// Looked up once: a look-up for each handshake takes locks that all shards would share.
const EVP_MD* sha1() noexcept {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

// What RFC 6455 4.2.1 asks of a request, in the order in which a client would want to be told.
Violation check_request(const HttpRequest& request) noexcept {
  if (request.method != "GET") return Violation::request_method_not_get;
  if (!request.has_token("Upgrade", "websocket")) return Violation::upgrade_not_requested;
  if (!request.has_token("Connection", "Upgrade")) return Violation::upgrade_connection_missing;
  if (request.find("Sec-WebSocket-Version") != "13") {
    return Violation::websocket_version_unsupported;
  }
  if (request.headers.count("Sec-WebSocket-Key") != 1) return Violation::websocket_key_invalid;
  if (!is_base64_of_16(*request.find("Sec-WebSocket-Key"))) {
    return Violation::websocket_key_invalid;
  }
  return Violation::none;
}

}  // namespace

UpgradeCheck check_upgrade(const HttpRequest& request) noexcept {
  const Violation violation = check_request(request);
  if (violation != Violation::none) return refuse(violation);
  return Upgrade{.key = *request.find("Sec-WebSocket-Key"),
                 .offered_subprotocols = request.find("Sec-WebSocket-Protocol").value_or("")};
}

AcceptKey accept_key(std::string_view key) noexcept {
  CHECK(key.size() == kKeySize);
  std::array<char, kKeySize + kGuid.size()> text;
  key.copy(text.data(), kKeySize);
  kGuid.copy(text.data() + kKeySize, kGuid.size());
  std::array<std::byte, kSha1Size> digest;
  auto* const out = reinterpret_cast<unsigned char*>(digest.data());
  unsigned int size = 0;
  const int done = EVP_Digest(text.data(), text.size(), out, &size, sha1(), nullptr);
  CHECK(done == 1);
  CHECK(size == kSha1Size);
  return encode_base64(digest);
}

std::string_view choose_subprotocol(std::string_view offered,
                                    std::span<const std::string_view> supported) noexcept {
  for (auto offer = next_list_element(offered); !offer.empty();
       offer = next_list_element(offered)) {
    for (const std::string_view ours : supported) {
      if (offer == ours) return ours;  // Case counts in a subprotocol's name (RFC 6455 4.2.2).
    }
  }
  return {};
}

std::string_view choose_subprotocol(const HttpRequest& request,
                                    std::span<const std::string_view> supported) noexcept {
  for (const HttpHeader& header : request.headers.all()) {
    if (!equal_ignoring_case(header.name, "Sec-WebSocket-Protocol")) continue;
    const std::string_view chosen = choose_subprotocol(header.value, supported);
    if (!chosen.empty()) return chosen;
  }
  return {};
}

std::string write_switching_protocols(std::string_view key, std::string_view subprotocol) {
  const AcceptKey accept = accept_key(key);
  std::string out =
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  out.append(as_text(accept)).append("\r\n");
  if (!subprotocol.empty()) {
    CHECK(is_token(subprotocol));
    out.append("Sec-WebSocket-Protocol: ").append(subprotocol).append("\r\n");
  }
  out.append("\r\n");
  return out;
}

}  // namespace protocol
