// Result: a value, or one sentence for the operator that says why there is none and what to do.
//
// What millrace::Server answers where other libraries would throw. Check ok() first: asking for the
// half that is not there is a mistake of the program's, and ends it. Plain value; any thread.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace millrace {

struct Error {
  std::string message;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{...};` both read well.
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const noexcept { return value_.has_value(); }

  T& value() noexcept {
    if (!ok()) std::abort();
    return *value_;
  }
  const std::string& error() const noexcept {
    if (ok()) std::abort();
    return error_.message;
  }

 private:
  std::optional<T> value_;
  Error error_;
};

// The outcome of an action that yields nothing: `return {};` says that it succeeded.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}

  bool ok() const noexcept { return !error_.has_value(); }
  const std::string& error() const noexcept {
    if (ok()) std::abort();
    return error_->message;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace millrace
