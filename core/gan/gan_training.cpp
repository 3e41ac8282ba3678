// GAN training as a Run.
#include "core/gan/gan_training.h"

#include <algorithm>
#include <cmath>

#include "core/base/random.h"
#include "core/gan/params.h"
#include "core/gan/schedule.h"
#include "core/gan/step_rules.h"
#include "core/nn/ema.h"
#include "core/nn/layers.h"
#include "core/tensor/batch.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

using tensor::Stream;
using torch::Tensor;

/// Draws are numbered by step and by draw within the step, so that a step's draws depend on no
/// others.
constexpr std::uint64_t kDrawsPerStep = 1 << 16;
/// Steps between sound states that are kept in memory, and how far back the older one lies.
constexpr std::int64_t kRememberEvery = 100;
constexpr std::int64_t kOlderBy = 500;
constexpr std::int64_t kMostRollbacks = 3;
/// Steps between looks at how much the pictures of fixed latents change, and how many are looked
/// at.
constexpr std::int64_t kChangeEvery = 50;
constexpr std::int64_t kChangeCount = 16;

std::string broke_down(std::int64_t step, const std::string& how) {
    return "Training broke down at step " + std::to_string(step) + ": " + how;
}

}  // namespace

GanTraining::GanTraining(const ParamSet& params, PackedDataset data, const std::string& device)
    : params_(params),
      data_(std::move(data)),
      device_(device),
      shape_(shape_from(params)),
      architecture_(architecture_registry().find(params.get(arch_param()))),
      seed_(static_cast<std::uint64_t>(params.get(kSeed))),
      sampler_(data_.count(), seed_, params.get(kFlips)),
      evaluations_(data_, device_),
      health_(params, data_.count()),
      recorded_(device_) {
    players_ = make_players(params_, device_);
    average_ = build_generator(params_);  // the same seed, so it begins as the generator's twin
    nn::settle(*average_, device_);
    average_->eval();
    for (auto& parameter : average_->parameters()) parameter.set_requires_grad(false);
    preview_latents_ = tensor::draw_numbered_latents(0, params_.get(kPreviewCount), shape_.latent,
                                                     seed_, Stream::PreviewLatents);
    progression_.augment_strength = params_.get(kAugmentStrength);
    if (!device_.is_cpu()) feed_.emplace(data_, shape_, device_, params_.get(kFlips));
    grow();
}

TrainingState GanTraining::state() {
    if (real_signs_.defined()) progression_.real_sign_sum += real_signs_.item<double>();
    real_signs_ = Tensor();
    return {params_, players_, *average_, progression_};
}

void GanTraining::start_again_from_state() {
    real_signs_ = Tensor();
    recorded_.forget();
    sampler_.seek(progression_.cursor);
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
    ParamSet changed = params_;
    if (Status applied = changed.apply(patch); !applied) return applied;
    if (Status fits = check_params(changed); !fits) return fits;
    if (changed.get(kAugmentStrength) != params_.get(kAugmentStrength))
        progression_.augment_strength = changed.get(kAugmentStrength);
    params_ = std::move(changed);
    health_.set_params(params_);
    follow_settings(players_, params_, progression_.step);
    return {};
}

Result<StepReport> GanTraining::step() {
    const std::int64_t total = params_.get(kSteps);
    if (progression_.step >= total) {
        StepReport done;
        done.step = progression_.step;
        done.total_steps = total;
        done.finished = true;
        return done;
    }
    const std::string what = "Training step " + std::to_string(progression_.step + 1);
    return tensor::guarded(what, [&]() -> Result<StepReport> {
        try {
            StepReport report = take_step();
            if (can_roll_back() && health_.hopeless({report.step, 0, report.metrics}))
                return roll_back(broke_down(report.step,
                                            "the discriminator's scores have grown out of all "
                                            "proportion."),
                                 report.step);
            return report;
        } catch (const NonFiniteLoss& bad) {
            const std::int64_t broken = progression_.step + 1;
            return roll_back(broke_down(broken, std::string("the loss of the ") + bad.player +
                                                    " is no longer a number."),
                             broken, "loss = " + std::to_string(bad.value));
        }
    });
}

