// The commands of pentimento-cli. Each adds its options to the program and runs when it was named.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>

#include "core/base/result.h"

namespace pentimento::cli {

using Handler = std::function<Status()>;
using Handlers = std::map<const CLI::App*, Handler>;

void add_import(CLI::App& app, Handlers& handlers);
void add_train(CLI::App& app, Handlers& handlers);
void add_sample(CLI::App& app, Handlers& handlers);
void add_style(CLI::App& app, Handlers& handlers);
void add_train_style(CLI::App& app, Handlers& handlers);
void add_video(CLI::App& app, Handlers& handlers);
void add_fetch(CLI::App& app, Handlers& handlers);
void add_health(CLI::App& app, Handlers& handlers);
void add_evaluate(CLI::App& app, Handlers& handlers);
void add_describe(CLI::App& app, Handlers& handlers);
void add_branch(CLI::App& app, Handlers& handlers);
void add_replay(CLI::App& app, Handlers& handlers);
void add_compare(CLI::App& app, Handlers& handlers);
void add_list(CLI::App& app, Handlers& handlers);

/// Imports `source` unless the workspace holds the result already; a .pack is used as it is.
Result<std::string> pack_for(const std::string& source, std::int64_t size, bool quiet);

}  // namespace pentimento::cli
