// The public face of GAN training: checks, building, sampling.
#include "core/gan/gan_run.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/gan/gan_training.h"
#include "core/gan/params.h"
#include "core/tensor/compat.h"
#include "core/tensor/device.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

constexpr std::int64_t kPiece = 64;  ///< pictures generated at once
constexpr std::int64_t kMaxSamples = 10'000;

std::string sizes_text(const std::vector<int>& sizes) {
    std::vector<std::string> texts;
    for (const int size : sizes) texts.push_back(std::to_string(size));
    return join(texts, ", ") + " px";
}

Error invalid(std::string message) {
    return {ErrorCode::InvalidArgument, std::move(message), {}};
}

Status check_size(const std::string& arch, std::int64_t size) {
    const Architecture* architecture = architecture_registry().find(arch);
    if (architecture == nullptr) return invalid("There is no architecture '" + arch + "'.");
    const auto& sizes = architecture->entry.sizes;
    if (std::find(sizes.begin(), sizes.end(), size) == sizes.end())
        return invalid("The architecture '" + arch + "' makes pictures of " + sizes_text(sizes) +
                       ", not of " + std::to_string(size) +
                       " px. Import the dataset at one of these sizes.");
    return {};
}

Status check_data(const PackInfo& info) {
    if (info.count < 1)
        return invalid("The dataset holds no pictures, so there is nothing to learn from.");
    if (info.width != info.height)
        return invalid("The dataset's pictures are " + std::to_string(info.width) + "×" +
                       std::to_string(info.height) +
                       " px, but training needs square ones. Import it again "
                       "with crop, fit or pad to a square.");
    return {};
}

}  // namespace

NetworkShape shape_from(const ParamSet& params) {
    return {static_cast<int>(params.get(kSize)), static_cast<int>(params.get(kChannels)),
            static_cast<int>(params.get(kLatent))};
}

Status check_params(const ParamSet& params) {
    if (params.get(kChannels) == 2)
        return invalid("Pictures have 1 channel (grey) or 3 (colour), not 2.");
    return check_size(params.get(arch_param()), params.get(kSize));
}

std::shared_ptr<Generator> build_generator(const ParamSet& params) {
    const auto seed = static_cast<std::uint64_t>(params.get(kSeed));
    return architecture_registry()
        .find(params.get(arch_param()))
        ->make_generator(shape_from(params), params,
                         tensor::make_generator(seed, tensor::Stream::InitGenerator, 0));
}

torch::Tensor generate(Generator& generator, const torch::Tensor& latents,
                       const torch::Device& device) {
    torch::NoGradGuard no_grad;
    generator.eval();
    std::vector<torch::Tensor> pieces;
    for (const auto& piece : latents.split(kPiece))
        pieces.push_back(generator.forward(piece.to(device)).cpu());
    return torch::cat(pieces);
}

Status fit_to_dataset(ParamSet& params, const PackInfo& info) {
    if (Status s = check_data(info); !s) return s;
    if (Status s = check_size(params.get(arch_param()), info.width); !s) return s;
    return params.apply(
        {{kSize.id(), std::int64_t{info.width}}, {kChannels.id(), std::int64_t{info.channels}}});
}

Result<std::unique_ptr<Run>> make_run(const ParamSet& params, PackedDataset data) {
    const PackInfo& info = data.info();
    if (Status s = check_data(info); !s) return s.error();
    if (Status s = check_params(params); !s) return s.error();
    if (params.get(kSize) != info.width || params.get(kChannels) != info.channels)
        return invalid(
            "The settings are for pictures of " + to_text(params.get(kSize)) + " px with " +
            to_text(params.get(kChannels)) + " channel(s), but the dataset's have " +
            std::to_string(info.width) + " px and " + std::to_string(info.channels) +
            ". Import the dataset with these settings, or take the settings from the dataset.");
    const auto device = tensor::resolve_device(params.get(kDevice));
    if (!device) return device.error();
    return tensor::guarded("Building the networks", [&]() -> Result<std::unique_ptr<Run>> {
        tensor::set_threads(static_cast<int>(params.get(kThreads)));
        return std::unique_ptr<Run>(
            std::make_unique<GanTraining>(params, std::move(data), *device));
    });
}

Result<Preview> sample(const ParamSet& params, const std::filesystem::path& checkpoint,
                       const SampleRequest& request) {
    if (request.count < 1 || request.count > kMaxSamples)
        return invalid("The number of samples must be 1 … " + format_count(kMaxSamples) + ".");
    if (request.columns < 1) return invalid("A grid needs at least one column.");
    if (Status s = check_params(params); !s) return s.error();
    const auto device = tensor::resolve_device(params.get(kDevice));
    if (!device) return device.error();
    return tensor::guarded("Making samples", [&]() -> Result<Preview> {
        tensor::set_threads(static_cast<int>(params.get(kThreads)));
        const auto generator = build_generator(params);
        if (Status s = load_average(*generator, checkpoint); !s) return s.error();
        generator->to(torch::Device(*device));
        const auto latents = tensor::draw_numbered_latents(
            0, request.count, params.get(kLatent), request.seed, tensor::Stream::SampleLatents);
        Preview preview;
        preview.columns = static_cast<int>(std::min<std::int64_t>(request.columns, request.count));
        preview.rows = static_cast<int>((request.count + preview.columns - 1) / preview.columns);
        preview.frame = tensor_to_grid(generate(*generator, latents, torch::Device(*device)),
                                       preview.columns, kSignedRange);
        return preview;
    });
}

Json environment() {
    return {{"torch", tensor::torch_version()},
            {"device", tensor::describe_device(tensor::cuda_available() ? "cuda" : "cpu")},
            {"threads", tensor::usable_processors()}};
}

}  // namespace pentimento::gan
