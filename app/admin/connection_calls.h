// Connection calls: what the server API tells about connections, one or many, and how it ends one.
//
// Handlers, called on threads of the admin server. Bound: a page has kPageEntriesMost entries
// at most; an id that is malformed or unknown is not found.
#pragma once

#include "app/admin/api_request.h"

namespace app {

ApiAnswer call_connections(Control& control, const ApiRequest& request);
ApiAnswer call_connection(Control& control, const ApiRequest& request);
ApiAnswer call_end_connection(Control& control, const ApiRequest& request);

}  // namespace app
