// A head that is complete, or wrong, stays so whatever follows; and what the parser lets through,
// the rest of the handshake can take. Layout: size of a prefix (4), then the text of a request.
#include <array>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/client_upgrade.h"
#include "protocol/http_response.h"
#include "protocol/upgrade.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using protocol::HttpParse;
using protocol::HttpRequest;

void check_growth(std::string_view text, std::size_t prefix_size) {
  HttpRequest request;
  const HttpParse whole = protocol::parse_http_request(text, request);
  const HttpParse part = protocol::parse_http_request(text.substr(0, prefix_size), request);
  switch (part.status) {
    case HttpParse::Status::complete:
      CHECK(whole.status == HttpParse::Status::complete);
      CHECK(whole.consumed == part.consumed);
      break;
    case HttpParse::Status::rejected:
      CHECK(whole.status == HttpParse::Status::rejected);
      break;
    case HttpParse::Status::incomplete:
      CHECK(whole.status != HttpParse::Status::complete || whole.consumed > prefix_size);
      break;
  }
}

void check_request(std::string_view text) {
  HttpRequest request;
  const HttpParse parse = protocol::parse_http_request(text, request);
  if (parse.status == HttpParse::Status::rejected) {
    CHECK(!protocol::write_refusal(parse.refusal).empty());
  }
  if (parse.status != HttpParse::Status::complete) return;
  CHECK(parse.consumed <= text.size());
  CHECK(request.path.starts_with('/'));
  static_cast<void>(protocol::query_parameter(request.query, "room"));
  const protocol::UpgradeCheck check = protocol::check_upgrade(request);
  if (const auto* const refusal = std::get_if<protocol::HttpRefusal>(&check)) {
    CHECK(!protocol::write_refusal(*refusal).empty());
    return;
  }
  constexpr std::array<std::string_view, 2> kSupported = {"millrace.v1", "chat"};
  const std::string_view key = std::get_if<protocol::Upgrade>(&check)->key;
  const std::string response =
      protocol::write_switching_protocols(key, protocol::choose_subprotocol(request, kSupported));
  const protocol::AcceptKey accept = protocol::accept_key(key);
  CHECK(protocol::parse_upgrade_response(response, protocol::as_text(accept)).status ==
        protocol::UpgradeResponse::Status::accepted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tests::FuzzInput input(data, size);
  const std::size_t prefix_size = input.word();
  const std::vector<std::byte> bytes = input.rest();
  const std::string_view text = base::as_text(bytes);
  check_growth(text, prefix_size % (text.size() + 1));
  check_request(text);
  const auto first = protocol::query_parameter(text, "room");
  if (const auto all = protocol::query_parameters(text, "room"); all && !all->empty()) {
    CHECK(first == all->front());
  }
  static_cast<void>(protocol::parse_upgrade_response(text, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  return 0;
}
