// Style transfer by optimisation as a Run: one step is one iteration of the optimiser.
#include "core/style/style_run.h"

#include <torch/torch.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "core/base/text.h"
#include "core/style/objective.h"
#include "core/style/params.h"
#include "core/style/pixel_optimiser.h"
#include "core/style/working_picture.h"
#include "core/tensor/device.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/pth_reader.h"
#include "core/tensor/random.h"
#include "core/tensor/safetensors.h"

namespace pentimento::style {
namespace {

constexpr const char* kStateFile = "style.safetensors";
constexpr std::string_view kOptimiserPrefix = "optimiser.";

class StyleRun : public Run {
  public:
    StyleRun(ParamSet params, Objective objective, torch::Tensor picture)
        : params_(std::move(params)),
          objective_(std::move(objective)),
          picture_(std::move(picture)),
          optimiser_(make_pixel_optimiser(params_.get(kOptimiser), picture_)) {}

    std::string kind() const override { return "style"; }
    const ParamSet& params() const override { return params_; }
    std::int64_t steps_done() const override { return steps_done_; }

    std::vector<MetricSpec> metric_specs() const override { return style::metric_specs(); }

    Status apply(const Patch& patch) override {
        const auto before = params_;
        if (auto status = params_.apply(patch); !status) return status;
        const bool weights_changed =
            std::any_of(patch.begin(), patch.end(), [&](const auto& entry) {
                const auto* spec = params_.schema().find(entry.first);
                return spec->id != kSteps.id() && spec->id != kLearningRate.id() &&
                       before.value(spec->id) != params_.value(spec->id);
            });
        if (!weights_changed) return {};
        return tensor::guarded("Changing the weights", [&]() -> Status {
            torch::NoGradGuard no_grad;
            objective_.set_weights(params_);
            optimiser_->objective_changed();
            return {};
        });
    }

    Result<StepReport> step() override {
        const std::string what = "Step " + std::to_string(steps_done_ + 1);
        return tensor::guarded(what, [&]() -> Result<StepReport> {
            const auto status = optimiser_->step(
                picture_, rate(), [&](const torch::Tensor& x) { return objective_.evaluate(x); });
            if (!status) return status.error();
            ++steps_done_;
            StepReport report;
            report.step = steps_done_;
            report.total_steps = params_.get(kSteps);
            report.items = 1;
            report.finished = steps_done_ >= report.total_steps;
            const auto& terms = objective_.terms();
            report.metrics = {{"style_loss", terms.style},
                              {"content_loss", terms.content},
                              {"tv_loss", terms.tv},
                              {"total_loss", terms.total}};
            return report;
        });
    }

    Result<Preview> preview() override {
        return tensor::guarded("The preview", [&]() -> Result<Preview> {
            return Preview{tensor_to_frame(optimiser_->shown(picture_)[0]), steps_done_, 1, 1};
        });
    }

    Status save(const std::filesystem::path& dir) override {
        return tensor::guarded("Saving the picture", [&]() -> Status {
            nn::NamedTensors tensors{{"picture", picture_}};
            for (const auto& [name, tensor] : optimiser_->state())
                tensors.emplace_back(std::string(kOptimiserPrefix) + name, tensor);
            return write_safetensors(dir / kStateFile, tensors,
                                     {{"kind", "style"},
                                      {"step", std::to_string(steps_done_)},
                                      {"optimiser", params_.get(kOptimiser)}});
        });
    }

    Status restore(const std::filesystem::path& dir) override {
        return tensor::guarded("Restoring the picture",
                               [&]() -> Status { return restore_from(dir); });
    }

  private:
    Status restore_from(const std::filesystem::path& dir) {
        const auto path = dir / kStateFile;
        const auto what = to_valid_utf8(path.string());
        auto file = read_safetensors(path);
        if (!file) return file.error();
        const nn::TensorMap saved(file->tensors.begin(), file->tensors.end());
        auto picture = nn::detail::matching(saved, "picture", picture_, what);
        if (!picture) return picture.error();
        if (!torch::isfinite(*picture).all().item<bool>())
            return Error{
                ErrorCode::Corrupt, "The picture in '" + what + "' is not made of numbers.", {}};
        const auto step = parse_step(file->metadata["step"]);
        if (file->metadata["kind"] != "style" || step < 0)
            return Error{
                ErrorCode::Corrupt,
                "'" + what + "' is not a checkpoint of a style run. Use an older checkpoint.",
                {}};
        // Another optimiser than the stored one begins afresh from the stored picture.
        if (file->metadata["optimiser"] == params_.get(kOptimiser)) {
            nn::TensorMap state;
            for (const auto& [name, tensor] : saved)
                if (name.starts_with(kOptimiserPrefix))
                    state.emplace(name.substr(kOptimiserPrefix.size()), tensor);
            if (auto status = optimiser_->load(state, picture_, what); !status) return status;
        }
        picture_ = picture->to(picture_.device());
        steps_done_ = step;
        return {};
    }

    static std::int64_t parse_step(const std::string& text) {
        std::int64_t step = -1;
        const auto end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, step);
        return error == std::errc() && rest == end ? step : -1;
    }