void GanTraining::grow() {
    if (!architecture_->growth) return;
    growth_ = architecture_->growth(shape_, params_, sampler_.cursor());
    for (Network* network : {static_cast<Network*>(players_.generator.get()),
                             static_cast<Network*>(players_.discriminator.get()),
                             static_cast<Network*>(average_.get())})
        network->set_growth(growth_);
    if (growth_.size == progression_.grown_to) return;
    // Karras et al. 2017: the moments of the smaller networks mislead the larger ones.
    if (progression_.grown_to != 0) {
        players_.generator_optimiser->reset();
        players_.discriminator_optimiser->reset();
        recorded_.forget();
    }
    progression_.grown_to = growth_.size;
}

StepReport GanTraining::take_step() {
    if (progression_.step % kRememberEvery == 0 || !recent_) remember();
    const std::int64_t number = progression_.step + 1;
    const bool measured = number == 1 || number % params_.get(kMetricsEvery) == 0;
    follow_settings(players_, params_, progression_.step);
    grow();
    if (const auto after = params_.get(kEvaluationModeAfter); after > 0)
        players_.generator->train(progression_.step < after);

    const std::int64_t drawn_before = sampler_.cursor();
    const StepValues values =
        train(rules_at(params_, progression_.step, progression_.augment_strength, growth_.fade,
                       device_, measured));
    progression_.d_taken += values.d_taken;
    progression_.d_skipped += values.d_skipped;
    progression_.step = number;
    progression_.cursor = sampler_.cursor();
    adapt_augmentation(values);

    StepReport report;
    report.step = number;
    report.total_steps = params_.get(kSteps);
    report.items = sampler_.cursor() - drawn_before;
    report.finished = number >= report.total_steps;
    if (measured) report.metrics = measure(values);
    if (architecture_->growth && growth_.size < shape_.size)
        report.note = "Growing: " + std::to_string(growth_.size) + " px" +
                      (growth_.fade < 1 ? ", fading in" : "");
    if (number % kChangeEvery == 0) {
        const std::int64_t count = std::min(kChangeCount, preview_latents_.size(0));
        if (const auto change = evaluations_.fixed_change(
                generate(*average_, preview_latents_.narrow(0, 0, count),
                         labels_in_turn(count, shape_.classes), device_, shape_.size)))
            report.metrics.push_back({"fixed_change", *change});
    }
    if (evaluations_.due(params_, number)) {
        auto outcome = evaluations_.evaluate(params_, [this](std::int64_t count) {
            return generate(
                *average_,
                tensor::draw_numbered_latents(0, count, shape_.latent, seed_, Stream::Evaluation),
                labels_in_turn(count, shape_.classes), device_, shape_.size);
        });
        report.metrics.insert(report.metrics.end(), outcome.metrics.begin(), outcome.metrics.end());
        report.events = std::move(outcome.events);
        report.score = outcome.score;
    }
    if (!report.metrics.empty()) tell(report, health_.add({number, 0, report.metrics}));
    return report;
}

StepValues GanTraining::train(const StepRules& rules) {
    const double decay = ema_decay_for(params_, progression_.step);
    if (!feed_)
        return recorded_.take(players_, *average_, decay, rules,
                              [this] { return batches_for_step(); });
    const std::int64_t batches = rules.d_steps + (players_.loss->relativistic ? 1 : 0);
    feed_->prepare(sampler_, rules.batch, batches,
                   derive_seed(seed_, static_cast<std::uint64_t>(Stream::StepChance),
                               static_cast<std::uint64_t>(progression_.step) * kDrawsPerStep));
    StepValues values =
        recorded_.take(players_, *average_, decay, rules, [this] { return feed_->batches(); });
    if (rules.check_losses) {
        require_finite(values.loss_d, "discriminator");
        require_finite(values.loss_g, "generator");
    }
    return values;
}

void GanTraining::tell(StepReport& report, const std::vector<HealthChange>& changes) {
    for (const HealthChange& change : changes) report.events.push_back(health_event(change));
}

