// First values of weights, drawn from a generator of the caller's in the order of the modules.
#pragma once

#include <torch/torch.h>

namespace pentimento::nn {

/// Radford, Metz, Chintala 2015 (arXiv:1511.06434), section 3: convolutions N(0, 0.02); batch-norm
/// gains N(1, 0.02), shifts 0.
void init_dcgan(torch::nn::Module& network, torch::Generator generator);

/// LibTorch's own rule for Linear, weight and bias U(−1/√fan_in, 1/√fan_in), but with our
/// generator; batch-norm gains 1, shifts 0.
void init_fan_in(torch::nn::Module& network, torch::Generator generator);

}  // namespace pentimento::nn
