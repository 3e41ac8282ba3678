#include "core/tensor/grouped.h"

#include <vector>

#include "core/tensor/grouped_plane.h"
#include "core/tensor/parallel.h"

namespace pentimento::tensor::grouped {
namespace {

using torch::Tensor;

Planes group_of(const Tensor& pictures, std::int64_t groups) {
    return {pictures.size(1) / groups, pictures.size(2), pictures.size(3)};
}
std::int64_t pixels(const Planes& planes) {
    return planes.channels * planes.height * planes.width;
}

/// Weights of one group.
std::int64_t weights(const Planes& planes) {
    return planes.channels * planes.channels * 9;
}

/// Filters of one group after another, as `grouped::convolve` reads them.
std::vector<float> packed(const Tensor& weight, const Planes& planes, bool turned) {
    const Tensor w = weight.contiguous();
    std::vector<float> all(static_cast<std::size_t>(w.numel()));
    for (std::int64_t at = 0; at < w.numel(); at += weights(planes))
        pack(w.data_ptr<float>() + at, planes.channels, turned, all.data() + at);
    return all;
}

Tensor convolved(const Tensor& pictures, const Tensor& weight, const Tensor& bias,
                 const LeakyRelu* activation, bool turned) {
    const Tensor x = pictures.contiguous(), b = bias.defined() ? bias.contiguous() : bias;
    const Tensor y = at::empty(x.sizes(), x.options());
    const std::int64_t groups = x.size(1) / weight.size(1);
    const Planes planes = group_of(x, groups);
    const auto filters = packed(weight, planes, turned);
    const float* const in = x.data_ptr<float>();
    const Finish finish{b.defined() ? b.data_ptr<float>() : nullptr, activation};
    float* const out = y.data_ptr<float>();
    parallel_for(x.size(0) * groups, 1, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> scratch(static_cast<std::size_t>(scratch_size(planes)));
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t group = i % groups;
            convolve(planes, in + i * pixels(planes), filters.data() + group * weights(planes),
                     finish.from(group * planes.channels), out + i * pixels(planes),
                     scratch.data());
        }
    });
    return y;
}

}  // namespace

bool suits(const Tensor& x, const Tensor& w, const ConvolutionGeometry& g) {
    const auto plain = [](const Tensor& t) {
        return t.is_cpu() && t.scalar_type() == torch::kFloat32;
    };
    return g.groups > 1 && g.stride == 1 && g.padding == 1 && x.dim() == 4 && w.dim() == 4 &&
           w.size(2) == 3 && w.size(3) == 3 && is_narrow(w.size(1)) &&
           w.size(0) == g.groups * w.size(1) && x.size(1) == w.size(0) && plain(x) && plain(w);
}

Tensor convolve(const Tensor& x, const Tensor& w, const Tensor& bias, const LeakyRelu* activation) {
    return convolved(x, w, bias, activation, /*turned=*/false);
}

Tensor by_input(const Tensor& y, const Tensor& w) {
    return convolved(y, w, {}, nullptr, /*turned=*/true);
}

Tensor by_weight(const Tensor& pictures, const Tensor& gradient, std::int64_t groups) {
    const Tensor x = pictures.contiguous(), y = gradient.contiguous();
    const Planes planes = group_of(x, groups);
    const Tensor w = at::empty({x.size(1), planes.channels, 3, 3}, x.options());
    const float *const in = x.data_ptr<float>(), *const out = y.data_ptr<float>();
    float* const result = w.data_ptr<float>();
    parallel_for(groups, 1, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> scratch(static_cast<std::size_t>(scratch_size(planes)));
        for (std::int64_t group = begin; group < end; ++group) {
            std::vector<float> sums(static_cast<std::size_t>(sums_size(planes.channels)));
            for (std::int64_t i = group; i < x.size(0) * groups; i += groups)
                weight_gradient(planes, in + i * pixels(planes), out + i * pixels(planes),
                                sums.data(), scratch.data());
            finish_weight_gradient(planes.channels, sums.data(), result + group * weights(planes));
        }
    });
    return w;
}

}  // namespace pentimento::tensor::grouped
