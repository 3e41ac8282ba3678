// One name for the JSON type of all files. Keys keep their order, so that files read like their
// author wrote them.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/result.h"

namespace pentimento {

using Json = nlohmann::ordered_json;

/// Parses without throwing; depth is bounded, so that a hostile file cannot exhaust the stack.
/// `what` names the file in the message.
Result<Json> parse_json(std::string_view text, std::string_view what);

}  // namespace pentimento
