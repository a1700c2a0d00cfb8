// Room calls: what the server API tells about rooms: which there are, who is in them, and what was
// said.
//
// Handlers, called on threads of the admin server. Bound: a page has kPageEntriesMost entries
// at most; `next` of one page is the cursor of the following.
#pragma once

#include "app/admin/api_request.h"

namespace app {

ApiAnswer call_rooms(Control& control, const ApiRequest& request);
ApiAnswer call_presence(Control& control, const ApiRequest& request);
ApiAnswer call_history(Control& control, const ApiRequest& request);

}  // namespace app
