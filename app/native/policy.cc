#include "app/native/policy.h"

#include <utility>

namespace app {

base::Result<std::shared_ptr<const Policy>> make_policy(Options options) {
  auto origins = OriginList::make(options.auth.origins);
  if (!origins.ok()) return origins.error();
  auto authenticator = start_authenticator(options.auth);
  if (!authenticator.ok()) return authenticator.error();
  return std::make_shared<const Policy>(
      Policy{.options = std::make_shared<const Options>(std::move(options)),
             .authenticator = authenticator.take(),
             .origins = origins.take()});
}

}  // namespace app
