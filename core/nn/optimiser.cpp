// Optimisers, a parameter at a time and in place.
#include "core/nn/optimiser.h"

#include <cmath>
#include <sstream>

#include "core/nn/adam_loop.h"
#include "core/tensor/parallel.h"

namespace pentimento::nn {

using torch::Tensor;

namespace {

/// Whether all of these can be worked on as plain arrays of float.
template <class... Tensors>
bool plain(const Tensors&... tensors) {
    return (... && (tensors.is_cpu() && tensors.scalar_type() == torch::kFloat32 &&
                    tensors.is_contiguous()));
}

constexpr std::int64_t kWorthwhile = 1 << 14;  // numbers that are worth a thread

}  // namespace

Optimiser::Optimiser(const torch::nn::Module& network, const OptimiserSettings& settings)
    : settings_(settings) {
    for (const auto& entry : network.named_parameters())
        slots_.push_back({entry.key(), entry.value(), {}, {}, 0, {}});
    if (!slots_.empty()) device_ = slots_[0].parameter.device();
    rate_ = tensor::Dial(settings.lr, device_);
}

void Optimiser::set(const OptimiserSettings& settings) {
    const OptimiserKind kind = settings_.kind;
    settings_ = settings;
    settings_.kind = kind;
    rate_.set(settings.lr);
}

std::string Optimiser::fixed_settings() const {
    std::ostringstream text;
    text.precision(17);
    text << static_cast<int>(settings_.kind) << ' ' << settings_.beta1 << ' ' << settings_.beta2
         << ' ' << settings_.epsilon << ' ' << settings_.weight_decay;
    if (!fused()) text << ' ' << settings_.lr;
    return text.str();
}

void Optimiser::zero_grad() {
    for (Slot& slot : slots_) slot.parameter.mutable_grad() = Tensor();
}

void Optimiser::reset() {
    for (Slot& slot : slots_) slot = {slot.name, slot.parameter, {}, {}, 0, {}};
}

/// Adam is, on a graphics card, one launch for all parameters.
bool Optimiser::fused() const {
#ifdef PENTIMENTO_CUDA
    return rate_.lasts() && is_adam();
#else
    return false;
#endif
}

bool Optimiser::is_adam() const {
    return settings_.kind == OptimiserKind::Adam || settings_.kind == OptimiserKind::AdamW;
}

bool Optimiser::has_first() const {
    // RMSprop and SGD have a momentum only when asked for one.
    return is_adam() || settings_.beta1 > 0;
}

bool Optimiser::has_second() const {
    return settings_.kind != OptimiserKind::Sgd;
}

void Optimiser::step() {
    torch::NoGradGuard no_grad;
    if (fused()) return step_fused();
    for (Slot& slot : slots_)
        if (slot.parameter.grad().defined()) step_one(slot);
}

void Optimiser::begin(Slot& slot) const {
    if (has_first() && !slot.first.defined()) slot.first = torch::zeros_like(slot.parameter);
    if (has_second() && !slot.second.defined()) slot.second = torch::zeros_like(slot.parameter);
}

void Optimiser::step_fused() {
#ifdef PENTIMENTO_CUDA
    std::vector<Tensor> weights, gradients, firsts, seconds, counts;
    for (Slot& slot : slots_) {
        if (!slot.parameter.grad().defined()) continue;
        begin(slot);
        if (!slot.count.defined())
            slot.count = torch::full({}, static_cast<double>(slot.steps),
                                     slot.parameter.options().dtype(torch::kFloat32))
                             .detach();
        weights.push_back(slot.parameter);
        gradients.push_back(slot.parameter.grad());
        firsts.push_back(slot.first);
        seconds.push_back(slot.second);
        counts.push_back(slot.count);
    }
    if (weights.empty()) return;
    at::_foreach_add_(counts, 1);
    const OptimiserSettings& s = settings_;
    if (s.kind == OptimiserKind::AdamW)
        at::_fused_adamw_(weights, gradients, firsts, seconds, {}, counts, rate_.tensor(), s.beta1,
                          s.beta2, s.weight_decay, s.epsilon, /*amsgrad=*/false,
                          /*maximize=*/false);
    else
        at::_fused_adam_(weights, gradients, firsts, seconds, {}, counts, rate_.tensor(), s.beta1,
                         s.beta2, s.weight_decay, s.epsilon, /*amsgrad=*/false,
                         /*maximize=*/false);
#endif
}

void Optimiser::step_in_one_pass(Slot& slot) const {
    const OptimiserSettings& s = settings_;
    const auto count = static_cast<double>(slot.steps);
    detail::AdamStep step;
    step.first_share = static_cast<float>(1 - s.beta1);
    step.second_keep = static_cast<float>(s.beta2);
    step.second_share = static_cast<float>(1 - s.beta2);
    step.root_scale = static_cast<float>(1 / std::sqrt(1 - std::pow(s.beta2, count)));
    step.epsilon = static_cast<float>(s.epsilon);
    step.rate = static_cast<float>(s.lr / (1 - std::pow(s.beta1, count)));
    if (s.kind == OptimiserKind::AdamW)
        step.shrink = static_cast<float>(1 - s.lr * s.weight_decay);
    else
        step.decay = static_cast<float>(s.weight_decay);
    const auto* const gradient = slot.parameter.grad().data_ptr<float>();
    auto *const first = slot.first.data_ptr<float>(), *const second = slot.second.data_ptr<float>(),
                *const weight = slot.parameter.data_ptr<float>();
    const auto stretch = [&](std::int64_t from, std::int64_t to) {
        detail::adam_loop(step, gradient + from, first + from, second + from, weight + from,
                          to - from);
    };
    // As an operation of LibTorch's in place does: graphs that hold the old weights are no longer
    // good.
    slot.parameter.unsafeGetTensorImpl()->bump_version();
    tensor::parallel_for(slot.parameter.numel(), kWorthwhile, stretch);
}

void Optimiser::step_one(Slot& slot) const {
    const OptimiserSettings& s = settings_;
    Tensor& weight = slot.parameter;
    Tensor gradient = weight.grad();
    begin(slot);
    ++slot.steps;
    if (is_adam() && plain(weight, gradient, slot.first, slot.second))
        return step_in_one_pass(slot);
    if (s.weight_decay != 0) {
        if (s.kind == OptimiserKind::AdamW)
            weight.mul_(1 - s.lr * s.weight_decay);
        else
            gradient = gradient.add(weight, s.weight_decay);
    }
    const auto count = static_cast<double>(slot.steps);
    switch (s.kind) {
        case OptimiserKind::Adam:
        case OptimiserKind::AdamW: {
            slot.first.lerp_(gradient, 1 - s.beta1);
            slot.second.mul_(s.beta2).addcmul_(gradient, gradient, 1 - s.beta2);
            const double bias1 = 1 - std::pow(s.beta1, count);
            const double bias2 = std::sqrt(1 - std::pow(s.beta2, count));
            weight.addcdiv_(slot.first, slot.second.sqrt().div_(bias2).add_(s.epsilon),
                            -s.lr / bias1);
            break;
        }
        case OptimiserKind::RmsProp: {
            slot.second.mul_(s.beta2).addcmul_(gradient, gradient, 1 - s.beta2);
            const Tensor scale = slot.second.sqrt().add_(s.epsilon);
            if (has_first()) {
                slot.first.mul_(s.beta1).addcdiv_(gradient, scale);
                weight.add_(slot.first, -s.lr);
            } else {
                weight.addcdiv_(gradient, scale, -s.lr);
            }
            break;
        }
        case OptimiserKind::Sgd:
            if (has_first()) {
                slot.first.mul_(s.beta1).add_(gradient);
                gradient = slot.first;
            }
            weight.add_(gradient, -s.lr);
            break;
    }
}

NamedTensors Optimiser::state() const {
    NamedTensors saved;
    for (const Slot& slot : slots_) {
        const auto steps = slot.steps_taken();
        if (steps == 0) continue;
        if (slot.first.defined()) saved.emplace_back(slot.name + ".exp_avg", slot.first);
        if (slot.second.defined()) saved.emplace_back(slot.name + ".exp_avg_sq", slot.second);
        saved.emplace_back(slot.name + ".step", torch::tensor({steps}, torch::kInt64));
    }
    return saved;
}

Status Optimiser::load(const TensorMap& saved, std::string_view what) {
    std::vector<Slot> loaded = slots_;
    std::size_t used = 0;
    const Tensor count = torch::zeros({1}, torch::kInt64);
    for (Slot& slot : loaded) {
        slot = {slot.name, slot.parameter, {}, {}, 0, {}};
        // A parameter that has not been stepped has no state yet.
        if (saved.find(slot.name + ".step") == saved.end()) continue;
        const auto step = detail::matching(saved, slot.name + ".step", count, what);
        if (!step) return step.error();
        slot.steps = step->item<std::int64_t>();
        if (slot.steps < 1)
            return Error{ErrorCode::Corrupt,
                         std::string(what) + " counts " + std::to_string(slot.steps) +
                             " steps for '" + slot.name + "'. The file is damaged.",
                         {}};
        ++used;
        const auto moment = [&](const char* suffix, bool wanted, Tensor& into) -> Status {
            const bool there = saved.find(slot.name + suffix) != saved.end();
            // A momentum that was switched on or off since begins or ends here.
            if (!there && (!wanted || settings_.kind == OptimiserKind::Sgd ||
                           settings_.kind == OptimiserKind::RmsProp))
                return {};
            const auto found = detail::matching(saved, slot.name + suffix, slot.parameter, what);
            if (!found) return found.error();
            ++used;
            // A copy, since the loaded one may share a mapped file's memory; laid out as the
            // weight.
            into = torch::empty_like(slot.parameter).detach().copy_(*found);
            return {};
        };
        if (Status s = moment(".exp_avg", has_first(), slot.first); !s) return s;
        if (Status s = moment(".exp_avg_sq", has_second(), slot.second); !s) return s;
    }
    if (saved.size() != used)
        return Error{ErrorCode::Corrupt,
                     std::string(what) +
                         " holds optimiser state of parameters that this network has "
                         "not. It was written with another architecture.",
                     {}};
    slots_ = std::move(loaded);
    return {};
}

}  // namespace pentimento::nn
