// Served paths: those of the clients' port that are served besides the native one, so that no
// native path may be one of them.
//
// Constants, any thread.
#pragma once

#include <string_view>

namespace app {

// Pages.
inline constexpr std::string_view kChatPath = "/";
inline constexpr std::string_view kHealthPath = "/health";
inline constexpr std::string_view kMetricsPath = "/metrics";
inline constexpr std::string_view kStatusPath = "/ws/status";
// Raw endpoints.
inline constexpr std::string_view kEchoPath = "/echo";
inline constexpr std::string_view kRoomPath = "/room";

inline constexpr std::string_view kServedPaths[] = {kChatPath,   kHealthPath, kMetricsPath,
                                                    kStatusPath, kEchoPath,   kRoomPath};

}  // namespace app
