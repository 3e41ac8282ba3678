// GAN training as a Run.
#include "core/gan/gan_training.h"

#include <algorithm>
#include <cmath>

#include "core/gan/params.h"
#include "core/nn/ema.h"
#include "core/tensor/batch.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

using tensor::Stream;
using torch::Tensor;

/// Latents are numbered by step and by draw within the step, so that a step's draws depend on no
/// others.
constexpr std::uint64_t kDrawsPerStep = 64;

nn::AdamSettings adam_settings(const ParamSet& params, const Param<double>& lr) {
    return {params.get(lr), params.get(kBeta1), params.get(kBeta2), params.get(kWeightDecay)};
}

Error diverged(const NonFiniteLoss& bad, std::int64_t step) {
    return {
        ErrorCode::Numeric,
        std::string("Training broke down at step ") + std::to_string(step) + ": the loss of the " +
            bad.player +
            " is no longer a number. Resume from the last checkpoint with a lower learning rate.",
        "loss = " + std::to_string(bad.value)};
}

}  // namespace

GanTraining::GanTraining(const ParamSet& params, PackedDataset data, const std::string& device)
    : params_(params),
      data_(std::move(data)),
      device_(device),
      shape_(shape_from(params)),
      seed_(static_cast<std::uint64_t>(params.get(kSeed))),
      sampler_(data_.count(), seed_, params.get(kFlips)) {
    const Architecture& architecture = *architecture_registry().find(params_.get(arch_param()));
    players_.loss = loss_registry().find(params_.get(loss_param()));
    players_.generator = build_generator(params_);
    players_.discriminator = architecture.make_discriminator(
        shape_, params_, tensor::make_generator(seed_, Stream::InitDiscriminator, 0));
    average_ = build_generator(params_);  // the same seed, so it begins as the generator's twin
    for (torch::nn::Module* network :
         {static_cast<torch::nn::Module*>(players_.generator.get()),
          static_cast<torch::nn::Module*>(players_.discriminator.get()),
          static_cast<torch::nn::Module*>(average_.get())})
        network->to(device_);
    average_->eval();
    for (auto& parameter : average_->parameters()) parameter.set_requires_grad(false);
    players_.generator_adam =
        std::make_unique<nn::Adam>(*players_.generator, adam_settings(params_, kLrG));
    players_.discriminator_adam =
        std::make_unique<nn::Adam>(*players_.discriminator, adam_settings(params_, kLrD));
    preview_latents_ = tensor::draw_numbered_latents(0, params_.get(kPreviewCount), shape_.latent,
                                                     seed_, Stream::PreviewLatents);
    take_settings();
}

void GanTraining::take_settings() {
    players_.generator_adam->set(adam_settings(params_, kLrG));
    players_.discriminator_adam->set(adam_settings(params_, kLrD));
    rules_.d_steps = static_cast<int>(params_.get(kDSteps));
    rules_.skip_d_below = params_.get(kSkipDBelow);
    rules_.label_smoothing = params_.get(kLabelSmoothing);
    rules_.generator_first = params_.get(kGeneratorFirst);
    rules_.average_d_loss = params_.get(kAverageDLoss);
}

Status GanTraining::apply(const Patch& patch) {
    for (const auto& [id, value] : patch) {
        const ParamSpec* spec = params_.schema().find(id);
        if (spec == nullptr) return params_.schema().unknown(id);
        if (spec->apply == Apply::Restart)
            return Error{
                ErrorCode::Conflict,
                "'" + spec->label +
                    "' is fixed while a training goes on. Start a new training to change it.",
                {}};
    }
    if (Status applied = params_.apply(patch); !applied) return applied;
    take_settings();
    return {};
}

Result<StepReport> GanTraining::step() {
    const std::int64_t total = params_.get(kSteps);
    if (step_ >= total) {
        StepReport done;
        done.step = step_;
        done.total_steps = total;
        done.finished = true;
        return done;
    }
    const std::string what = "Training step " + std::to_string(step_ + 1);
    return tensor::guarded(what, [&]() -> Result<StepReport> {
        try {
            return take_step();
        } catch (const NonFiniteLoss& bad) {
            return diverged(bad, step_ + 1);
        }
    });
}

