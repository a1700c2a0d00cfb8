// Page calls: the pages of the admin server that people, probes and collectors look at.
//
// Handlers, called on threads of the admin server. They need no key, except that the figures of the
// live page do where strangers might reach them (route_table.h).
#pragma once

#include "app/admin/api_request.h"

namespace app {

ApiAnswer call_health(Control& control, const ApiRequest& request);
ApiAnswer call_ready(Control& control, const ApiRequest& request);
ApiAnswer call_metrics(Control& control, const ApiRequest& request);
ApiAnswer call_status(Control& control, const ApiRequest& request);
ApiAnswer call_live_page(Control& control, const ApiRequest& request);
ApiAnswer call_live_figures(Control& control, const ApiRequest& request);

}  // namespace app
