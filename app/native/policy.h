// Policy: what of the gateway may change while it runs; a reload replaces it whole.
//
// Made on the main thread, then constant and shared by the shards, any thread.
#pragma once

#include <memory>

#include "app/auth/authenticator.h"
#include "app/auth/origin_list.h"
#include "app/config/options.h"
#include "app/rooms/room_authority.h"
#include "base/result.h"

namespace app {

struct Policy {
  std::shared_ptr<const Options> options{};
  std::shared_ptr<Authenticator> authenticator{};
  OriginList origins{};
  std::shared_ptr<RoomAuthority> authority{};  // Null where no rule asks for it.

  // Whether nothing that was asked of its services waits for an answer.
  bool is_quiet() const;
  // Whether it lets the same clients into the same rooms, as far as can be told without asking.
  bool admits_like(const Policy& other) const;
};

// Starts the threads that ask who tokens speak for; the error says which option is wrong. Where
// that is found out as by the policy that is `running`, its authenticator goes on with all that it
// has learnt: an issuer or a service may be away just now. So does who decides about rooms.
base::Result<std::shared_ptr<const Policy>> make_policy(Options options,
                                                        const Policy* running = nullptr);

}  // namespace app