StepReport GanTraining::take_step() {
    const std::int64_t number = step_ + 1;
    const bool measured = number == 1 || number % params_.get(kMetricsEvery) == 0;
    // On a GPU, looking at a loss makes it wait, so there only measured steps are looked at.
    rules_.check_losses = device_.is_cpu() || measured;
    rules_.measure_gradients = measured;

    const std::int64_t drawn_before = sampler_.cursor();
    const StepValues values = train_step(players_, rules_, batches_for_step());
    nn::ema_update(*average_, *players_.generator, nn::ema_decay_at(params_.get(kEmaDecay), step_));
    tally_.taken += values.d_taken;
    tally_.skipped += values.d_skipped;
    step_ = number;

    StepReport report;
    report.step = step_;
    report.total_steps = params_.get(kSteps);
    report.items = sampler_.cursor() - drawn_before;
    report.finished = step_ >= report.total_steps;
    if (measured) report.metrics = measure(values);
    return report;
}

Batches GanTraining::batches_for_step() {
    const std::int64_t batch = params_.get(kBatch);
    const auto reals = [this, batch] {
        return tensor::load_batch(data_, sampler_.draw(batch), device_);
    };
    const auto latents = [this, batch,
                          draw = static_cast<std::uint64_t>(step_) * kDrawsPerStep]() mutable {
        return tensor::draw_latents(batch, shape_.latent, seed_, Stream::Noise, draw++).to(device_);
    };
    return {reals, latents};
}

std::vector<Metric> GanTraining::measure(const StepValues& values) {
    std::vector<std::string> ids;
    std::vector<Tensor> scalars;
    const auto add = [&](const char* id, const Tensor& value) {
        if (!value.defined()) return;
        ids.emplace_back(id);
        scalars.push_back(value.to(torch::kFloat32).reshape({}));
    };
    add("loss_g", values.loss_g);
    add("loss_d", values.loss_d);
    add("d_real", values.d_real);
    add("d_fake", values.d_fake);
    add("d_fake_after", values.d_fake_after);
    add("grad_g", values.grad_g);
    add("grad_d", values.grad_d);
    const Tensor read = torch::stack(scalars).cpu();  // one read for all
    std::vector<Metric> metrics;
    for (std::size_t i = 0; i < ids.size(); ++i)
        metrics.push_back({ids[i], read[static_cast<std::int64_t>(i)].item<double>()});
    if (const auto all = tally_.taken + tally_.skipped; all > 0)
        metrics.push_back(
            {"d_skipped", static_cast<double>(tally_.skipped) / static_cast<double>(all)});
    tally_ = {};
    return metrics;
}

Result<Preview> GanTraining::preview() {
    return tensor::guarded("Making a preview", [&]() -> Result<Preview> {
        const Tensor pictures = generate(*average_, preview_latents_, device_);
        const int count = static_cast<int>(pictures.size(0));
        Preview preview;
        preview.columns = static_cast<int>(std::ceil(std::sqrt(count)));
        preview.rows = (count + preview.columns - 1) / preview.columns;
        preview.frame = tensor_to_grid(pictures, preview.columns, kSignedRange);
        preview.step = step_;
        return preview;
    });
}

TrainingState GanTraining::state() {
    return {params_, players_, *average_, step_, sampler_.cursor(), tally_};
}

Status GanTraining::save(const std::filesystem::path& dir) {
    return tensor::guarded("Saving a checkpoint",
                           [&]() -> Status { return save_checkpoint(state(), dir); });
}

Status GanTraining::restore(const std::filesystem::path& dir) {
    return tensor::guarded("Loading a checkpoint", [&]() -> Status {
        TrainingState loaded = state();
        if (Status done = load_checkpoint(loaded, dir); !done) return done;
        sampler_.seek(loaded.cursor);
        return {};
    });
}

std::vector<MetricSpec> GanTraining::metric_specs() const {
    return gan::metric_specs();
}

}  // namespace pentimento::gan
