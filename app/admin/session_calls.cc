#include "app/admin/session_calls.h"

#include <limits>
#include <string_view>

#include "app/admin/answers.h"
#include "app/admin/json_fields.h"
#include "app/admin/target_fields.h"
#include "app/gateway_limits.h"
#include "app/rooms/room_names.h"
#include "app/service/service_clock.h"
#include "protocol/close_code.h"

namespace app {

namespace {

// Of a room that users can be put into and out of.
std::string_view rule_of_open_room(std::string_view text) noexcept {
  if (is_reserved(text)) return "must not be one of those that are joined on connect";
  return rule_of_room(text);
}

struct Membership {
  std::string tenant{}, user{}, room{};
};

Membership read_membership(std::string_view body, FieldMistakes& mistakes) {
  JsonFields fields(body, "", mistakes);
  Membership membership;
  membership.tenant = fields.text("tenant", rule_of_tenant);
  membership.user = fields.text("user", rule_of_user);
  membership.room = fields.text("room", rule_of_open_room);
  fields.finish();
  return membership;
}

Revocation read_revocation(std::string_view body, FieldMistakes& mistakes) {
  JsonFields fields(body, "", mistakes);
  Revocation revocation;
  if (fields.has("tokenId")) {
    revocation.token_id = fields.text("tokenId", rule_of_token_id);
  } else {
    revocation.tenant = fields.text("tenant", rule_of_tenant);
    revocation.user = fields.text("user", rule_of_user);
  }
  revocation.until =
      fields.optional_number("until", 0, std::numeric_limits<std::int64_t>::max(), 0);
  // Nothing would be revoked: it is forgotten by then.
  if (revocation.until != 0 && revocation.until <= unix_now()) {
    fields.mistake("until", "must be in the future, in seconds since 1970, or 0");
  }
  fields.finish();
  return revocation;
}

}  // namespace

ApiAnswer call_subscribe(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  const Membership membership = read_membership(request.body, mistakes);
  if (!mistakes.empty()) return mistakes.answer(request.request_id);
  return count_answer(control.subscribe(membership.tenant, membership.user, membership.room),
                      request.request_id);
}

ApiAnswer call_unsubscribe(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  const Membership membership = read_membership(request.body, mistakes);
  if (!mistakes.empty()) return mistakes.answer(request.request_id);
  return count_answer(control.unsubscribe(membership.tenant, membership.user, membership.room),
                      request.request_id);
}

ApiAnswer call_disconnect(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  JsonFields fields(request.body, "", mistakes);
  Disconnection disconnection;
  disconnection.target = read_target(fields, "", mistakes);
  const std::int64_t code = fields.optional_number("code", 1000, 4999, disconnection.code);
  disconnection.code = static_cast<std::uint16_t>(code);
  if (!protocol::is_valid_on_wire(disconnection.code)) {
    fields.mistake("code",
                   "must be a close code that may be sent: 1000 to 1003, 1007 to 1014 or "
                   "3000 to 4999");
  }
  disconnection.reason = fields.optional_text("reason", rule_of_reason);
  disconnection.reconnect_after_ms =
      fields.optional_number("reconnectAfterMs", 0, kReconnectAfterMsMost, -1);
  fields.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);
  return count_answer(control.disconnect(disconnection), request.request_id);
}

ApiAnswer call_revoke(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  const Revocation revocation = read_revocation(request.body, mistakes);
  if (!mistakes.empty()) return mistakes.answer(request.request_id);
  return count_answer(control.revoke(revocation), request.request_id);
}

ApiAnswer call_change_roles(Control& control, const ApiRequest& request) {
  FieldMistakes mistakes;
  RoleChange change{.tenant = request.names.at(0), .user = request.names.at(1)};
  if (const auto wrong = rule_of_tenant(change.tenant); !wrong.empty()) {
    mistakes.add("tenant", wrong);
  }
  if (const auto wrong = rule_of_user(change.user); !wrong.empty()) mistakes.add("user", wrong);
  JsonFields fields(request.body, "", mistakes);
  // Both lists are replaced, so both must be said: what is forgotten would be taken away.
  change.roles = fields.texts("roles", kRolesMost, rule_of_role);
  change.permissions = fields.texts("permissions", kPermissionsMost, rule_of_role);
  fields.finish();
  if (!mistakes.empty()) return mistakes.answer(request.request_id);
  return count_answer(control.change_roles(change), request.request_id);
}

}  // namespace app
