// Policy: what of the gateway may change while it runs; a reload replaces it whole.
//
// Made on the main thread, then constant and shared by the shards, any thread.
#pragma once

#include <memory>

#include "app/auth/authenticator.h"
#include "app/auth/origin_list.h"
#include "app/config/options.h"
#include "base/result.h"

namespace app {

struct Policy {
  std::shared_ptr<const Options> options{};
  std::shared_ptr<Authenticator> authenticator{};
  OriginList origins{};
};

// Starts the threads that ask who tokens speak for; the error says which option is wrong. Where
// that is found out as by the policy that is `running`, its authenticator goes on with all that it
// has learnt: an issuer or a service may be away just now.
base::Result<std::shared_ptr<const Policy>> make_policy(Options options,
                                                        const Policy* running = nullptr);

}  // namespace app
