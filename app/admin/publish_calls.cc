#include "app/admin/publish_calls.h"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>
#include <utility>

#include "app/admin/answers.h"
#include "app/admin/json_fields.h"
#include "app/admin/target_fields.h"
#include "app/gateway_limits.h"
#include "app/rooms/room_names.h"

namespace app {

namespace {

// What only rooms have.
constexpr std::array<std::string_view, 3> kRoomFields{"messageId", "key", "keep"};

bool is_tenants(const Target& target) noexcept {
  return target.kind == TargetKind::tenant ||
         (target.kind == TargetKind::room && is_tenant_room(target.name));
}

ServerPublication read_publication(const Control& control, std::string_view body,
                                   const std::string& path, FieldMistakes& mistakes) {
  ServerPublication publication;
  JsonFields fields(body, path, mistakes);
  publication.target = read_target(fields, path, mistakes);
  publication.event = fields.text("event", rule_of_event);
  publication.data = fields.json("data");
  publication.except_connection = fields.optional_text("exceptConnection", rule_of_connection);
  publication.message_id = fields.optional_text("messageId", rule_of_message_id);
  publication.key = fields.optional_text("key", rule_of_key);
  publication.keep = fields.optional_flag("keep", true);
  for (const std::string_view name : kRoomFields) {
    if (fields.has(name) && publication.target.kind != TargetKind::room) {
      fields.mistake(name, "is for rooms only");
    }
  }
  if (is_tenants(publication.target) && !control.has_tenant_rooms()) {
    fields.mistake("target", "is a tenant's room, and nobody is in it: rooms.tenant_room is off");
  }
  fields.finish();
  return publication;
}

ApiAnswer publish(Control& control, const ServerPublication& publication,
                  std::string_view request_id) {
  const base::Result<PublishOutcome> result = control.publish(publication);
  if (!result) return unavailable(result.error(), request_id);
  const PublishOutcome& outcome = result.value();
  return json_answer({{"complete", outcome.complete},
                      {"duplicate", outcome.duplicate},
                      {"number", outcome.number},
                      {"matched", outcome.matched},
                      {"queued", outcome.queued},
                      {"conflated", outcome.conflated},
                      {"dropped", outcome.dropped}});
}

ApiAnswer publish_item(Control& control, std::string_view item, const std::string& path,
                       std::string_view request_id) {
  FieldMistakes mistakes;
  if (!item.starts_with('{')) {
    mistakes.add(path, "must be an object");
    return mistakes.answer(request_id);
  }
  const ServerPublication publication = read_publication(control, item, path + ".", mistakes);
  if (!mistakes.empty()) return mistakes.answer(request_id);
  return publish(control, publication, request_id);
}

// {"status":200,"result":{...}} or {"status":400,"problem":{...}}
void append_item_result(std::string& out, const ApiAnswer& answer) {
  if (out.back() == '}') out += ',';
  out += "{\"status\":" + std::to_string(answer.status);
  out += answer.status == 200 ? ",\"result\":" : ",\"problem\":";
  out.append(answer.body, 0, answer.body.size() - 1);  // Without the line's end.
  out += '}';
}

}  // namespace

ApiAnswer call_publish(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  const ServerPublication publication = read_publication(control, request.body, "", mistakes);
  if (!mistakes.empty()) return mistakes.answer(request.request_id);
  return publish(control, publication, request.request_id);
}

ApiAnswer call_publish_batch(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  JsonFields fields(request.body, "", mistakes);
  const std::vector<std::string_view> items =
      fields.elements("publications", kAdminPublicationsMost);
  fields.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);

  ApiAnswer answer{.body = "{\"results\":["};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string path = "publications[" + std::to_string(i) + "]";
    append_item_result(answer.body, publish_item(control, items[i], path, request.request_id));
  }
  answer.body += "]}\n";
  return answer;
}

ApiAnswer call_broadcast(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  JsonFields fields(request.body, "", mistakes);
  ServerPublication publication;
  publication.target.kind = TargetKind::everybody;
  publication.event = fields.text("event", rule_of_event);
  publication.data = fields.json("data");
  fields.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);
  return publish(control, publication, request.request_id);
}

}  // namespace app
