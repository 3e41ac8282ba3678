#include "app/cli/commands/networks.h"

#include "core/style/style_run.h"

namespace pentimento::cli {

void NetworkOptions::add_to(CLI::App& command) {
    command
        .add_option("--painter", painter_,
                    "A trained painter ('train-style --export'): paints without style pictures, in "
                    "one pass")
        ->type_name("FILE.safetensors");
    command
        .add_option("--encoder", encoder_,
                    "Instant blends: a small feature network of your own instead of the built-in "
                    "one")
        ->type_name("FILE.safetensors");
    command
        .add_option("--decoder", decoder_,
                    "Instant blends: a decoder of your own, trained for that encoder")
        ->type_name("FILE.safetensors");
}

Result<style::InstantNetworks> NetworkOptions::choose(ParamSet& params,
                                                      const ParamOptions& given) const {
    const auto invalid = [](std::string message) {
        return Error{ErrorCode::InvalidArgument, std::move(message), ""};
    };
    const bool named = given.given("method");
    if (!painter_.empty() && !named)
        if (Status set = params.set_text("method", "painter"); !set) return set.error();
    const std::string method = to_text(params.value("method"));
    if (!painter_.empty() && method != "painter")
        return invalid("--painter is for --method painter, not for " + method + ".");
    if (method == "painter" && painter_.empty())
        return invalid("Name the trained painter with --painter FILE; 'train-style' makes one.");
    if (method == "painter" && !(encoder_.empty() && decoder_.empty()))
        return invalid("--encoder and --decoder are for instant blends, not for a painter.");
    return style::InstantNetworks{encoder_, decoder_, painter_};
}

}  // namespace pentimento::cli
