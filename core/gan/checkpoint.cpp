// Checkpoints.
#include "core/gan/checkpoint.h"

#include "core/base/json.h"
#include "core/gan/params.h"
#include "core/tensor/device.h"
#include "core/tensor/safetensors.h"

namespace pentimento::gan {
namespace {

constexpr int kFormat = 2;
constexpr const char* kStateFile = "state.json";
constexpr const char* kGeneratorFile = "generator.safetensors";
constexpr const char* kDiscriminatorFile = "discriminator.safetensors";
constexpr const char* kAverageFile = "ema.safetensors";
constexpr const char* kGeneratorOptimiserFile = "optimiser_g.safetensors";
constexpr const char* kDiscriminatorOptimiserFile = "optimiser_d.safetensors";

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

nn::TensorMap as_map(const nn::NamedTensors& tensors) {
    return {tensors.begin(), tensors.end()};
}

/// The parts of a state: file, network or optimiser.
std::map<std::string, nn::NamedTensors> parts(const TrainingState& state) {
    const Players& players = state.players;
    return {{kGeneratorFile, nn::module_state(*players.generator)},
            {kDiscriminatorFile, nn::module_state(*players.discriminator)},
            {kAverageFile, nn::module_state(state.average)},
            {kGeneratorOptimiserFile, players.generator_optimiser->state()},
            {kDiscriminatorOptimiserFile, players.discriminator_optimiser->state()}};
}

Json progression_json(const TrainingState& state) {
    const Progression& p = state.progression;
    return {{"format", kFormat},
            {"kind", "gan"},
            {"step", p.step},
            {"pictures_drawn", p.cursor},
            {"d_taken", p.d_taken},
            {"d_skipped", p.d_skipped},
            {"grown_to", p.grown_to},
            {"rollbacks", p.rollbacks},
            {"augment_strength", p.augment_strength},
            {"real_sign_sum", p.real_sign_sum},
            {"real_sign_count", p.real_sign_count},
            {"ada_cursor", p.ada_cursor},
            {"params", state.params.to_json()}};
}

Error unusable(std::string_view what, const char* key) {
    return {ErrorCode::Corrupt,
            std::string(what) + " has no usable '" + key +
                "'. Continue from an older checkpoint of this run.",
            {}};
}

Result<Progression> progression_from(const Json& json, std::string_view what) {
    if (!json.is_object() || json.value("kind", Json()) != "gan")
        return Error{
            ErrorCode::Corrupt, std::string(what) + " is not the state of a GAN training.", {}};
    if (json.value("format", Json()) != kFormat)
        return Error{ErrorCode::Unsupported,
                     std::string(what) +
                         " was written by another version of this program (format " +
                         json.value("format", Json()).dump() + "; this one reads format " +
                         std::to_string(kFormat) + ").",
                     {}};
    Progression p;
    for (const auto& [key, into] : {std::pair<const char*, std::int64_t*>{"step", &p.step},
                                    {"pictures_drawn", &p.cursor},
                                    {"d_taken", &p.d_taken},
                                    {"d_skipped", &p.d_skipped},
                                    {"grown_to", &p.grown_to},
                                    {"rollbacks", &p.rollbacks},
                                    {"real_sign_count", &p.real_sign_count},
                                    {"ada_cursor", &p.ada_cursor}}) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_number_integer() || *found < 0)
            return unusable(what, key);
        *into = found->get<std::int64_t>();
    }
    for (const auto& [key, into] :
         {std::pair<const char*, double*>{"augment_strength", &p.augment_strength},
          {"real_sign_sum", &p.real_sign_sum}}) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_number()) return unusable(what, key);
        *into = found->get<double>();
    }
    return p;
}

Result<nn::NamedTensors> read_tensors(const std::filesystem::path& path) {
    auto file = read_safetensors(path);
    if (!file) return file.error();
    return nn::NamedTensors(file->tensors.begin(), file->tensors.end());
}

Status load_network(torch::nn::Module& network, const std::filesystem::path& path) {
    auto tensors = read_tensors(path);
    if (!tensors) return tensors.error();
    return nn::load_module_state(network, as_map(*tensors), quoted(path));
}

Result<Json> read_state(const std::filesystem::path& dir) {
    const auto path = dir / kStateFile;
    const auto text = read_file(path, 1 << 20);
    if (!text) return text.error();
    return parse_json(*text, quoted(path));
}

}  // namespace

