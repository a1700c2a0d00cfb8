// Result: a value, or the one-sentence reason why there is none.
//
// It is how base and protocol report what exceptions would report elsewhere: configuration text
// that does not parse, a name that does not resolve. The message is written for the operator who
// reads it. A Result is owned by one thread at a time, and bounded by the T that it holds. Asking
// for the half that is not there is our own mistake, hence a failed CHECK.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace base {

struct Error {
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{...};` both read well.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  // Moves the value out; the Result keeps a moved-from value.
  T take() {
    CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  const T& value() const noexcept {
    CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T& value() noexcept {
    CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const Error& error() const noexcept {
    CHECK(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }

  const Error& error() const noexcept {
    CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

// The outcome of an action that yields nothing: `return {};` says that it succeeded.
using Status = Result<void>;

}  // namespace base
