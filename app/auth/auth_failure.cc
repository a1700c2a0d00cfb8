#include "app/auth/auth_failure.h"

namespace app {

std::string_view name(AuthFailure failure) noexcept {
  switch (failure) {
    case AuthFailure::none:
      return "none";
    case AuthFailure::missing:
      return "missing";
    case AuthFailure::malformed:
      return "malformed";
    case AuthFailure::algorithm:
      return "algorithm";
    case AuthFailure::unknown_key:
      return "unknown_key";
    case AuthFailure::signature:
      return "signature";
    case AuthFailure::expired:
      return "expired";
    case AuthFailure::not_yet_valid:
      return "not_yet_valid";
    case AuthFailure::issuer:
      return "issuer";
    case AuthFailure::audience:
      return "audience";
    case AuthFailure::claims:
      return "claims";
    case AuthFailure::revoked:
      return "revoked";
    case AuthFailure::refused:
      return "refused";
    case AuthFailure::origin:
      return "origin";
    case AuthFailure::throttled:
      return "throttled";
    case AuthFailure::unavailable:
      return "unavailable";
    case AuthFailure::overloaded:
      return "overloaded";
  }
  return "unknown";
}

std::string_view sentence(AuthFailure failure) noexcept {
  switch (failure) {
    case AuthFailure::none:
      return "nothing is wrong";
    case AuthFailure::missing:
      return "a token is needed to connect";
    case AuthFailure::malformed:
      return "the token is not a JSON Web Token, or is too long";
    case AuthFailure::algorithm:
      return "the token is signed with an algorithm that is not accepted";
    case AuthFailure::unknown_key:
      return "the token is signed with a key that is not known here";
    case AuthFailure::signature:
      return "the token's signature is not valid";
    case AuthFailure::expired:
      return "the token has expired; ask for a new one";
    case AuthFailure::not_yet_valid:
      return "the token is not valid yet; is a clock wrong?";
    case AuthFailure::issuer:
      return "the token's issuer is not accepted";
    case AuthFailure::audience:
      return "the token is meant for another audience";
    case AuthFailure::claims:
      return "a claim of the token is missing, of the wrong type, or out of bounds";
    case AuthFailure::revoked:
      return "the token has been revoked";
    case AuthFailure::refused:
      return "the token is not known";
    case AuthFailure::origin:
      return "pages of this origin may not connect";
    case AuthFailure::throttled:
      return "too many failed attempts; wait a minute";
    case AuthFailure::unavailable:
      return "tokens cannot be checked now; try again later";
    case AuthFailure::overloaded:
      return "too many tokens wait to be checked; try again later";
  }
  return "the token is not accepted";
}

protocol::HttpStatus status(AuthFailure failure) noexcept {
  switch (failure) {
    case AuthFailure::none:
      return protocol::HttpStatus::ok;
    case AuthFailure::missing:
    case AuthFailure::malformed:
    case AuthFailure::algorithm:
    case AuthFailure::unknown_key:
    case AuthFailure::signature:
    case AuthFailure::expired:
    case AuthFailure::not_yet_valid:
    case AuthFailure::issuer:
    case AuthFailure::audience:
    case AuthFailure::claims:
    case AuthFailure::revoked:
    case AuthFailure::refused:
      return protocol::HttpStatus::unauthorized;
    case AuthFailure::origin:
      return protocol::HttpStatus::forbidden;
    case AuthFailure::throttled:
      return protocol::HttpStatus::too_many_requests;
    case AuthFailure::unavailable:
    case AuthFailure::overloaded:
      return protocol::HttpStatus::service_unavailable;
  }
  return protocol::HttpStatus::unauthorized;
}

}  // namespace app
