#include "core/tensor/activation.h"

#include <algorithm>

#include "core/tensor/parallel.h"

namespace pentimento::tensor {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// work(first number of a plane, plane), for each picture and channel of [N, C, …].
void for_each_plane(const Tensor& pictures, std::int64_t plane,
                    const std::function<void(std::int64_t, std::int64_t)>& work) {
    constexpr std::int64_t kWorthwhile = 1 << 15;  // numbers that are worth a thread
    const std::int64_t planes = plane > 0 ? pictures.numel() / plane : 0;
    parallel_for(planes, std::max<std::int64_t>(1, kWorthwhile / std::max<std::int64_t>(1, plane)),
                 [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t i = begin; i < end; ++i) work(i * plane, i);
                 });
}
std::int64_t plane_of(const Tensor& pictures) {
    return pictures.size(2) * pictures.size(3);
}

class ThroughActivation : public torch::autograd::Function<ThroughActivation> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& gradient, const Tensor& y,
                          const LeakyRelu& f) {
        context->save_for_backward({y});
        context->saved_data["f"] = std::vector<double>{f.slope, f.gain};
        return activation_gradients(f, y, gradient).first;
    }
    static tensor_list backward(AutogradContext* context, tensor_list gradients) {
        const auto f = context->saved_data["f"].toDoubleVector();
        return {through_activation({f[0], f[1]}, context->get_saved_variables()[0], gradients[0]),
                {},
                {}};
    }
};

}  // namespace

void activate(const LeakyRelu& f, const Tensor& bias, const Tensor& pictures) {
    const std::int64_t plane = plane_of(pictures), channels = pictures.size(1);
    const Tensor b = bias.defined() ? bias.contiguous() : at::zeros({channels}, pictures.options());
    const float* const biases = b.data_ptr<float>();
    float* const numbers = pictures.data_ptr<float>();
    for_each_plane(pictures, plane, [&](std::int64_t at, std::int64_t i) {
        activate(f, biases[i % channels], plane, numbers + at);
    });
}

std::pair<Tensor, Tensor> activation_gradients(const LeakyRelu& f, const Tensor& y,
                                               const Tensor& gradient) {
    const Tensor by_y = gradient.contiguous(), by_x = at::empty_like(by_y),
                 sums = at::empty({y.size(0), y.size(1)}, y.options());
    const float *const in = by_y.data_ptr<float>(), *const values = y.data_ptr<float>();
    float *const out = by_x.data_ptr<float>(), *const sum = sums.data_ptr<float>();
    const std::int64_t plane = plane_of(y);
    for_each_plane(y, plane, [&](std::int64_t at, std::int64_t i) {
        sum[i] = gradient_by_input(f, plane, values + at, in + at, out + at);
    });
    return {by_x, sums.sum(0)};
}

Tensor through_activation(const LeakyRelu& f, const Tensor& y, const Tensor& gradient) {
    return ThroughActivation::apply(gradient, y.detach(), f);
}

}  // namespace pentimento::tensor
