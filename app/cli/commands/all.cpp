#include "app/cli/commands/all.h"

void pentimento_add_commands(CLI::App& app, pentimento::cli::Handlers& handlers) {
    using namespace pentimento::cli;
    add_train(app, handlers);
    add_sample(app, handlers);
    add_style(app, handlers);
    add_train_style(app, handlers);
    add_video(app, handlers);
    add_fetch(app, handlers);
    add_health(app, handlers);
    add_evaluate(app, handlers);
    add_describe(app, handlers);
    add_branch(app, handlers);
    add_replay(app, handlers);
    add_compare(app, handlers);
    add_list(app, handlers);
}
