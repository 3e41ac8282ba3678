// First values of weights.
#include "core/nn/init.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/nn/layers.h"
#include "core/nn/modulated_conv.h"
#include "core/nn/spectral_norm.h"

namespace pentimento::nn {
namespace {

using torch::Tensor;

/// A layer's weight and bias, undefined where there is none.
std::pair<Tensor, Tensor> weight_and_bias(torch::nn::Module& module) {
    if (auto* linear = module.as<torch::nn::LinearImpl>()) return {linear->weight, linear->bias};
    if (auto* conv = module.as<torch::nn::Conv2dImpl>()) return {conv->weight, conv->bias};
    if (auto* transposed = module.as<ConvTranspose2dImpl>()) return {transposed->weight, {}};
    if (auto* spectral = module.as<SpectralModule>()) return {spectral->weight, spectral->bias};
    return {};
}

template <class Fill>
void init_weights(torch::nn::Module& network, torch::Generator& generator, const Fill& fill) {
    torch::NoGradGuard no_grad;
    for (const auto& module : network.modules()) {
        auto [weight, bias] = weight_and_bias(*module);
        if (weight.defined()) fill(weight);
        if (bias.defined()) bias.zero_();
        if (auto* spectral = module->as<SpectralModule>()) spectral->begin(generator);
    }
}

}  // namespace

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

void init_normal(torch::nn::Module& network, double deviation, torch::Generator generator) {
    init_weights(network, generator,
                 [&](Tensor& weight) { weight.normal_(0.0, deviation, generator); });
}

void init_xavier_uniform(torch::nn::Module& network, double gain, torch::Generator generator) {
    init_weights(network, generator, [&](Tensor& weight) {
        // For a convolution, both fans count the kernel's pixels.
        const auto pixels = weight.dim() > 2 ? weight[0][0].numel() : 1;
        const auto fans = (weight.size(0) + weight.size(1)) * pixels;
        const double bound = gain * std::sqrt(6.0 / static_cast<double>(fans));
        weight.uniform_(-bound, bound, generator);
    });
}

void init_orthogonal(torch::nn::Module& network, double gain, torch::Generator generator) {
    init_weights(network, generator, [&](Tensor& weight) {
        const auto rows = weight.size(0), columns = weight.numel() / rows;
        const bool wide = rows < columns;
        const Tensor random = torch::randn({std::max(rows, columns), std::min(rows, columns)},
                                           generator, torch::kFloat32);
        auto [q, r] = torch::linalg_qr(random, "reduced");
        q = q * r.diagonal().sign();  // without it, q is not uniform among the orthogonal matrices
        weight.copy_((wide ? q.t() : q).mul(gain).reshape(weight.sizes()));
    });
}

void init_equalised(torch::nn::Module& network, torch::Generator generator) {
    for (const auto& module : network.modules()) {
        if (auto* equalised = module->as<EqualisedModule>()) equalised->reset(generator);
        if (auto* modulated = module->as<ModulatedConv2dImpl>()) modulated->reset(generator);
    }
}

}  // namespace pentimento::nn
