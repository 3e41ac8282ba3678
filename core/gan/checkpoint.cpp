// Checkpoints.
#include "core/gan/checkpoint.h"

#include "core/base/json.h"
#include "core/gan/params.h"
#include "core/tensor/safetensors.h"

namespace pentimento::gan {
namespace {

constexpr int kFormat = 1;
constexpr const char* kStateFile = "state.json";
constexpr const char* kGeneratorFile = "generator.safetensors";
constexpr const char* kDiscriminatorFile = "discriminator.safetensors";
constexpr const char* kAverageFile = "ema.safetensors";
constexpr const char* kGeneratorAdamFile = "optimiser_g.safetensors";
constexpr const char* kDiscriminatorAdamFile = "optimiser_d.safetensors";

std::string quoted(const std::filesystem::path& path) {
    return "'" + path.string() + "'";
}

/// {arch, size, channels} so that a weights file says what it belongs to.
std::map<std::string, std::string> metadata(const ParamSet& params) {
    std::map<std::string, std::string> about;
    for (const char* id : {"arch", "size", "channels", "latent"})
        about[id] = to_text(params.value(id));
    return about;
}

Status load_network(torch::nn::Module& network, const std::filesystem::path& path) {
    auto file = read_safetensors(path);
    if (!file) return file.error();
    return nn::load_module_state(network, {file->tensors.begin(), file->tensors.end()},
                                 quoted(path));
}

Status load_adam(nn::Adam& adam, const std::filesystem::path& path) {
    auto file = read_safetensors(path);
    if (!file) return file.error();
    return adam.load({file->tensors.begin(), file->tensors.end()}, quoted(path));
}

/// A non-negative integer of the state file.
Result<std::int64_t> count_from(const Json& json, const char* key,
                                const std::filesystem::path& path) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_integer() || *found < 0)
        return Error{ErrorCode::Corrupt,
                     quoted(path) + " has no usable '" + key +
                         "'. Continue from an older checkpoint of this run.",
                     {}};
    return found->get<std::int64_t>();
}

}  // namespace

Status save_checkpoint(const TrainingState& state, const std::filesystem::path& dir) {
    const Players& players = state.players;
    for (const torch::nn::Module* network :
         {static_cast<const torch::nn::Module*>(players.generator.get()),
          static_cast<const torch::nn::Module*>(players.discriminator.get()),
          static_cast<const torch::nn::Module*>(&state.average)})
        if (!nn::all_finite(*network))
            return Error{
                ErrorCode::Numeric,
                "The networks hold values that are not numbers any more, so this state was not "
                "saved. Resume from the last checkpoint with a lower learning rate.",
                {}};

    const auto about = metadata(state.params);
    const std::pair<const char*, nn::NamedTensors> files[] = {
        {kGeneratorFile, nn::module_state(*players.generator)},
        {kDiscriminatorFile, nn::module_state(*players.discriminator)},
        {kAverageFile, nn::module_state(state.average)},
        {kGeneratorAdamFile, players.generator_adam->state()},
        {kDiscriminatorAdamFile, players.discriminator_adam->state()},
    };
    for (const auto& [name, tensors] : files)
        if (Status written = write_safetensors(dir / name, tensors, about); !written)
            return written;

    const Json json = {{"format", kFormat},
                       {"kind", "gan"},
                       {"step", state.step},
                       {"pictures_drawn", state.cursor},
                       {"d_taken", state.tally.taken},
                       {"d_skipped", state.tally.skipped},
                       {"params", state.params.to_json()}};
    return write_file_atomically(dir / kStateFile, json.dump(2) + "\n");
}

Status load_checkpoint(TrainingState& state, const std::filesystem::path& dir) {
    const auto path = dir / kStateFile;
    const auto text = read_file(path, 1 << 20);
    if (!text) return text.error();
    const auto json = parse_json(*text, quoted(path));
    if (!json) return json.error();
    if (!json->is_object() || json->value("kind", Json()) != "gan")
        return Error{ErrorCode::Corrupt, quoted(path) + " is not the state of a GAN training.", {}};
    if (json->value("format", Json()) != kFormat)
        return Error{ErrorCode::Unsupported,
                     quoted(path) + " was written by another version of this program (format " +
                         json->value("format", Json()).dump() + "; this one reads format 1).",
                     {}};
    const auto step = count_from(*json, "step", path);
    if (!step) return step.error();
    const auto cursor = count_from(*json, "pictures_drawn", path);
    if (!cursor) return cursor.error();
    const auto taken = count_from(*json, "d_taken", path);
    if (!taken) return taken.error();
    const auto skipped = count_from(*json, "d_skipped", path);
    if (!skipped) return skipped.error();

    Players& players = state.players;
    if (Status s = load_network(*players.generator, dir / kGeneratorFile); !s) return s;
    if (Status s = load_network(*players.discriminator, dir / kDiscriminatorFile); !s) return s;
    if (Status s = load_network(state.average, dir / kAverageFile); !s) return s;
    if (Status s = load_adam(*players.generator_adam, dir / kGeneratorAdamFile); !s) return s;
    if (Status s = load_adam(*players.discriminator_adam, dir / kDiscriminatorAdamFile); !s)
        return s;
    state.step = *step;
    state.cursor = *cursor;
    state.tally = {*taken, *skipped};
    return {};
}

Status load_average(Generator& average, const std::filesystem::path& dir) {
    return load_network(average, dir / kAverageFile);
}

}  // namespace pentimento::gan