Batches GanTraining::batches_for_step() {
    // Pieces are cut from draws for the whole batch, so that working in pieces changes no draw.
    struct Stock {
        std::vector<Draw> draws;
        std::size_t used = 0;
        Tensor latents, labels;
        std::int64_t latents_used = 0;
        std::uint64_t draw;
    };
    const auto stock = std::make_shared<Stock>();
    stock->draw = static_cast<std::uint64_t>(progression_.step) * kDrawsPerStep;
    const std::int64_t batch = params_.get(kBatch);
    const auto reals = [this, stock, batch](std::int64_t count) {
        if (stock->used == stock->draws.size()) {
            stock->draws = sampler_.draw(batch);
            stock->used = 0;
        }
        const std::span<const Draw> draws(stock->draws.data() + stock->used,
                                          static_cast<std::size_t>(count));
        stock->used += draws.size();
        RealBatch real;
        real.pictures = tensor::load_batch(data_, draws, device_);
        if (shape_.classes > 0) {
            std::vector<std::int64_t> labels;
            for (const Draw& draw : draws) labels.push_back(data_.label(draw.index));
            real.labels = torch::tensor(labels, torch::kInt64).to(device_);
        }
        return real;
    };
    const auto noise = [this, stock, batch](std::int64_t count) {
        if (!stock->latents.defined() || stock->latents_used == stock->latents.size(0)) {
            const std::uint64_t draw = stock->draw++;
            stock->latents =
                tensor::draw_latents(batch, shape_.latent, seed_, Stream::Noise, draw).to(device_);
            if (shape_.classes > 0)
                stock->labels = torch::randint(shape_.classes, {batch},
                                               tensor::make_generator(seed_, Stream::Labels, draw),
                                               torch::kInt64)
                                    .to(device_);
            stock->latents_used = 0;
        }
        NoiseBatch piece;
        piece.latents = stock->latents.narrow(0, stock->latents_used, count);
        if (stock->labels.defined())
            piece.labels = stock->labels.narrow(0, stock->latents_used, count);
        stock->latents_used += count;
        return piece;
    };
    const auto random = [this, stock] {
        return tensor::make_generator(seed_, Stream::StepChance, stock->draw++);
    };
    return {reals, noise, random};
}

void GanTraining::adapt_augmentation(const StepValues& values) {
    const Augmentation* augmentation = augmentation_registry().find(params_.get(augment_param()));
    if (augmentation == nullptr || !augmentation->adaptive || !values.real_sign.defined()) return;
    // Reading makes a graphics card wait, so its signs are added up there.
    real_signs_ = real_signs_.defined() ? real_signs_ + values.real_sign : values.real_sign.clone();
    ++progression_.real_sign_count;
    if (device_.is_cuda() && progression_.step % kAdaInterval != 0) return;
    progression_.real_sign_sum += real_signs_.item<double>();
    real_signs_ = Tensor();
    if (progression_.step % kAdaInterval != 0) return;
    progression_.augment_strength = adapted_strength(
        params_, progression_.augment_strength,
        progression_.real_sign_sum / static_cast<double>(progression_.real_sign_count),
        progression_.cursor - progression_.ada_cursor);
    progression_.real_sign_sum = 0;
    progression_.real_sign_count = 0;
    progression_.ada_cursor = progression_.cursor;
}

std::vector<Metric> GanTraining::measure(const StepValues& values) {
    std::vector<std::string> ids;
    std::vector<Tensor> scalars;
    const auto add = [&](std::string id, const Tensor& value) {
        if (!value.defined()) return;
        ids.push_back(std::move(id));
        scalars.push_back(value.to(torch::kFloat32).reshape({}));
    };
    add("loss_g", values.loss_g);
    add("loss_d", values.loss_d);
    add("d_real", values.d_real);
    add("d_fake", values.d_fake);
    add("d_fake_after", values.d_fake_after);
    add("accuracy", values.accuracy);
    add("r_t", values.real_sign);
    add("grad_g", values.grad_g);
    add("grad_d", values.grad_d);
    for (const auto& [regulariser, value] : values.penalties)
        add("penalty_" + regulariser->entry.id, value);
    const Tensor read = torch::stack(scalars).cpu();  // one read for all
    std::vector<Metric> metrics;
    for (std::size_t i = 0; i < ids.size(); ++i)
        metrics.push_back({ids[i], read[static_cast<std::int64_t>(i)].item<double>()});
    if (const auto all = progression_.d_taken + progression_.d_skipped; all > 0)
        metrics.push_back(
            {"d_skipped", static_cast<double>(progression_.d_skipped) / static_cast<double>(all)});
    progression_.d_taken = progression_.d_skipped = 0;
    if (params_.get(augment_param()) != "none")
        metrics.push_back({"augment", progression_.augment_strength});
    if (architecture_->growth) metrics.push_back({"growth", static_cast<double>(growth_.size)});
    return metrics;
}

