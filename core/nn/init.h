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

// The following set every weight of Linear, Conv2d, ConvTranspose2d (ours) and the spectral layers,
// zero their biases and then settle the spectral layers' singular vectors. Norm layers stay as they
// are made.

/// N(0, deviation²).
void init_normal(torch::nn::Module& network, double deviation, torch::Generator generator);
/// U(−b, b) with b = gain·√(6/(fan_in + fan_out)): Glorot and Bengio 2010, equation 16.
void init_xavier_uniform(torch::nn::Module& network, double gain, torch::Generator generator);
/// Rows (or columns, if they are fewer) are orthogonal and have the length `gain`: Saxe et al.
/// 2013, arXiv:1312.6120.
void init_orthogonal(torch::nn::Module& network, double gain, torch::Generator generator);

/// N(0, 1) for the layers with an equalised learning rate, modulated convolutions included.
void init_equalised(torch::nn::Module& network, torch::Generator generator);

}  // namespace pentimento::nn
