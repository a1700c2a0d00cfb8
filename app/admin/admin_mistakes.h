// Admin mistakes: what is wrong with AdminOptions, told alike when a configuration is checked and
// when the server starts.
//
// What the certificates' files hold is not looked at here: see make_tls_context(). Pure, any
// thread. Bound: a mistake for each key, and one for each other setting and rule.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/admin/admin_options.h"
#include "engine/io/address.h"

namespace app {

struct AdminMistake {
  std::string_view setting{};        // "admin.api_key" wherever the keys came from.
  std::optional<std::size_t> key{};  // Which of the keys it is about, from 0.
  bool quotes = false;               // Whether `what` repeats the setting's value itself.
  std::string what{};                // Never with a key.
};

std::vector<AdminMistake> admin_mistakes(const AdminOptions& options);

// Of this host alone.
bool is_loopback(const engine::Address& address) noexcept;

}  // namespace app
