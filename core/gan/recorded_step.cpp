// Recorded training steps.
#include "core/gan/recorded_step.h"

#include <sstream>

#include "core/nn/ema.h"

namespace pentimento::gan {
namespace {

/// Everything that decides which operations a step consists of, and every number in them that is no
/// dial.
std::string recording_key(const Players& players, const StepRules& rules) {
    std::ostringstream key;
    key << rules.batch << ' ' << rules.micro_batch << ' ' << rules.d_steps << ' '
        << rules.label_smoothing << ' ' << rules.clip_gradients << ' ' << rules.generator_first
        << rules.average_d_loss << rules.bfloat16 << rules.measure_gradients
        << players.generator->is_training() << (rules.instance_noise.value() > 0)
        << (rules.augment_strength.value() > 0);
    for (const std::int64_t scale : players.discriminator->scales()) key << ' ' << scale;
    for (const DuePenalty& due : rules.penalties) key << ' ' << due.regulariser->entry.id;
    key << " | " << players.generator_optimiser->fixed_settings() << " | "
        << players.discriminator_optimiser->fixed_settings();
    return key.str();
}

}  // namespace

RecordedStep::RecordedStep(const torch::Device& device) : device_(device), recorder_(device) {
}

void RecordedStep::forget() {
    values_.clear();
    recorder_.forget();
}

tensor::Dial RecordedStep::dial(const std::string& id, double value) {
    const auto found = dials_.try_emplace(id, value, device_).first;
    found->second.set(value);
    return found->second;
}

void RecordedStep::turn_dials(StepRules& rules, double average_decay) {
    rules.instance_noise = dial("instance noise", rules.instance_noise.value());
    rules.augment_strength = dial("augmentation", rules.augment_strength.value());
    for (DuePenalty& due : rules.penalties)
        due.weight = dial(due.regulariser->entry.id, due.weight.value());
    dial("average", 1 - average_decay);
}

bool RecordedStep::can_record(const Players& players, const StepRules& rules) const {
    // Whether the discriminator is left out is decided by its loss; a fading scale changes at every
    // step; several scales are augmented alike by copies of the generator.
    const bool several = players.discriminator->scales().size() > 1;
    return rules.skip_d_below <= 0 && rules.real_fade >= 1 &&
           !(several && (rules.augment_strength.value() > 0 || rules.instance_noise.value() > 0));
}

StepValues RecordedStep::take(Players& players, Generator& average, double average_decay,
                              StepRules rules, const std::function<Batches()>& batches) {
    if (!recorder_.records()) {
        StepValues values = train_step(players, rules, batches());
        nn::ema_update(average, *players.generator, average_decay);
        return values;
    }
    rules.check_losses = false;  // it would wait; whoever reads the losses sees
    turn_dials(rules, average_decay);
    const std::string key = recording_key(players, rules);
    StepValues& values = values_[key];
    const auto work = [&] {
        values = train_step(players, rules, batches());
        nn::ema_update_by(average, *players.generator, dials_.at("average"));
    };
    if (can_record(players, rules))
        recorder_.run(key, work);
    else
        recorder_.run_plainly(work);
    return values;
}

}  // namespace pentimento::gan
