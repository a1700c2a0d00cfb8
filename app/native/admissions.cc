#include "app/native/admissions.h"

#include <chrono>
#include <utility>
#include <variant>

#include "app/auth/client_address.h"
#include "app/auth/failed_attempts.h"
#include "app/auth/guest.h"
#include "app/auth/handshake_token.h"
#include "app/clients/client_context.h"
#include "app/gateway_limits.h"
#include "app/native/native_gateway.h"
#include "app/native/refusal_text.h"
#include "app/rooms/room_names.h"
#include "base/check.h"
#include "engine/room/name_index.h"

namespace app {

namespace {

using Answer = engine::Admission::Verdict;

// Whoever is throttled is let try again in the next minute; what is away may be back soon.
constexpr base::Duration kThrottledFor = std::chrono::seconds{60};
constexpr base::Duration kTryAgainAfter = std::chrono::seconds{5};

base::Duration pause_after(AuthFailure failure) noexcept {
  if (failure == AuthFailure::throttled) return kThrottledFor;
  const bool passes = failure == AuthFailure::unavailable || failure == AuthFailure::overloaded;
  return passes ? kTryAgainAfter : base::Duration::zero();
}

std::int64_t seconds_of(std::int64_t unix_ms) noexcept { return unix_ms / 1000; }

}  // namespace

engine::Admission Admissions::on_request(engine::SessionId id, const protocol::HttpRequest& request,
                                         bool upgradable) {
  if (!upgradable) return {.verdict = Answer::accept};  // Is told what its upgrade lacks.
  const AuthOptions& auth = context_.options().auth;
  const ClientAddress from = find_address(request, auth, context_.sessions.peer(id));
  if (from.field_ignored) context_.counters.address_fields_ignored.add();
  const engine::PeerAddress& address = from.address;
  if (context_.services.failed_attempts.throttled(address_key(address), context_.now())) {
    return refuse(id, AuthFailure::throttled, address);
  }
  if (!context_.policy->origins.allows(request.find("origin"))) {
    return refuse(id, AuthFailure::origin, address);
  }
  HandshakeToken found = find_token(request);
  if (found.subprotocol_unknown) {
    context_.log.refused(id, address, "subprotocol", protocol::HttpStatus::bad_request,
                         context_.now());
    return {.verdict = Answer::respond,
            .response =
                write_json_refusal(protocol::HttpStatus::bad_request, ErrorCode::protocol_error,
                                   "subprotocol", "offer the subprotocol millrace.v1, or none")};
  }
  if (const auto shard = shard_wanted(request); shard && context_.sessions.better_on(id, *shard)) {
    return {.verdict = Answer::elsewhere, .shard = *shard};
  }
  const LimitVerdict verdict =
      context_.limiter.check_handshake(address_key(address), context_.now());
  if (!verdict.allowed) {
    return {.verdict = Answer::respond, .response = refuse_limited(id, address, verdict)};
  }
  const bool ask_nobody = auth.mode == AuthMode::none || (!found.present && auth.guests);
  if (!ask_nobody && !found.present) return refuse(id, AuthFailure::missing, address);
  const ClientHandle handle = context_.clients.add({.session = id, .address = address});
  context_.counters.clients.set(context_.clients.size());
  engine::Admission admission{
      .verdict = Answer::pending, .context = as_context(handle), .subprotocol = found.subprotocol};
  if (!ask_nobody) {
    const bool asked = ask(
        address, std::move(found.token),
        [handle](Admissions& self, const AuthResult& result) { self.on_answer(handle, result); });
    if (asked) return admission;
    forget(handle);
    return refuse(id, AuthFailure::overloaded, address);
  }
  if (auto refusal = enter(handle, make_guest(auth, context_.shard.reactor().random()))) {
    forget(handle);
    return {.verdict = Answer::respond, .response = *std::move(refusal)};
  }
  admission.verdict = Answer::accept;
  return admission;
}

// A client may say which room it will mostly be in, to be served where that is at home. Whose rooms
// it means it says itself: it is where that is looked up, and not what it may do there.
std::optional<std::uint32_t> Admissions::shard_wanted(const protocol::HttpRequest& request) {
  const auto room = protocol::query_parameter(request.query, "near");
  if (!room) return std::nullopt;
  const auto tenant = protocol::query_parameter(request.query, "tenant");
  set_engine_name(context_.room_name, *room,
                  tenant.value_or(context_.options().auth.token.default_tenant));
  return context_.rooms.home_of(context_.room_name);
}

engine::Admission Admissions::refuse(engine::SessionId id, AuthFailure why,
                                     const engine::PeerAddress& address) {
  note_failure(why, address);
  context_.log.refused(id, address, why, context_.now());
  return {.verdict = Answer::respond, .response = write_auth_refusal(why, pause_after(why))};
}

void Admissions::note_failure(AuthFailure why, const engine::PeerAddress& address) {
  context_.counters.auth_failures[static_cast<std::size_t>(why)].add();
  const bool ours = why == AuthFailure::unavailable || why == AuthFailure::overloaded;
  if (ours || why == AuthFailure::throttled) return;
  context_.services.failed_attempts.note(address_key(address), context_.now());
}

// The answer comes on another thread, or at once; either way it is heard in a later step. Tokens
// that are checked here wait for no longer than that takes, and so an address may have any number
// of them.
bool Admissions::ask(const engine::PeerAddress& address, std::string token, Answered then) {
  const std::uint64_t from = address_key(address);
  if (from != 0) {
    std::uint32_t& waiting = waiting_from_[from];
    const bool bounded = context_.options().auth.mode == AuthMode::service;
    if (bounded && waiting >= kAuthQueuePerAddressMost) return false;
    ++waiting;
  }
  const ShardPosts& posts = context_.services.posts;
  const std::uint32_t shard = context_.shard.number();
  context_.policy->authenticator->ask(
      std::move(token), [&posts, shard, from, then = std::move(then)](const AuthResult& result) {
        static_cast<void>(posts.post_owed(shard, [from, then, result](NativeGateway& gateway) {
          gateway.admissions().count_answer(from);
          then(gateway.admissions(), result);
        }));
      });
  return true;
}

void Admissions::count_answer(std::uint64_t address_key) {
  if (address_key == 0) return;
  const auto found = waiting_from_.find(address_key);
  CHECK(found != waiting_from_.end());
  if (--found->second == 0) waiting_from_.erase(found);
}

void Admissions::forget(ClientHandle handle) {
  context_.clients.remove(handle);
  context_.counters.clients.set(context_.clients.size());
}

AuthFailure Admissions::check(const Identity& identity) const {
  const std::int64_t now = seconds_of(context_.unix_ms());
  if (context_.services.revocations.is_revoked(identity, now)) return AuthFailure::revoked;
  // It may have ended while it was asked about; or the service that knows it said so.
  const bool ended = identity.expires_at > 0 && identity.expires_at <= now;
  return ended ? AuthFailure::expired : AuthFailure::none;
}

// A token that is let in a little late ends as late, and what the server API has changed since it
// was issued is as changed.
Identity Admissions::as_in_force(Identity identity) const {
  context_.services.role_changes.apply(identity, seconds_of(context_.unix_ms()));
  const AuthOptions& auth = context_.options().auth;
  if (auth.mode == AuthMode::token && identity.expires_at > 0) {
    identity.expires_at += auth.token.leeway.count();
  }
  return identity;
}

// Nothing when the client is in; else the response that says why not.
std::optional<std::string> Admissions::enter(ClientHandle handle, const Identity& identity) {
  Client& client = *context_.clients.find(handle);
  if (const AuthFailure why = check(identity); why != AuthFailure::none) {
    note_failure(why, client.address);
    context_.log.refused(client.session, client.address, why, context_.now());
    return write_auth_refusal(why);
  }
  const LimitVerdict verdict = context_.limiter.check_connection(
      address_key(client.address), engine::hash_name(identity.tenant), context_.now());
  if (!verdict.allowed) return refuse_limited(client.session, client.address, verdict);
  client.connected_at_ms = context_.unix_ms();
  context_.clients.identify(handle, identity, context_.grants.share(grants_of(identity)));
  context_.counters.admitted.add();
  return std::nullopt;
}

std::string Admissions::refuse_limited(engine::SessionId id, const engine::PeerAddress& address,
                                       const LimitVerdict& verdict) {
  context_.log.refused(id, address, name(verdict.limit), protocol::HttpStatus::too_many_requests,
                       context_.now());
  return write_json_refusal(protocol::HttpStatus::too_many_requests, ErrorCode::rate_limited,
                            name(verdict.limit), "too many connections; try again later",
                            verdict.wait);
}

void Admissions::on_answer(ClientHandle handle, const AuthResult& result) {
  Client* client = context_.clients.find(handle);
  if (client == nullptr || client->state != ClientState::asking) return;
  const engine::SessionId session = client->session;
  if (const auto* why = std::get_if<AuthFailure>(&result)) {
    note_failure(*why, client->address);
    context_.log.refused(session, client->address, *why, context_.now());
    context_.sessions.refuse(session, write_auth_refusal(*why, pause_after(*why)));
    return;
  }
  if (const auto refusal = enter(handle, as_in_force(std::get<Identity>(result)))) {
    context_.sessions.refuse(session, *refusal);
    return;
  }
  context_.sessions.admit(session);
}

// ---- A token in place of another ----------------------------------------------------------------

void Admissions::refresh(ClientHandle handle, std::string token, std::string request_id) {
  Client& client = *context_.clients.find(handle);
  if (client.refreshing) {
    context_.fail(client, request_id,
                  {.code = ErrorCode::client_error,
                   .message = "another token of this connection is being checked"});
    return;
  }
  client.refreshing = true;
  const bool asked = ask(client.address, std::move(token),
                         [handle, request_id](Admissions& self, const AuthResult& result) {
                           self.on_refreshed(handle, result, request_id);
                         });
  if (!asked) on_refreshed(handle, AuthFailure::overloaded, request_id);
}

// The same user of the same tenant, or nothing changes.
void Admissions::on_refreshed(ClientHandle handle, const AuthResult& result,
                              std::string_view request_id) {
  Client* client = context_.clients.find(handle);
  if (client == nullptr || client->state != ClientState::present) return;
  client->refreshing = false;
  std::optional<Identity> identity;
  if (const auto* found = std::get_if<Identity>(&result)) identity = as_in_force(*found);
  AuthFailure why = identity ? check(*identity) : std::get<AuthFailure>(result);
  const bool another =
      identity && (identity->user != client->user || identity->tenant != client->grants->tenant);
  if (another) why = AuthFailure::claims;
  if (why != AuthFailure::none) {
    note_failure(why, client->address);
    context_.fail(*client, request_id,
                  {.code = ErrorCode::auth_failed,
                   .message = another ? "the token is another user's" : sentence(why)});
    return;
  }
  context_.clients.renew(handle, *identity, context_.grants.share(grants_of(*identity)));
  context_.counters.refreshed.add();
  Event event{.request_id_raw = request_id};
  std::string data = R"({"expiresAt":)";
  append_json_number(data, static_cast<std::uint64_t>(identity->expires_at));
  data += '}';
  context_.reply(*client, event, "auth:refreshed", data);
  rooms_.grants_changed(handle);
}

}  // namespace app
