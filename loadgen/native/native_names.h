// Native names: what the clients, tenants and rooms of the native scenario are called, and how a
// client introduces itself.
//
// Each group of clients is a tenant. Its rooms are numbered from its own first, so that every
// tenant has rooms of the same names: what leaks from one into another shows. Pure functions of
// the options, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "loadgen/client_groups.h"
#include "loadgen/load_options.h"

namespace loadgen {

std::string native_user(std::uint32_t client);
std::string native_tenant(std::size_t group);
std::string native_room(const ClientGroup& group, std::uint32_t room);

// Whether the text is the name, without making it.
bool is_native_user(std::string_view text, std::uint32_t client) noexcept;
bool is_native_room(std::string_view text, const ClientGroup& group, std::uint32_t room) noexcept;

// Path and query of a client's handshake: with a token of its own.
std::string native_request_path(const LoadOptions& options, std::uint32_t client);

}  // namespace loadgen
