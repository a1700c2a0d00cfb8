// Target fields: reads {"kind","tenant","name"}, whom an admin call addresses.
//
// Pure function of one call's body, any thread. A field that the kind has no use for is a mistake,
// for it says that the caller meant somebody else. Bounds: field_rules.h.
#pragma once

#include "app/admin/control.h"
#include "app/admin/json_fields.h"

namespace app {

// The field `target` of the call; `path` is that of `fields`, for the mistakes.
Target read_target(JsonFields& fields, const std::string& path, FieldMistakes& mistakes);

}  // namespace app
