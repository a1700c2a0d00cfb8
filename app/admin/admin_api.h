// AdminApi: answers the requests of the admin server, whatever carries them: who may call, which
// route it is, what the body must be, and retries that carry an idempotency key.
//
// refuse() judges a head before its body is read; answer() carries the request out. Any thread of
// the admin server, several at once; both may block as long as Control does. No exception leaves
// them. Bounds: those of Idempotency and FailureThrottle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/admin/api_key.h"
#include "app/admin/control.h"
#include "app/admin/failure_throttle.h"
#include "app/admin/idempotency.h"
#include "app/admin/problem.h"
#include "app/admin/request_head.h"
#include "app/admin/route_table.h"

namespace app {

struct AdminAccess {
  std::vector<std::string> api_keys{};
  bool is_local = false;              // Only this host can connect.
  bool has_client_authority = false;  // Clients have shown a certificate.
};

class AdminApi {
 public:
  AdminApi(const AdminAccess& access, Control& control);

  // The answer to a request that is not to be carried out; nothing: read its body.
  std::optional<ApiAnswer> refuse(const RequestHead& head) noexcept;
  // Of a head that was not refused.
  ApiAnswer answer(const RequestHead& head, std::string_view body) noexcept;
  void note_refusal(AdminRefusal refusal) noexcept { control_.note_refusal(refusal); }

 private:
  std::optional<ApiAnswer> refuse_head(const RequestHead& head);
  std::optional<ApiAnswer> refuse_key(const RequestHead& head, const Route& route);
  std::optional<ApiAnswer> refuse_body(const RequestHead& head, const Route& route) const;
  ApiAnswer carry_out(const RequestHead& head, const RouteMatch& match, std::string_view body);
  ApiAnswer carry_out_once(const RequestHead& head, const RouteMatch& match, std::string_view body);
  ApiAnswer internal_error(const RequestHead& head) const noexcept;

  ApiKeys keys_;
  bool is_local_;
  bool has_client_authority_;
  Control& control_;
  FailureThrottle throttle_;
  Idempotency idempotency_;
};

}  // namespace app