    /// The learning rate of the coming step: the schedule multiplies the base value.
    double rate() const {
        const auto& optimiser = params_.get(kOptimiser);
        const double chosen = params_.get(kLearningRate);
        const double base = chosen > 0 ? chosen : automatic_rate(optimiser);
        const auto& schedule = params_.get(kSchedule);
        if (optimiser == "lbfgs" || schedule == "constant") return base;
        const double progress = std::min(
            1.0, static_cast<double>(steps_done_) / static_cast<double>(params_.get(kSteps)));
        if (schedule == "drop") return progress < 0.9 ? base : base / 30;
        return base * (0.05 + 0.95 * 0.5 * (1 + std::cos(std::numbers::pi * progress)));
    }

    ParamSet params_;
    Objective objective_;
    torch::Tensor picture_;  ///< [1, 3, h, w] in [0, 1]
    std::unique_ptr<PixelOptimiser> optimiser_;
    std::int64_t steps_done_ = 0;
};

Error invalid(std::string message) {
    return {ErrorCode::InvalidArgument, std::move(message), {}};
}

Result<torch::Tensor> first_picture(const ParamSet& params, const StyleInputs& inputs,
                                    const torch::Tensor& content) {
    const auto& init = params.get(kInit);
    if (init == "content") return content.clone();
    if (init == "noise") {
        const auto random = tensor::make_generator(static_cast<std::uint64_t>(params.get(kSeed)),
                                                   tensor::Stream::Noise, 0);
        // Grey noise of moderate contrast: saturated pixels would be slow to leave the bounds.
        return (torch::randn(content.sizes(), random, torch::kFloat32) * 0.15 + 0.5).clamp(0, 1);
    }
    if (!inputs.start || inputs.start->empty())
        return invalid(
            "Starting from a picture needs a picture to start from: choose one, or set init to "
            "content or noise.");
    return resized(*inputs.start, static_cast<int>(content.size(3)),
                   static_cast<int>(content.size(2)));
}

Result<std::unique_ptr<Run>> build_run(const ParamSet& params, const StyleInputs& inputs) {
    if (inputs.styles.empty() || inputs.styles.size() > kMaxStyles)
        return invalid("A style run needs 1 to " + std::to_string(kMaxStyles) +
                       " style pictures, not " + std::to_string(inputs.styles.size()) + ".");
    const auto& definition = nn::feature_registry().at(params.get(features_param()));
    if (const auto layers = content_layers(definition, params); !layers) return layers.error();
    const auto device_name = tensor::resolve_device(params.get(kDevice));
    if (!device_name) return device_name.error();
    const torch::Device device(*device_name);
    tensor::set_threads(static_cast<int>(params.get(kThreads)));

    const auto size = static_cast<int>(params.get(kSize));
    auto content =
        resized_to_edge(inputs.content, size, definition.min_edge, "The content picture");
    if (!content) return content.error();
    const auto style_size = static_cast<int>(std::lround(size * params.get(kStyleSize)));
    std::vector<torch::Tensor> styles;
    for (std::size_t i = 0; i < inputs.styles.size(); ++i) {
        auto style = resized_to_edge(inputs.styles[i], style_size, definition.min_edge,
                                     "Style picture " + std::to_string(i + 1));
        if (!style) return style.error();
        styles.push_back(style->to(device));
    }
    auto picture = first_picture(params, inputs, *content);
    if (!picture) return picture.error();
    auto network = nn::load_features(
        definition, inputs.weights, params.get(kPreprocessing),
        params.get(kPooling) == "max" ? nn::Pooling::Max : nn::Pooling::Average, device);
    if (!network) return network.error();
    Pictures pictures{
        content->to(device), styles,
        make_masks(inputs.masks, inputs.styles.size(), static_cast<int>(content->size(3)),
                   static_cast<int>(content->size(2)))};
    for (auto& mask : pictures.masks) mask = mask.to(device);
    return std::unique_ptr<Run>(std::make_unique<StyleRun>(
        params, Objective(*network, definition, params, pictures, params.get(kTile)),
        picture->to(device)));
}

}  // namespace

std::vector<FeatureEntry> features() {
    std::vector<FeatureEntry> entries;
    for (const auto& [id, definition] : nn::feature_registry())
        entries.push_back(
            {id, definition.label, definition.help, definition.reference, definition.weights_hint});
    return entries;
}

std::vector<MetricSpec> metric_specs() {
    return {
        {"style_loss", "Style loss",
         "How far the textures of the picture are from those of the style pictures. It falls "
         "while the style "
         "comes in.",
         "Losses"},
        {"content_loss", "Content loss",
         "How far the picture has moved away from what the content picture shows. Starting "
         "from the content "
         "picture it rises from 0 and settles; starting from noise it falls.",
         "Losses"},
        {"tv_loss", "Total variation",
         "How much neighbouring pixels differ: grain raises it, smoothness lowers it.",
         "Smoothness"},
        {"total_loss", "Total loss",
         "All of these with their weights: what the optimiser makes smaller. It jumps when a "
         "weight is changed.",
         "Total"},
    };
}

Result<std::unique_ptr<Run>> make_run(const ParamSet& params, StyleInputs inputs) {
    return tensor::guarded("Preparing the pictures", [&] { return build_run(params, inputs); });
}

Result<std::string> identify_weights(const std::filesystem::path& path) {
    const auto header = read_tensor_header(path);
    if (!header) return header.error();
    return nn::identify_features(*header, path.filename().string());
}

}  // namespace pentimento::style
