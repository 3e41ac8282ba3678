// Adam with live settings and an explicit state.
#include "core/nn/adam.h"

#include "core/tensor/compat.h"

namespace pentimento::nn {
namespace {

torch::optim::AdamOptions options_from(const AdamSettings& settings) {
    return torch::optim::AdamOptions(settings.lr)
        .betas({settings.beta1, settings.beta2})
        .weight_decay(settings.weight_decay);
}

}  // namespace

Adam::Adam(const torch::nn::Module& network, const AdamSettings& settings)
    : parameters_(network.named_parameters()),
      optimiser_(network.parameters(), options_from(settings)) {
}

void Adam::set(const AdamSettings& settings) {
    for (auto& group : optimiser_.param_groups()) {
        auto& options = static_cast<torch::optim::AdamOptions&>(group.options());
        options.lr(settings.lr);
        options.betas({settings.beta1, settings.beta2});
        options.weight_decay(settings.weight_decay);
    }
}

double Adam::lr() const {
    return static_cast<const torch::optim::AdamOptions&>(
               optimiser_.param_groups().front().options())
        .lr();
}

NamedTensors Adam::state() const {
    NamedTensors saved;
    const auto& states = optimiser_.state();
    for (const auto& entry : parameters_) {
        const auto found = states.find(tensor::optimiser_state_key(optimiser_, entry.value()));
        if (found == states.end()) continue;
        const auto& state = static_cast<const torch::optim::AdamParamState&>(*found->second);
        saved.emplace_back(entry.key() + ".exp_avg", state.exp_avg());
        saved.emplace_back(entry.key() + ".exp_avg_sq", state.exp_avg_sq());
        saved.emplace_back(entry.key() + ".step", torch::tensor({state.step()}, torch::kInt64));
    }
    return saved;
}

Status Adam::load(const TensorMap& saved, std::string_view what) {
    struct Loaded {
        torch::Tensor parameter, average, square, step;
    };
    std::vector<Loaded> loaded;
    const torch::Tensor count = torch::zeros({1}, torch::kInt64);
    for (const auto& entry : parameters_) {
        const std::string name = entry.key();
        // A network that has not been stepped has no state yet.
        if (saved.find(name + ".exp_avg") == saved.end() &&
            saved.find(name + ".step") == saved.end())
            continue;
        auto average = detail::matching(saved, name + ".exp_avg", entry.value(), what);
        if (!average) return average.error();
        auto square = detail::matching(saved, name + ".exp_avg_sq", entry.value(), what);
        if (!square) return square.error();
        auto step = detail::matching(saved, name + ".step", count, what);
        if (!step) return step.error();
        loaded.push_back({entry.value(), *average, *square, *step});
    }
    if (saved.size() != 3 * loaded.size())
        return Error{ErrorCode::Corrupt,
                     std::string(what) +
                         " holds optimiser state of parameters that this network has "
                         "not. It was written with another architecture.",
                     {}};
    auto& states = optimiser_.state();
    states.clear();
    for (const Loaded& entry : loaded) {
        auto state = std::make_unique<torch::optim::AdamParamState>();
        state->step(entry.step.item<std::int64_t>());
        // Copies, since the loaded ones may share a mapped file's memory.
        state->exp_avg(entry.average.to(entry.parameter.device(), entry.parameter.scalar_type(),
                                        /*non_blocking=*/false, /*copy=*/true));
        state->exp_avg_sq(entry.square.to(entry.parameter.device(), entry.parameter.scalar_type(),
                                          /*non_blocking=*/false, /*copy=*/true));
        states[tensor::optimiser_state_key(optimiser_, entry.parameter)] = std::move(state);
    }
    return {};
}

}  // namespace pentimento::nn
