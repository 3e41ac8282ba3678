// Style transfer by optimisation as a Run: one step is one iteration of the optimiser.
#include "core/style/style_run.h"

#include <torch/torch.h>

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/style/colour.h"
#include "core/style/instant/instant_run.h"
#include "core/style/params.h"
#include "core/style/pixel_optimiser.h"
#include "core/style/progress.h"
#include "core/style/scales.h"
#include "core/style/start.h"
#include "core/style/working_scale.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/pth_reader.h"
#include "core/tensor/safetensors.h"

namespace pentimento::style {
namespace {

constexpr const char* kStateFile = "style.safetensors";
constexpr std::string_view kOptimiserPrefix = "optimiser.";

/// Settings that change how the picture moves or is shown, not what is good.
bool leaves_objective(const std::string& id) {
    return id == kSteps.id() || id == kLearningRate.id() || id == kAveraging.id() ||
           id == kColour.id();
}

std::unique_ptr<PixelOptimiser> optimiser_of(const ParamSet& params) {
    return make_pixel_optimiser(params.get(kOptimiser),
                                {.beta1 = params.get(kBeta1), .epsilon = params.get(kEpsilon)});
}

torch::Tensor upsampled(const torch::Tensor& picture, const std::vector<std::int64_t>& shape) {
    return at::upsample_bicubic2d(picture, {shape[2], shape[3]}, false).clamp_(0, 1);
}

/// What change_masks() finds in a Run.
class FollowsMasks {
  public:
    virtual ~FollowsMasks() = default;
    virtual Status change_masks(std::vector<std::optional<Frame>> masks) = 0;
};

class StyleRun : public Run, public FollowsMasks {
  public:
    StyleRun(ParamSet params, Ingredients ingredients, WorkingScale scale, torch::Tensor picture)
        : params_(std::move(params)),
          ingredients_(std::move(ingredients)),
          scale_(std::move(scale)),
          picture_(std::move(picture)),
          optimiser_(optimiser_of(params_)) {}

    std::string kind() const override { return "style"; }
    const ParamSet& params() const override { return params_; }
    std::int64_t steps_done() const override { return steps_done_; }

    std::vector<MetricSpec> metric_specs() const override { return style::metric_specs(); }

    Status apply(const Patch& patch) override {
        const auto before = params_;
        if (auto status = params_.apply(patch); !status) return status;
        if (params_.get(kAveraging) <= 0) average_ = torch::Tensor();
        const bool objective_changed =
            std::any_of(patch.begin(), patch.end(), [&](const auto& entry) {
                const auto& id = params_.schema().find(entry.first)->id;
                return !leaves_objective(id) && before.value(id) != params_.value(id);
            });
        if (!objective_changed) return {};
        return tensor::guarded("Changing the weights", [&]() -> Status {
            torch::NoGradGuard no_grad;
            scale_.objective.set_weights(params_);
            optimiser_->objective_changed();
            average_ = torch::Tensor();  // the picture is on its way elsewhere
            return {};
        });
    }

    Status change_masks(std::vector<std::optional<Frame>> masks) override {
        return tensor::guarded("Changing the masks", [&]() -> Status {
            StyleInputs wanted = ingredients_.inputs;
            wanted.masks = std::move(masks);
            if (auto fit = check_pictures(params_, wanted); !fit) return fit;
            ingredients_.inputs = std::move(wanted);
            torch::NoGradGuard no_grad;
            scale_.objective.set_masks(ingredients_.masks(scale_.shape[3], scale_.shape[2]),
                                       params_);
            optimiser_->objective_changed();
            average_ = torch::Tensor();
            return {};
        });
    }

    Result<StepReport> step() override {
        const std::string what = "Step " + std::to_string(steps_done_ + 1);
        return tensor::guarded(what, [&]() -> Result<StepReport> {
            if (auto grown = grow(); !grown) return grown.error();
            const auto status = optimiser_->step(picture_, rate(), [&](const torch::Tensor& x) {
                return scale_.objective.evaluate(x);
            });
            if (!status) return status.error();
            ++steps_done_;
            average();
            StepReport report;
            report.step = steps_done_;
            report.total_steps = params_.get(kSteps);
            report.items = 1;
            report.finished = steps_done_ >= report.total_steps;
            if (ingredients_.edges.size() > 1)
                report.note = std::to_string(scale_.shape[3]) + " × " +
                              std::to_string(scale_.shape[2]) + " px";
            const auto& terms = scale_.objective.terms();
            report.metrics = {{"style_loss", terms.style},
                              {"content_loss", terms.content},
                              {"tv_loss", terms.tv},
                              {"total_loss", terms.total}};
            return report;
        });
    }