SavedState capture(const TrainingState& state) {
    SavedState saved;
    saved.json = progression_json(state);
    torch::NoGradGuard no_grad;
    const auto all = parts(state);
    std::int64_t bytes = 0;
    for (const auto& [name, tensors] : all)
        for (const auto& [key, tensor] : tensors)
            bytes += static_cast<std::int64_t>(tensor.nbytes());
    // A graphics card with room keeps the copy: that takes a hundredth of the time.
    constexpr int kRoom = 8;
    const torch::Device device = state.players.generator_optimiser->device();
    const bool there =
        device.is_cuda() && tensor::free_device_memory(device.str()) > kRoom * bytes;
    const auto copied = [there](const torch::Tensor& tensor) {
        return there ? tensor.detach().clone()
                     : tensor.detach().to(torch::kCPU, /*non_blocking=*/false, /*copy=*/true);
    };
    for (const auto& [name, tensors] : all)
        for (const auto& [key, tensor] : tensors)
            saved.files[name].emplace_back(key, copied(tensor));
    return saved;
}

Status apply(const SavedState& saved, TrainingState& state, std::string_view what) {
    const auto progression = progression_from(saved.json, what);
    if (!progression) return progression.error();
    const auto file = [&](const char* name) {
        const auto found = saved.files.find(name);
        return found == saved.files.end() ? nn::TensorMap() : as_map(found->second);
    };
    Players& players = state.players;
    const auto source = [&](const char* name) { return std::string(what) + ", " + name; };
    if (Status s =
            nn::load_module_state(*players.generator, file(kGeneratorFile), source(kGeneratorFile));
        !s)
        return s;
    if (Status s = nn::load_module_state(*players.discriminator, file(kDiscriminatorFile),
                                         source(kDiscriminatorFile));
        !s)
        return s;
    if (Status s = nn::load_module_state(state.average, file(kAverageFile), source(kAverageFile));
        !s)
        return s;
    if (Status s = players.generator_optimiser->load(file(kGeneratorOptimiserFile),
                                                     source(kGeneratorOptimiserFile));
        !s)
        return s;
    if (Status s = players.discriminator_optimiser->load(file(kDiscriminatorOptimiserFile),
                                                         source(kDiscriminatorOptimiserFile));
        !s)
        return s;
    state.progression = *progression;
    return {};
}

Status save_checkpoint(const TrainingState& state, const std::filesystem::path& dir) {
    for (const torch::nn::Module* network :
         {static_cast<const torch::nn::Module*>(state.players.generator.get()),
          static_cast<const torch::nn::Module*>(state.players.discriminator.get()),
          static_cast<const torch::nn::Module*>(&state.average)})
        if (!nn::all_finite(*network))
            return Error{
                ErrorCode::Numeric,
                "The networks hold values that are not numbers any more, so this state was not "
                "saved. Resume from the last checkpoint with a lower learning rate.",
                {}};
    const auto about = metadata(state.params);
    for (const auto& [name, tensors] : parts(state))
        if (Status written = write_safetensors(dir / name, tensors, about); !written)
            return written;
    return write_file_atomically(dir / kStateFile, progression_json(state).dump(2) + "\n");
}

Status load_checkpoint(TrainingState& state, const std::filesystem::path& dir) {
    const auto json = read_state(dir);
    if (!json) return json.error();
    SavedState saved;
    saved.json = *json;
    if (const auto sound = progression_from(*json, quoted(dir / kStateFile)); !sound)
        return sound.error();
    for (const char* name : {kGeneratorFile, kDiscriminatorFile, kAverageFile,
                             kGeneratorOptimiserFile, kDiscriminatorOptimiserFile}) {
        auto tensors = read_tensors(dir / name);
        if (!tensors) return tensors.error();
        saved.files[name] = *std::move(tensors);
    }
    return apply(saved, state, quoted(dir));
}

Status load_average(Generator& average, const std::filesystem::path& dir) {
    return load_network(average, dir / kAverageFile);
}

Result<std::int64_t> pictures_drawn(const std::filesystem::path& dir) {
    const auto json = read_state(dir);
    if (!json) return json.error();
    const auto progression = progression_from(*json, quoted(dir / kStateFile));
    if (!progression) return progression.error();
    return progression->cursor;
}

Status load_weights(TrainingState& state, const std::filesystem::path& dir) {
    if (Status s = load_network(*state.players.generator, dir / kGeneratorFile); !s) return s;
    if (Status s = load_network(*state.players.discriminator, dir / kDiscriminatorFile); !s)
        return s;
    return load_network(state.average, dir / kAverageFile);
}

}  // namespace pentimento::gan
