// Publish calls: publish, publish/batch and broadcast of the server API.
//
// Handlers, called on threads of the admin server with a body that is a JSON object. Bound: a batch
// has kAdminPublicationsMost publications, which are carried out in order; one that fails does not
// stop the others.
#pragma once

#include "app/admin/api_request.h"

namespace app {

ApiAnswer call_publish(Control& control, const ApiRequest& request);
ApiAnswer call_publish_batch(Control& control, const ApiRequest& request);
ApiAnswer call_broadcast(Control& control, const ApiRequest& request);

}  // namespace app