    Result<Preview> preview() override {
        return tensor::guarded("The preview", [&]() -> Result<Preview> {
            auto picture = shown();
            if (params_.get(kColour) != "none") {
                const auto content = ingredients_.content(scale_.index);
                if (!content) return content.error();
                picture = keep_colour(params_.get(kColour), picture, content->to(picture.device()));
            }
            return Preview{tensor_to_frame(picture[0]), steps_done_, 1, 1};
        });
    }

    Status save(const std::filesystem::path& dir) override {
        return tensor::guarded("Saving the picture", [&]() -> Status {
            nn::NamedTensors tensors{{"picture", picture_}};
            if (average_.defined()) tensors.emplace_back("average", average_);
            for (const auto& [name, tensor] : optimiser_->state())
                tensors.emplace_back(std::string(kOptimiserPrefix) + name, tensor);
            return write_safetensors(dir / kStateFile, tensors,
                                     {{"kind", "style"},
                                      {"step", std::to_string(steps_done_)},
                                      {"scale", std::to_string(scale_.index)},
                                      {"averaged", std::to_string(averaged_)},
                                      {"optimiser", params_.get(kOptimiser)}});
        });
    }

    Status restore(const std::filesystem::path& dir) override {
        return tensor::guarded("Restoring the picture",
                               [&]() -> Status { return restore_from(dir); });
    }

  private:
    /// On to the size that the coming step belongs to.
    Status grow() {
        const auto ends = scale_ends(params_, ingredients_.edges.size());
        auto wanted = scale_.index;
        while (wanted + 1 < ends.size() && steps_done_ >= ends[wanted]) ++wanted;
        if (wanted == scale_.index) return {};
        torch::NoGradGuard no_grad;
        auto next = WorkingScale::make(ingredients_, params_, wanted);
        if (!next) return next.error();
        picture_ = upsampled(shown(), next->shape);
        optimiser_->resized(picture_);
        average_ = torch::Tensor();
        scale_ = *std::move(next);
        return {};
    }

    /// An average over the last pictures, at first over fewer of them.
    void average() {
        const double decay = params_.get(kAveraging);
        if (decay <= 0 || params_.get(kOptimiser) == "lbfgs") return;
        torch::NoGradGuard no_grad;
        if (!average_.defined()) {
            average_ = picture_.clone();
            averaged_ = 1;
            return;
        }
        const auto count = static_cast<double>(averaged_++);
        average_.lerp_(picture_, 1 - std::min(decay, (1 + count) / (10 + count)));
    }

    torch::Tensor shown() const {
        return average_.defined() ? average_ : optimiser_->shown(picture_);
    }

    Status restore_from(const std::filesystem::path& dir) {
        const auto path = dir / kStateFile;
        const auto what = to_valid_utf8(path.string());
        auto file = read_safetensors(path);
        if (!file) return file.error();
        auto& metadata = file->metadata;
        const nn::TensorMap saved(file->tensors.begin(), file->tensors.end());
        const auto step = parse_count(metadata["step"]);
        // Runs from before coarse to fine have one size and no average.
        const auto index = metadata.count("scale") ? parse_count(metadata["scale"]) : 0;
        const auto averaged = metadata.count("averaged") ? parse_count(metadata["averaged"]) : 0;
        if (metadata["kind"] != "style" || step < 0 || averaged < 0 || index < 0 ||
            index >= static_cast<std::int64_t>(ingredients_.edges.size()))
            return Error{
                ErrorCode::Corrupt,
                "'" + what + "' is not a checkpoint of this style run. Use an older checkpoint.",
                {}};
        const auto scale = static_cast<std::size_t>(index);
        std::optional<WorkingScale> other;
        if (scale != scale_.index) {
            auto made = WorkingScale::make(ingredients_, params_, scale);
            if (!made) return made.error();
            other = *std::move(made);
        }
        const auto like = torch::empty(other ? other->shape : scale_.shape, picture_.options());
        const auto take = [&](const char* name) -> Result<torch::Tensor> {
            auto tensor = nn::detail::matching(saved, name, like, what);
            if (!tensor) return tensor.error();
            if (!torch::isfinite(*tensor).all().item<bool>())
                return Error{ErrorCode::Corrupt,
                             "The picture in '" + what + "' is not made of numbers.",
                             {}};
            // A copy, since the loaded one may share a mapped file's memory.
            return tensor->to(like.device(), like.scalar_type(), false, /*copy=*/true);
        };
        auto picture = take("picture");
        if (!picture) return picture.error();
        torch::Tensor average;
        if (saved.count("average")) {
            auto found = take("average");
            if (!found) return found.error();
            average = *found;
        }
        // Another optimiser than the stored one begins afresh from the picture that was shown.
        auto optimiser = optimiser_of(params_);
        if (metadata["optimiser"] == params_.get(kOptimiser)) {
            nn::TensorMap state;
            for (const auto& [name, tensor] : saved)
                if (name.starts_with(kOptimiserPrefix))
                    state.emplace(name.substr(kOptimiserPrefix.size()), tensor);
            if (auto status = optimiser->load(state, like, what); !status) return status;
        } else if (average.defined()) {
            picture = average;
            average = torch::Tensor();
        }
        if (other) scale_ = *std::move(other);
        optimiser_ = std::move(optimiser);
        picture_ = *picture;
        average_ = params_.get(kAveraging) > 0 ? average : torch::Tensor();
        averaged_ = averaged;
        steps_done_ = step;
        return {};
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
        return base * cosine_decay(progress);
    }

