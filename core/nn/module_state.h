// A network's parameters and buffers as named tensors, for files and comparisons.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace pentimento::nn {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;
using TensorMap = std::map<std::string, torch::Tensor, std::less<>>;

/// Parameters, then buffers, by their dotted names. The tensors share memory with the network.
NamedTensors module_state(const torch::nn::Module& network);

/// Copies `saved` into the network. Names, shapes and number types must agree exactly and no tensor
/// may be missing or left over; on an error nothing has changed. `what` names the source in
/// messages.
Status load_module_state(torch::nn::Module& network, const TensorMap& saved, std::string_view what);

/// Whether every floating-point parameter and buffer is free of NaN and infinity.
bool all_finite(const torch::nn::Module& network);

std::int64_t parameter_count(const torch::nn::Module& network);

/// √Σ‖∂L/∂p‖² over all parameters with a gradient; a scalar on the network's device.
torch::Tensor gradient_norm(const torch::nn::Module& network);

namespace detail {
/// The entry `name` if it fits `like`, else why not.
Result<torch::Tensor> matching(const TensorMap& saved, const std::string& name,
                               const torch::Tensor& like, std::string_view what);
}  // namespace detail

}  // namespace pentimento::nn
