#include "app/admin/connection_calls.h"

#include <nlohmann/json.hpp>

#include <optional>

#include "app/admin/answers.h"
#include "app/admin/query_fields.h"

namespace app {

namespace {

using Json = nlohmann::ordered_json;

std::string_view rule_of_order(std::string_view text) noexcept {
  if (text == "slowest" || text == "id") return {};
  return "must be slowest or id";
}

Json to_json(const ConnectionEntry& entry) {
  return {{"id", entry.id},
          {"tenant", entry.tenant},
          {"user", entry.user},
          {"type", entry.type},
          {"address", entry.address},
          {"state", entry.state},
          {"shard", entry.shard},
          {"connectedAt", entry.connected_at},
          {"expiresAt", entry.expires_at == 0 ? Json() : Json(entry.expires_at)},
          {"messagesIn", entry.messages_in},
          {"bytesIn", entry.bytes_in},
          {"messagesOut", entry.messages_out},
          {"bytesOut", entry.bytes_out},
          {"pendingBytes", entry.pending_bytes},
          {"rttMs", entry.rtt_ms < 0 ? Json() : Json(entry.rtt_ms)},
          {"rooms", entry.rooms}};
}

ApiAnswer not_found(std::string_view request_id) {
  return problem(ProblemKind::not_found, "no connection has this id", request_id);
}

}  // namespace

ApiAnswer call_connections(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  QueryFields query(request.query, mistakes);
  ConnectionFilter filter;
  filter.tenant = query.optional_text("tenant", rule_of_tenant);
  filter.user = query.optional_text("user", rule_of_user);
  filter.room = query.optional_text("room", rule_of_room);
  if (query.has("room") && !query.has("tenant")) {
    mistakes.add("tenant", "is missing: a room needs its tenant");
  }
  if (query.optional_text("order", rule_of_order) == "slowest") {
    filter.order = ConnectionOrder::slowest_first;
  }
  filter.cursor = query.optional_text("cursor", rule_of_cursor);
  if (!filter.cursor.empty() && filter.order == ConnectionOrder::slowest_first) {
    mistakes.add("cursor", "is not for order=slowest: it has one page");
  }
  filter.limit = query.limit();
  query.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);

  const ConnectionPage page = control.connections(filter);
  Json connections = Json::array();
  for (const ConnectionEntry& entry : page.connections) connections.push_back(to_json(entry));
  return json_answer(
      {{"complete", page.complete}, {"connections", connections}, {"next", page.next}});
}

ApiAnswer call_connection(Control& control, const ApiRequest& request) {
  const std::string& id = request.names.at(0);
  if (!rule_of_connection(id).empty()) return not_found(request.request_id);
  const std::optional<ConnectionEntry> entry = control.connection(id);
  return entry ? json_answer(to_json(*entry)) : not_found(request.request_id);
}

ApiAnswer call_end_connection(Control& control, const ApiRequest& request) {
  const std::string& id = request.names.at(0);
  if (!rule_of_connection(id).empty()) return not_found(request.request_id);
  const Disconnection disconnection{.target = {.kind = TargetKind::connection, .name = id}};
  const base::Result<ChangedConnections> ended = control.disconnect(disconnection);
  if (ended && ended.value().complete && ended.value().connections == 0)
    return not_found(request.request_id);
  return count_answer(ended, request.request_id);
}

}  // namespace app