    ParamSet params_;
    Ingredients ingredients_;
    WorkingScale scale_;
    torch::Tensor picture_;  ///< of scale_.shape, in [0, 1]
    torch::Tensor average_;  ///< of the pictures since the size or the weights changed; undefined
                             ///< without averaging
    std::int64_t averaged_ = 0;
    std::unique_ptr<PixelOptimiser> optimiser_;
    std::int64_t steps_done_ = 0;
};

Result<std::unique_ptr<Run>> build_run(const ParamSet& params, StyleInputs inputs) {
    auto ingredients = Ingredients::prepare(params, std::move(inputs));
    if (!ingredients) return ingredients.error();
    torch::NoGradGuard no_grad;
    auto pictures = ingredients->pictures(params, 0);
    if (!pictures) return pictures.error();
    auto picture = first_picture(params, ingredients->inputs, pictures->content, pictures->styles);
    if (!picture) return picture.error();
    auto scale = WorkingScale::of(*ingredients, params, 0, *pictures);
    const auto device = ingredients->device;
    return std::unique_ptr<Run>(std::make_unique<StyleRun>(params, *std::move(ingredients),
                                                           std::move(scale), picture->to(device)));
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

bool one_pass(const ParamSet& params) {
    return to_text(params.value("method")) != "optimise";
}

bool needs_styles(const ParamSet& params) {
    return to_text(params.value("method")) != "painter";
}

std::int64_t total_steps(const ParamSet& params) {
    return one_pass(params) ? 1 : params.get(kSteps);
}

Status check_pictures(const ParamSet& params, const StyleInputs& inputs) {
    const auto invalid = [](std::string message) {
        return Error{ErrorCode::InvalidArgument, std::move(message), {}};
    };
    if (!needs_styles(params)) return {};
    if (inputs.styles.empty() || inputs.styles.size() > kMaxStyles)
        return invalid("A style run needs 1 to " + std::to_string(kMaxStyles) +
                       " style pictures, not " + std::to_string(inputs.styles.size()) + ".");
    if (inputs.masks.size() > inputs.styles.size())
        return invalid("There are more masks than style pictures: each belongs to one of them.");
    for (const auto& mask : inputs.masks)
        if (mask && mask->empty())
            return invalid("A mask is empty: choose another picture for it.");
    return {};
}

Status change_masks(Run& run, std::vector<std::optional<Frame>> masks) {
    if (auto* refinement = dynamic_cast<FollowsMasks*>(&run))
        return refinement->change_masks(std::move(masks));
    return Error{ErrorCode::Unsupported, "Only a refinement follows masks while it runs.", {}};
}

Result<std::unique_ptr<Run>> make_run(const ParamSet& params, StyleInputs inputs) {
    return tensor::guarded("Preparing the pictures", [&] {
        return one_pass(params) ? make_instant_run(params, std::move(inputs))
                                : build_run(params, std::move(inputs));
    });
}

Result<std::string> identify_weights(const std::filesystem::path& path) {
    const auto header = read_tensor_header(path);
    if (!header) return header.error();
    return nn::identify_features(*header, path.filename().string());
}

}  // namespace pentimento::style
