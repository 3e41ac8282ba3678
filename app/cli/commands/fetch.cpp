// Downloading weights from the terminal, and finding them again.
#include "app/cli/commands/all.h"
#include "app/cli/commands/weights.h"
#include "app/cli/interrupt.h"
#include "app/cli/status_line.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/fetch/weights.h"
#include "core/style/style_run.h"

namespace pentimento::cli {
namespace {

struct State {
    std::vector<std::string> names;
    std::string from;
    bool list = false, json = false, quiet = false;
};

std::string known_names() {
    std::vector<std::string> names;
    for (const auto& weights : published_weights()) names.push_back(weights.features);
    return join(names, ", ");
}

Status list(const State& state) {
    Json all = Json::array();
    for (const auto& weights : published_weights()) {
        const auto cached = cached_weights(weights, weights_cache());
        if (state.json) {
            all.push_back({{"id", weights.features},
                           {"label", weights.label},
                           {"url", weights.url},
                           {"bytes", weights.bytes},
                           {"sha256", weights.sha256},
                           {"preprocessing", weights.preprocessing},
                           {"file", cached ? Json(to_valid_utf8(cached->native())) : Json()}});
            continue;
        }
        std::printf("%-12s %-16s %8s  %s\n%-12s %s\n", weights.features.c_str(),
                    weights.label.c_str(), format_bytes(weights.bytes).c_str(),
                    cached ? to_valid_utf8(cached->native()).c_str() : "not downloaded", "",
                    weights.url.c_str());
    }
    if (state.json) std::printf("%s\n", all.dump(2).c_str());
    return {};
}

std::string progress_text(const PublishedWeights& weights, const DownloadProgress& progress) {
    const double share = progress.total > 0 ? static_cast<double>(progress.done) /
                                                  static_cast<double>(progress.total)
                                            : 0;
    std::string text = StatusLine::bar(share) + " " + weights.label + "  " +
                       format_bytes(progress.done) + " of " + format_bytes(progress.total);
    if (progress.phase == DownloadProgress::Phase::Connecting) text += "  connecting";
    if (progress.phase == DownloadProgress::Phase::Checking) text += "  checking";
    if (progress.bytes_per_second > 0)
        text += "  " + format_bytes(static_cast<std::uint64_t>(progress.bytes_per_second)) +
                "/s  " +
                format_duration(static_cast<double>(progress.total - progress.done) /
                                progress.bytes_per_second) +
                " left";
    return text;
}

Status fetch(const State& state) {
    if (state.list) return list(state);
    if (state.names.empty())
        return Error{ErrorCode::InvalidArgument,
                     "Name what to fetch: " + known_names() + ". See 'fetch --list'.", ""};
    if (state.names.size() > 1 && !state.from.empty() && !state.from.ends_with('/'))
        return Error{ErrorCode::InvalidArgument,
                     "For several networks --from has to name a folder: end it with '/'.", ""};
    for (const auto& name : state.names)
        if (!find_published_weights(name))
            return Error{ErrorCode::InvalidArgument,
                         "There are no published weights called '" + name +
                             "' (there are: " + known_names() + ").",
                         ""};
    for (const auto& name : state.names) {
        const auto& weights = *find_published_weights(name);
        InterruptGuard guard;
        StatusLine line(state.quiet);
        const auto path = fetch_weights(
            weights, weights_cache(),
            [&](const DownloadProgress& progress) {
                line.show(progress_text(weights, progress), false);
                return !InterruptGuard::interrupted();
            },
            state.from);
        if (!path) return path.error();
        line.show(StatusLine::bar(1) + " " + weights.label, true);
        if (!state.quiet)
            std::printf("%s: checked, %s\n", to_valid_utf8(path->native()).c_str(),
                        format_bytes(weights.bytes).c_str());
    }
    return {};
}

}  // namespace

Result<fs::path> choose_weights(ParamSet& params, const std::string& named, bool features_given) {
    if (named.empty()) {
        if (style::one_pass(params)) return fs::path();
        const std::string id = to_text(params.value("features"));
        const auto* published = find_published_weights(id);
        if (!published) return fs::path();  // part of the program, or the engine says what it needs
        if (const auto cached = cached_weights(*published, weights_cache())) return *cached;
        // Nobody asked for this one, neither by name nor by a preset: what is there does.
        const bool asked = features_given || params.value("features") !=
                                                 params.schema().find("features")->default_value;
        if (!asked && params.set_text("features", "builtin")) return fs::path();
        return Error{ErrorCode::NotFound,
                     "The weights of " + published->label +
                         " are not on this machine. Get them once with 'pentimento-cli fetch " +
                         id + "' (" + format_bytes(published->bytes) +
                         "), or name a file with --weights.",
                     ""};
    }
    // The file knows its network: only a contradiction needs saying.
    const Result<std::string> network = style::identify_weights(named);
    if (!network) return network.error();
    if (!features_given) {
        if (Status set = params.set_text("features", *network); !set) return set.error();
    } else if (to_text(params.value("features")) != *network) {
        return Error{ErrorCode::InvalidArgument,
                     named + " holds the weights of " + *network + ", not of " +
                         to_text(params.value("features")) + ".",
                     ""};
    }
    return fs::path(named);
}

void add_weights(CLI::App& command, std::string& file) {
    command
        .add_option("--weights", file,
                    "The feature network's file, .safetensors or .pth (default: what 'fetch' "
                    "downloaded, else the built-in network)")
        ->type_name("FILE");
}

void add_fetch(CLI::App& app, Handlers& handlers) {
    auto state = std::make_shared<State>();
    CLI::App* command =
        app.add_subcommand("fetch", "Download the published weights of feature networks, once");
    command->add_option("names", state->names, "Which: " + known_names())->type_name("NAME");
    command->add_flag("--list", state->list, "What there is, and what is here already");
    command->add_flag("--json", state->json, "The list for programs");
    command
        ->add_option("--from", state->from,
                     "Another address of the file, or of the folder that it is in (ending with "
                     "'/'); the checksum is compared all the same")
        ->type_name("URL");
    command->add_flag("--quiet", state->quiet, "No progress");
    handlers[command] = [state] { return fetch(*state); };
}

}  // namespace pentimento::cli
