// What the commands of pentimento-cli have in common. Each adds its options to the program and runs
// when it was named.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>

#include "core/base/result.h"

namespace pentimento::cli {

using Handler = std::function<Status()>;
using Handlers = std::map<const CLI::App*, Handler>;

/// The one command that needs no engine.
void add_import(CLI::App& app, Handlers& handlers);

/// Imports `source` unless the workspace holds the result already; a .pack is used as it is.
Result<std::string> pack_for(const std::string& source, std::int64_t size, bool quiet);

}  // namespace pentimento::cli
