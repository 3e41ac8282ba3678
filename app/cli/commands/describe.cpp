#include "core/gan/describe.h"
#include "app/cli/commands/all.h"
#include "app/cli/options.h"
#include "core/base/text.h"
#include "core/gan/gan_run.h"

namespace pentimento::cli {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
    std::vector<std::string> parts;
    for (const std::int64_t extent : shape) parts.push_back(std::to_string(extent));
    return join(parts, "×");
}

Json as_json(const gan::NetworkInfo& network) {
    Json layers = Json::array();
    for (const gan::LayerInfo& layer : network.layers)
        layers.push_back({{"kind", layer.kind},
                          {"detail", layer.detail},
                          {"input", layer.input},
                          {"output", layer.output},
                          {"parameters", layer.parameters},
                          {"multiply_adds", layer.multiply_adds}});
    return {{"parameters", network.parameters},
            {"multiply_adds", network.multiply_adds},
            {"layers", layers}};
}

void print(const char* title, const gan::NetworkInfo& network) {
    std::printf("%s: %s parameters, %s million multiply-adds a picture\n", title,
                format_count(network.parameters).c_str(),
                format_count(network.multiply_adds / 1'000'000).c_str());
    for (const gan::LayerInfo& layer : network.layers)
        std::printf("  %-24s %-20s %14s → %-14s %12s\n", layer.kind.c_str(), layer.detail.c_str(),
                    shape_text(layer.input).c_str(), shape_text(layer.output).c_str(),
                    format_count(layer.parameters).c_str());
}

}  // namespace

void add_describe(CLI::App& app, Handlers& handlers) {
    struct State {
        std::string preset;
        bool json = false, measure = false;
        ParamOptions options;
    };
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "describe", "Show the networks of some settings, and what a step takes on this machine");
    add_preset(*command, state->preset);
    command->add_flag("--measure", state->measure, "Try a few steps: time and memory");
    command->add_flag("--json", state->json, "For programs");
    state->options.add_to(*command, gan::schema());
    handlers[command] = [state]() -> Status {
        ParamSet params(gan::schema());
        if (!state->preset.empty())
            if (Status applied = apply_preset(params, state->preset, gan::presets()); !applied)
                return applied;
        if (Status applied = state->options.apply_to(params); !applied) return applied;
        const auto networks = gan::describe(params);
        if (!networks) return networks.error();
        Json json = {{"generator", as_json(networks->generator)},
                     {"discriminator", as_json(networks->discriminator)}};
        if (!state->json) {
            print("Generator", networks->generator);
            print("Discriminator", networks->discriminator);
        }
        if (state->measure) {
            const auto cost = gan::estimate(params);
            if (!cost) return cost.error();
            json["estimate"] = {{"device", cost->device},
                                {"seconds_per_step", cost->seconds_per_step},
                                {"pictures_per_second", cost->pictures_per_second},
                                {"total_seconds", cost->total_seconds},
                                {"memory_bytes", cost->memory_bytes},
                                {"checkpoint_bytes", cost->checkpoint_bytes}};
            if (!state->json)
                std::printf(
                    "On %s: %.0f ms a step, %.0f pictures/s, %.0f min for all steps; about %.0f MB "
                    "of memory, %.1f MB a checkpoint\n",
                    cost->device.c_str(), 1000 * cost->seconds_per_step, cost->pictures_per_second,
                    cost->total_seconds / 60, static_cast<double>(cost->memory_bytes) / 1e6,
                    static_cast<double>(cost->checkpoint_bytes) / 1e6);
        }
        if (state->json) std::printf("%s\n", json.dump(2).c_str());
        return {};
    };
}

}  // namespace pentimento::cli
