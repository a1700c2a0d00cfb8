// Room names of the gateway: what clients call a room, and what the engine does.
//
// The engine's name is the client's with the tenant as its tag (engine/room/room_name.h), so no
// name that a client can say is a room of another tenant. Pure, any thread.
// Bounds: kRoomNameTextMax; names are not empty and have no control characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace app {

// A room for whoever is connected, of whatever tenant: no client's name is in the empty tenant.
inline constexpr std::string_view kEverybody = "everybody\x01";

bool is_room_name(std::string_view name) noexcept;
// Of rooms that nobody joins or leaves by asking: "user:..." and "tenant:...".
bool is_reserved(std::string_view name) noexcept;
bool is_tenant_room(std::string_view name) noexcept;  // "tenant:...".
// Whose personal room it is, "user:...". That is no room of the engine's, which would be one more
// for every user: it is the user's connections.
std::optional<std::string_view> user_of_room(std::string_view name) noexcept;

std::string personal_room(std::string_view user);

void set_engine_name(std::string& out, std::string_view room, std::string_view tenant);
// Whether that is what set_engine_name() writes.
bool is_engine_name(std::string_view engine_name, std::string_view room,
                    std::string_view tenant) noexcept;
// Of what user_of_room() says is no room of the engine's: a name for it all the same.
void set_personal_room(std::string& out, std::string_view user, std::string_view tenant);
// Of the room that everybody of a tenant is in.
void set_tenant_room(std::string& out, std::string_view tenant);
std::string_view tenant_of(std::string_view engine_name) noexcept;

}  // namespace app
