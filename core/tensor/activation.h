// Leaky ReLUs at the end of convolutions on a CPU, for core/tensor/convolution: float32 without
// gaps. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include <utility>

#include "core/tensor/leaky_relu.h"

namespace pentimento::tensor {

/// pictures = f(pictures + bias), where there is one.
void activate(const LeakyRelu& f, const torch::Tensor& bias, const torch::Tensor& pictures);

/// The gradients by the input and by a bias that was added to it, where that by y = f(input) is
/// `gradient`. Not differentiable.
std::pair<torch::Tensor, torch::Tensor> activation_gradients(const LeakyRelu& f,
                                                             const torch::Tensor& y,
                                                             const torch::Tensor& gradient);
/// The gradient by the input alone; differentiable by `gradient` as often as one likes. By y there
/// is nothing to differentiate: the slope is constant but for the kink.
torch::Tensor through_activation(const LeakyRelu& f, const torch::Tensor& y,
                                 const torch::Tensor& gradient);

}  // namespace pentimento::tensor
