// pentimento-cli: the studio's jobs in the terminal, with the same settings and files.
#include <dlfcn.h>

#include <cstdio>
#include <cstring>

#include "app/cli/commands.h"
#include "app/cli/options.h"
#include "core/base/allocator.h"

using namespace pentimento;

namespace {

enum ExitStatus { kSuccess = 0, kFailure = 1, kWrongCall = 2 };

int explain(const Error& error) {
    std::fprintf(stderr, "pentimento-cli: %s\n", error.message.c_str());
    if (!error.detail.empty() && std::getenv("PENTIMENTO_VERBOSE"))
        std::fprintf(stderr, "%s\n", error.detail.c_str());
    return error.code == ErrorCode::InvalidArgument ? kWrongCall : kFailure;
}

/// Those of app/cli/commands/all.h.
Status add_engine_commands(CLI::App& app, cli::Handlers& handlers) {
    using Add = void (*)(CLI::App&, cli::Handlers&);
    // Found along this program's own search path.
    void* library = dlopen("libpentimento_commands.so", RTLD_NOW | RTLD_GLOBAL);
    const auto add =
        library ? reinterpret_cast<Add>(dlsym(library, "pentimento_add_commands")) : nullptr;
    if (add == nullptr)
        return Error{ErrorCode::Io,
                     std::string("The engine could not be loaded: ") + dlerror() +
                         ". Install Pentimento again, or build it anew: ./pentimento build",
                     {}};
    add(app, handlers);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();
    CLI::App app(
        "Pentimento in the terminal: import pictures, train GANs, sample them, blend styles.",
        "pentimento-cli");
    app.set_version_flag("--version", PENTIMENTO_VERSION);
    app.require_subcommand(1);
    app.fallthrough(false);
    cli::Handlers handlers;
    cli::add_import(app, handlers);
    if (argc < 2 || std::strcmp(argv[1], "import") != 0)
        if (const Status added = add_engine_commands(app, handlers); !added)
            return explain(added.error());
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& wrong) {
        const std::string hint = cli::nearest_hint(app, {argv + 1, argv + argc});
        std::fprintf(stderr, "pentimento-cli: %s.%s See 'pentimento-cli --help'.\n", wrong.what(),
                     hint.c_str());
        return kWrongCall;
    }
    try {
        const Status status = handlers.at(app.get_subcommands().front())();
        return status ? kSuccess : explain(status.error());
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "pentimento-cli: something went wrong that should not: %s\n",
                     problem.what());
        return kFailure;
    }
}