void GanTraining::remember() {
    if (!params_.get(kRollBack)) {
        recent_.reset();
        older_.reset();
        return;
    }
    // Damage that no loss has shown yet must not be remembered.
    if (!nn::all_finite(*players_.generator) || !nn::all_finite(*players_.discriminator)) return;
    const auto step_of = [](const std::optional<SavedState>& state) {
        return state ? state->json.at("step").get<std::int64_t>() : -kOlderBy;
    };
    if (recent_ && (!older_ || step_of(recent_) - step_of(older_) >= kOlderBy))
        older_ = std::move(recent_);
    recent_ = capture(state());
}

bool GanTraining::can_roll_back() const {
    return params_.get(kRollBack) && recent_ && progression_.rollbacks < kMostRollbacks;
}

Result<StepReport> GanTraining::roll_back(const std::string& reason, std::int64_t broken,
                                          const std::string& detail) {
    // The newest sound state first; when that led to the same end, an older one.
    const auto& target = progression_.rollbacks > 0 && older_ ? older_ : recent_;
    if (!can_roll_back())
        return Error{
            ErrorCode::Numeric,
            reason +
                (progression_.rollbacks >= kMostRollbacks
                     ? " It was rolled back three times already. Resume from the last checkpoint "
                       "with lower learning rates, or try an R1 penalty or gradient clipping."
                     : " Resume from the last checkpoint with a lower learning rate."),
            detail};
    const std::int64_t attempt = progression_.rollbacks + 1;
    TrainingState now = state();
    if (Status restored = gan::apply(*target, now, "The remembered state"); !restored)
        return restored.error();
    start_again_from_state();
    progression_.rollbacks = attempt;

    const ParamSet before = params_;
    const Patch slower = {{kLrG.id(), std::max(before.get(kLrG) / 2, *kLrG.spec().min)},
                          {kLrD.id(), std::max(before.get(kLrD) / 2, *kLrD.spec().min)}};
    if (Status changed = apply(slower); !changed) return changed.error();
    grow();
    recent_ = capture(state());

    StepReport report;
    report.step = progression_.step;
    report.total_steps = params_.get(kSteps);
    report.note = "Rolled back";
    report.events.push_back(
        {.type = "rollback",
         .text = reason + " Went back to step " + std::to_string(progression_.step) +
                 " and halved both learning rates (attempt " + std::to_string(attempt) + " of " +
                 std::to_string(kMostRollbacks) + ").",
         .step = progression_.step,
         .severity = Severity::Warning,
         .data = {{"from", broken},
                  {"to", progression_.step},
                  {"reason", reason},
                  {"attempt", attempt}}});
    for (Event& edit : edit_events(before, params_, progression_.step, /*by_the_run=*/true))
        report.events.push_back(std::move(edit));
    health_.rewind_to(progression_.step);
    tell(report, health_.broke_down(progression_.step));
    return report;
}

Result<Preview> GanTraining::preview() {
    return tensor::guarded("Making a preview", [&]() -> Result<Preview> {
        const Tensor pictures = generate(*average_, preview_latents_,
                                         labels_in_turn(preview_latents_.size(0), shape_.classes),
                                         device_, shape_.size);
        const int count = static_cast<int>(pictures.size(0));
        Preview preview;
        preview.columns = static_cast<int>(std::ceil(std::sqrt(count)));
        preview.rows = (count + preview.columns - 1) / preview.columns;
        preview.frame = tensor_to_grid(pictures, preview.columns, kSignedRange);
        preview.step = progression_.step;
        return preview;
    });
}

Status GanTraining::save(const std::filesystem::path& dir) {
    return tensor::guarded("Saving a checkpoint",
                           [&]() -> Status { return save_checkpoint(state(), dir); });
}

Status GanTraining::restore(const std::filesystem::path& dir) {
    return tensor::guarded("Loading a checkpoint", [&]() -> Status {
        TrainingState now = state();
        if (Status done = load_checkpoint(now, dir); !done) return done;
        start_again_from_state();
        recent_.reset();
        older_.reset();
        health_.rewind_to(progression_.step);
        follow_settings(players_, params_, progression_.step);
        grow();
        return {};
    });
}

Status GanTraining::adopt(const std::filesystem::path& checkpoint_dir) {
    return tensor::guarded("Taking over weights", [&]() -> Status {
        TrainingState now = state();
        if (Status done = load_weights(now, checkpoint_dir); !done) return done;
        recorded_.forget();
        return {};
    });
}

std::vector<MetricSpec> GanTraining::metric_specs() const {
    return gan::metric_specs();
}

}  // namespace pentimento::gan
