// Session calls: what the server API does to sessions that are connected: put them into rooms and
// out of them, disconnect them, revoke their tokens, change their roles.
//
// Handlers, called on threads of the admin server; each answers how many connections it changed.
// Bounds: field_rules.h for names, kRolesMost and kPermissionsMost for lists.
#pragma once

#include "app/admin/api_request.h"

namespace app {

ApiAnswer call_subscribe(Control& control, const ApiRequest& request);
ApiAnswer call_unsubscribe(Control& control, const ApiRequest& request);
ApiAnswer call_disconnect(Control& control, const ApiRequest& request);
ApiAnswer call_revoke(Control& control, const ApiRequest& request);
ApiAnswer call_change_roles(Control& control, const ApiRequest& request);

}  // namespace app
