// First values of weights.
#include "core/nn/init.h"

#include <cmath>

#include "core/nn/layers.h"

namespace pentimento::nn {

void init_dcgan(torch::nn::Module& network, torch::Generator generator) {
    torch::NoGradGuard no_grad;
    for (const auto& module : network.modules(/*include_self=*/false)) {
        if (auto* convolution = module->as<torch::nn::Conv2dImpl>()) {
            convolution->weight.normal_(0.0, 0.02, generator);
            if (convolution->bias.defined()) convolution->bias.zero_();
        } else if (auto* transposed = module->as<ConvTranspose2dImpl>()) {
            transposed->weight.normal_(0.0, 0.02, generator);
        } else if (auto* norm = module->as<torch::nn::BatchNorm2dImpl>()) {
            norm->weight.normal_(1.0, 0.02, generator);
            norm->bias.zero_();
        }
    }
}

void init_fan_in(torch::nn::Module& network, torch::Generator generator) {
    torch::NoGradGuard no_grad;
    for (const auto& module : network.modules(/*include_self=*/false)) {
        if (auto* linear = module->as<torch::nn::LinearImpl>()) {
            const double bound = 1.0 / std::sqrt(static_cast<double>(linear->weight.size(1)));
            linear->weight.uniform_(-bound, bound, generator);
            linear->bias.uniform_(-bound, bound, generator);
        } else if (auto* norm = module->as<torch::nn::BatchNorm1dImpl>()) {
            norm->weight.fill_(1.0);
            norm->bias.zero_();
        }
    }
}

}  // namespace pentimento::nn
