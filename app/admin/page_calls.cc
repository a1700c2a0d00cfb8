#include "app/admin/page_calls.h"

#include "app/web/live_page.h"

namespace app {

// Whoever answers is alive; restarting it because it drains would end the clients it waits for.
ApiAnswer call_health(Control& control, const ApiRequest& /*request*/) {
  return {.body = control.health_json()};
}

ApiAnswer call_ready(Control& control, const ApiRequest& /*request*/) {
  const bool ready = control.ready();
  return {.status = ready ? 200 : 503,
          .body = ready ? "{\"ready\":true}\n" : "{\"ready\":false}\n"};
}

ApiAnswer call_metrics(Control& control, const ApiRequest& /*request*/) {
  return {.body = control.metrics_text(),
          .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

ApiAnswer call_status(Control& control, const ApiRequest& /*request*/) {
  return {.body = control.status_json()};
}

ApiAnswer call_live_page(Control& /*control*/, const ApiRequest& /*request*/) {
  return {.body = std::string(live_page()),
          .content_type = "text/html; charset=utf-8",
          .headers = {{"Content-Security-Policy", std::string(live_page_policy())}}};
}

ApiAnswer call_live_figures(Control& control, const ApiRequest& /*request*/) {
  return {.body = control.live_json()};
}

}  // namespace app
