// Named parameters and buffers.
#include "core/nn/module_state.h"

#include <sstream>

namespace pentimento::nn {
namespace {

Error misfit(std::string_view what, const std::string& problem) {
    return {ErrorCode::Corrupt,
            std::string(what) + " does not fit this network: " + problem +
                " It was probably written with another architecture, size or width.",
            {}};
}

std::string shape_text(const torch::Tensor& tensor) {
    std::ostringstream text;
    text << tensor.sizes() << " " << tensor.dtype();
    return text.str();
}

}  // namespace

namespace detail {
Result<torch::Tensor> matching(const TensorMap& saved, const std::string& name,
                               const torch::Tensor& like, std::string_view what) {
    const auto found = saved.find(name);
    if (found == saved.end()) return misfit(what, "tensor '" + name + "' is missing.");
    const torch::Tensor& tensor = found->second;
    if (tensor.sizes() != like.sizes() || tensor.scalar_type() != like.scalar_type())
        return misfit(what, "tensor '" + name + "' is " + shape_text(tensor) + " instead of " +
                                shape_text(like) + ".");
    return tensor;
}
}  // namespace detail

NamedTensors module_state(const torch::nn::Module& network) {
    NamedTensors state;
    for (const auto& entry : network.named_parameters())
        state.emplace_back(entry.key(), entry.value());
    for (const auto& entry : network.named_buffers())
        state.emplace_back(entry.key(), entry.value());
    return state;
}

Status load_module_state(torch::nn::Module& network, const TensorMap& saved,
                         std::string_view what) {
    const NamedTensors state = module_state(network);
    std::vector<torch::Tensor> values;
    for (const auto& [name, tensor] : state) {
        auto value = detail::matching(saved, name, tensor, what);
        if (!value) return value.error();
        values.push_back(*value);
    }
    if (saved.size() != state.size())
        return misfit(what, "it holds " + std::to_string(saved.size()) + " tensors instead of " +
                                std::to_string(state.size()) + ".");
    torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < state.size(); ++i) {
        torch::Tensor target = state[i].second;
        target.copy_(values[i]);
    }
    return {};
}

bool all_finite(const torch::nn::Module& network) {
    torch::NoGradGuard no_grad;
    std::vector<torch::Tensor> sound;
    for (const auto& [name, tensor] : module_state(network))
        if (tensor.is_floating_point()) sound.push_back(torch::isfinite(tensor).all());
    return sound.empty() || torch::stack(sound).all().item<bool>();  // a device is asked once
}

std::int64_t parameter_count(const torch::nn::Module& network) {
    std::int64_t count = 0;
    for (const auto& parameter : network.parameters()) count += parameter.numel();
    return count;
}

torch::Tensor gradient_norm(const torch::nn::Module& network) {
    torch::NoGradGuard no_grad;
    std::vector<torch::Tensor> norms;
    for (const auto& parameter : network.parameters())
        if (parameter.grad().defined()) norms.push_back(parameter.grad().norm());
    return norms.empty() ? torch::zeros({}) : torch::stack(norms).norm();
}

}  // namespace pentimento::nn
