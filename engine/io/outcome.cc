#include "engine/io/outcome.h"

#include <cerrno>

namespace engine {

Outcome outcome_of(std::int32_t result) noexcept {
  if (result >= 0) return Outcome::success;
  switch (-result) {
    case ECONNRESET:
    case EPIPE:
    case ENOTCONN:
    case ESHUTDOWN:
      return Outcome::connection_reset;
    case ECONNREFUSED:
      return Outcome::connection_refused;
    case ETIMEDOUT:
      return Outcome::timed_out;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
      return Outcome::unreachable;
    case ENOBUFS:
      return Outcome::no_buffers;
    case ENFILE:
    case EMFILE:
      return Outcome::descriptors_full;
    case EADDRNOTAVAIL:
    case EADDRINUSE:
      return Outcome::addresses_exhausted;
    case ENOMEM:
      return Outcome::out_of_memory;
    case ECANCELED:
      return Outcome::canceled;
    case ENOENT:
    case EALREADY:
      return Outcome::not_found;
    case ECONNABORTED:
      return Outcome::aborted_in_backlog;
    case EINTR:
    case EAGAIN:
      return Outcome::interrupted;
    default:
      return Outcome::unexpected;
  }
}

std::string_view name(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::success:
      return "success";
    case Outcome::connection_reset:
      return "connection_reset";
    case Outcome::connection_refused:
      return "connection_refused";
    case Outcome::timed_out:
      return "timed_out";
    case Outcome::unreachable:
      return "unreachable";
    case Outcome::no_buffers:
      return "no_buffers";
    case Outcome::descriptors_full:
      return "descriptors_full";
    case Outcome::addresses_exhausted:
      return "addresses_exhausted";
    case Outcome::out_of_memory:
      return "out_of_memory";
    case Outcome::canceled:
      return "canceled";
    case Outcome::not_found:
      return "not_found";
    case Outcome::aborted_in_backlog:
      return "aborted_in_backlog";
    case Outcome::interrupted:
      return "interrupted";
    case Outcome::unexpected:
      return "unexpected";
  }
  return "unexpected";
}

}  // namespace engine
