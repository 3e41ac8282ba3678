// Spectral normalisation.
#include "core/nn/spectral_norm.h"

#include "core/tensor/convolution.h"

namespace pentimento::nn {

using torch::Tensor;

namespace {
constexpr int kFirstIterations = 15;
constexpr double kSmallestNorm = 1e-12;  // a weight of zeros gives zeros

Tensor unit(const Tensor& vector) {
    return vector / vector.norm().clamp_min(kSmallestNorm);
}
}  // namespace

SpectralModule::SpectralModule(at::IntArrayRef weight_shape, bool with_bias) {
    weight = register_parameter("weight", torch::zeros(weight_shape));
    if (with_bias) bias = register_parameter("bias", torch::zeros({weight_shape[0]}));
    u = register_buffer("u", torch::zeros({weight.size(0)}));
    v = register_buffer("v", torch::zeros({weight.numel() / weight.size(0)}));
}

void SpectralModule::iterate() {
    const Tensor matrix = weight.flatten(1);
    v.copy_(unit(matrix.t().mv(u)));
    u.copy_(unit(matrix.mv(v)));
}

void SpectralModule::begin(torch::Generator generator) {
    torch::NoGradGuard no_grad;
    u.copy_(unit(u.normal_(0.0, 1.0, std::move(generator))));
    for (int i = 0; i < kFirstIterations; ++i) iterate();
}

Tensor SpectralModule::normalised_weight() {
    Tensor left, right;
    {
        torch::NoGradGuard no_grad;
        if (is_training()) iterate();
        // Copies: a later forward pass overwrites the buffers before the backward pass reads them.
        // Unit length again, which the buffers of an averaged network do not have.
        left = unit(u);
        right = unit(v);
    }
    return weight / left.dot(weight.flatten(1).mv(right)).clamp_min(kSmallestNorm);
}

SpectralLinearImpl::SpectralLinearImpl(std::int64_t in, std::int64_t out, bool bias)
    : SpectralModule({out, in}, bias) {
}

Tensor SpectralLinearImpl::forward(const Tensor& x) {
    return at::linear(x, normalised_weight(), bias);
}

SpectralConv2dImpl::SpectralConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                       const Options& options)
    : SpectralModule({out, in, kernel, kernel}, options.bias), options_(options) {
}

Tensor SpectralConv2dImpl::forward(const Tensor& x) {
    return tensor::conv2d(x, normalised_weight(), bias, options_.padding, options_.stride);
}

SpectralEmbeddingImpl::SpectralEmbeddingImpl(std::int64_t classes, std::int64_t width)
    : SpectralModule({classes, width}, /*bias=*/false) {
}

Tensor SpectralEmbeddingImpl::forward(const Tensor& classes) {
    return normalised_weight().index_select(0, classes);
}

}  // namespace pentimento::nn
