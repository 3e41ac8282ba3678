// The public face of GAN training: checks, building, sampling.
#include "core/gan/gan_run.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/gan/gan_training.h"
#include "core/gan/params.h"
#include "core/tensor/compat.h"
#include "core/tensor/device.h"
#include "core/tensor/guard.h"
#include "core/tensor/machine.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

constexpr std::int64_t kPiece = 64;  ///< pictures generated at once

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
            static_cast<int>(params.get(kLatent)),
            params.get(kConditional) ? static_cast<int>(params.get(kClasses)) : 0};
}

Status check_params(const ParamSet& params) {
    if (params.get(kChannels) == 2)
        return invalid("Pictures have 1 channel (grey) or 3 (colour), not 2.");
    const std::string& arch = params.get(arch_param());
    if (Status s = check_size(arch, params.get(kSize)); !s) return s;
    const Architecture& architecture = *architecture_registry().find(arch);
    const auto refused = [](const std::string& what, const std::string& why) {
        return invalid(what + " cannot be used here: " + why + ".");
    };
    if (params.get(kConditional)) {
        if (!architecture.entry.conditional)
            return refused("\"" + kConditional.spec().label + "\"",
                           "the architecture '" + arch + "' cannot use classes");
        if (params.get(kClasses) < 2)
            return refused("\"" + kConditional.spec().label + "\"",
                           "the dataset has no classes (import one with class folders or labels)");
    }
    if (architecture.refuses)
        if (const std::string why = architecture.refuses(params); !why.empty())
            return refused("These settings", why);
    for (const auto& [id, regulariser] : regulariser_registry().items())
        if (params.get(regulariser.weight) > 0 && regulariser.refuses)
            if (const std::string why = regulariser.refuses(architecture); !why.empty())
                return refused(regulariser.entry.label, why);
    const Loss& loss = *loss_registry().find(params.get(loss_param()));
    if (params.get(kLabelSmoothing) > 0 && !loss.no_smoothing.empty())
        return refused("Label smoothing", loss.no_smoothing);
    return {};
}

torch::Tensor labels_in_turn(std::int64_t count, int classes) {
    return classes > 0 ? torch::arange(count, torch::kInt64).remainder(classes) : torch::Tensor();
}

std::shared_ptr<Generator> build_generator(const ParamSet& params) {
    const auto seed = static_cast<std::uint64_t>(params.get(kSeed));
    return architecture_registry()
        .find(params.get(arch_param()))
        ->make_generator(shape_from(params), params,
                         tensor::make_generator(seed, tensor::Stream::InitGenerator, 0));
}

torch::Tensor generate(Generator& generator, const torch::Tensor& latents,
                       const torch::Tensor& labels, const torch::Device& device,
                       std::int64_t size) {
    torch::NoGradGuard no_grad;
    generator.eval();
    std::vector<torch::Tensor> pieces;
    for (std::int64_t i = 0; i < latents.size(0); i += kPiece) {
        const std::int64_t count = std::min(kPiece, latents.size(0) - i);
        torch::Tensor picture =
            generator
                .forward(latents.narrow(0, i, count).to(device),
                         labels.defined() ? labels.narrow(0, i, count).to(device) : labels)[0]
                .to(torch::kCPU, torch::kFloat32);
        if (const std::int64_t now = picture.size(3); now < size)  // a network that still grows
            picture = picture.repeat_interleave(size / now, 2).repeat_interleave(size / now, 3);
        pieces.push_back(picture);
    }
    return torch::cat(pieces);
}

Status fit_to_dataset(ParamSet& params, const PackInfo& info) {
    if (Status s = check_data(info); !s) return s;
    if (Status s = check_size(params.get(arch_param()), info.width); !s) return s;
    if (params.get(kConditional) && !info.class_names.empty()) {
        std::int64_t labelled = 0;
        for (const std::int64_t count : info.class_counts) labelled += count;
        if (labelled < info.count)
            return invalid(format_count(info.count - labelled) +
                           " pictures of the dataset have no class. Put every picture into a class "
                           "folder, or switch \"" +
                           kConditional.spec().label + "\" off.");
    }
    if (Status s =
            params.apply({{kSize.id(), std::int64_t{info.width}},
                          {kChannels.id(), std::int64_t{info.channels}},
                          {kClasses.id(), static_cast<std::int64_t>(info.class_names.size())}});
        !s)
        return s;
    return check_params(params);
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
    const auto device = tensor::set_up_machine(params);
    if (!device) return device.error();
    return tensor::guarded("Building the networks", [&]() -> Result<std::unique_ptr<Run>> {
        return std::unique_ptr<Run>(
            std::make_unique<GanTraining>(params, std::move(data), *device));
    });
}

Json environment() {
    return {{"torch", tensor::torch_version()},
            {"device", tensor::describe_device(tensor::cuda_available() ? "cuda" : "cpu")},
            {"threads", tensor::usable_processors()}};
}

}  // namespace pentimento::gan
