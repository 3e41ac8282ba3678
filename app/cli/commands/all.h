// The commands that need the engine. They are a library of their own, which is loaded when one of
// them may be wanted: LibTorch takes half a second to load, an import of a small folder less.
#pragma once

#include "app/cli/commands.h"

namespace pentimento::cli {

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

}  // namespace pentimento::cli

/// Adds all of them.
extern "C" void pentimento_add_commands(CLI::App& app, pentimento::cli::Handlers& handlers);
