#include "app/admin/target_fields.h"

#include <array>
#include <optional>
#include <utility>

#include "app/rooms/room_names.h"

namespace app {

namespace {

std::string_view any_text(std::string_view /*text*/) { return {}; }

std::optional<TargetKind> kind_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, TargetKind>, 5> kKinds{{
      {"connection", TargetKind::connection},
      {"user", TargetKind::user},
      {"tenant", TargetKind::tenant},
      {"room", TargetKind::room},
      {"everybody", TargetKind::everybody},
  }};
  for (const auto& [name, kind] : kKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

}  // namespace

Target read_target(JsonFields& fields, const std::string& path, FieldMistakes& mistakes) {
  Target target;
  const std::optional<std::string_view> object = fields.object("target");
  if (!object) return target;
  JsonFields inner(*object, path + "target.", mistakes);
  const std::size_t mistakes_before = mistakes.all().size();
  const std::optional<TargetKind> kind = kind_of(inner.text("kind", any_text));
  if (!kind) {
    if (mistakes.all().size() == mistakes_before) {
      inner.mistake("kind", "must be connection, user, tenant, room or everybody");
    }
    return target;  // What the other fields must be depends on it.
  }
  target.kind = *kind;
  switch (target.kind) {
    case TargetKind::connection:
      target.name = inner.text("name", rule_of_connection);
      break;
    case TargetKind::tenant:
      target.tenant = inner.text("tenant", rule_of_tenant);
      break;
    case TargetKind::user:
      target.tenant = inner.text("tenant", rule_of_tenant);
      target.name = inner.text("name", rule_of_user);
      break;
    case TargetKind::room:
      target.tenant = inner.text("tenant", rule_of_tenant);
      target.name = inner.text("name", rule_of_room);
      if (const auto user = user_of_room(target.name)) {
        target = {TargetKind::user, target.tenant, std::string(*user)};
      }
      break;
    case TargetKind::everybody:
      break;
  }
  inner.finish();
  return target;
}

}  // namespace app
