// Pictures from a stored generator, to be looked at and to be measured.
#include <algorithm>

#include "core/base/text.h"
#include "core/gan/checkpoint.h"
#include "core/gan/evaluation.h"
#include "core/gan/gan_training.h"
#include "core/gan/params.h"
#include "core/nn/layers.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/machine.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

constexpr std::int64_t kMaxSamples = 10'000;

Error bad_request(std::string message) {
    return {ErrorCode::InvalidArgument, std::move(message), {}};
}

/// The averaged generator of a checkpoint, grown as far as it was.
class StoredGenerator {
  public:
    static Result<StoredGenerator> load(const ParamSet& params,
                                        const std::filesystem::path& checkpoint,
                                        const torch::Device& device) {
        StoredGenerator stored(params, device);
        if (Status s = load_average(*stored.generator_, checkpoint); !s) return s.error();
        nn::settle(*stored.generator_, device);
        const Architecture& architecture = *architecture_registry().find(params.get(arch_param()));
        if (architecture.growth) {
            const auto pictures = pictures_drawn(checkpoint);
            if (!pictures) return pictures.error();
            stored.generator_->set_growth(architecture.growth(stored.shape_, params, *pictures));
        }
        return stored;
    }

    /// Pictures 0 … count − 1 of `seed`; of one class, or of all in turn.
    torch::Tensor make(std::int64_t count, std::uint64_t seed, tensor::Stream stream,
                       std::optional<std::int64_t> label = {}) {
        const torch::Tensor labels = label && shape_.classes > 0
                                         ? torch::full({count}, *label, torch::kInt64)
                                         : labels_in_turn(count, shape_.classes);
        return generate(*generator_,
                        tensor::draw_numbered_latents(0, count, shape_.latent, seed, stream),
                        labels, device_, shape_.size);
    }

  private:
    StoredGenerator(const ParamSet& params, const torch::Device& device)
        : shape_(shape_from(params)), device_(device), generator_(build_generator(params)) {}

    NetworkShape shape_;
    torch::Device device_;
    std::shared_ptr<Generator> generator_;
};

}  // namespace

Result<Preview> sample(const ParamSet& params, const std::filesystem::path& checkpoint,
                       const SampleRequest& request) {
    if (request.count < 1 || request.count > kMaxSamples)
        return bad_request("The number of samples must be 1 … " + format_count(kMaxSamples) + ".");
    if (request.columns < 1) return bad_request("A grid needs at least one column.");
    if (Status s = check_params(params); !s) return s.error();
    if (const int classes = shape_from(params).classes;
        request.label && (*request.label < 0 || *request.label >= classes))
        return bad_request(classes == 0
                               ? "This generator has not learned classes, so none can be asked for."
                               : "The class must be 0 … " + std::to_string(classes - 1) + ".");
    const auto device = tensor::set_up_machine(params);
    if (!device) return device.error();
    return tensor::guarded("Making samples", [&]() -> Result<Preview> {
        auto generator = StoredGenerator::load(params, checkpoint, torch::Device(*device));
        if (!generator) return generator.error();
        Preview preview;
        preview.columns = static_cast<int>(std::min<std::int64_t>(request.columns, request.count));
        preview.rows = static_cast<int>((request.count + preview.columns - 1) / preview.columns);
        preview.frame =
            tensor_to_grid(generator->make(request.count, request.seed,
                                           tensor::Stream::SampleLatents, request.label),
                           preview.columns, kSignedRange);
        return preview;
    });
}

Result<metrics::Evaluation> evaluate(const ParamSet& params, const PackedDataset& data,
                                     const std::filesystem::path& checkpoint,
                                     const EvaluationRequest& request) {
    if (Status s = check_params(params); !s) return s.error();
    const auto device_name = tensor::set_up_machine(params);
    if (!device_name) return device_name.error();
    return tensor::guarded("Evaluating", [&]() -> Result<metrics::Evaluation> {
        const torch::Device device(*device_name);
        auto generator = StoredGenerator::load(params, checkpoint, device);
        if (!generator) return generator.error();
        const auto features = evaluation_features(request.features, device);
        if (!features) return features.error();
        metrics::EvaluatorSettings settings;
        settings.real_count = request.count;
        settings.mirrored = params.get(kFlips);
        auto evaluator = metrics::Evaluator::create(data, *features, settings);
        if (!evaluator) return evaluator.error();
        return evaluator->evaluate(generator->make(std::min(request.count, kMaxSamples * 5),
                                                   request.seed, tensor::Stream::Evaluation));
    });
}

}  // namespace pentimento::gan
