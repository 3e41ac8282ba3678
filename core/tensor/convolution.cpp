// Three bilinear maps: y = F(x, w), the gradient by the input X(y, w), the gradient by the weight
// W(x, y). With u, v, s the gradients that arrive, each one's derivatives are the two others:
//   F(x, w): X(u, w) and W(x, u),   X(y, w): F(v, w) and W(v, y),   W(x, y): X(y, s) and F(x, s).
#include "core/tensor/convolution.h"

#include <array>
#include <optional>
#include <tuple>

#include "core/tensor/activation.h"
#include "core/tensor/compat.h"
#include "core/tensor/grouped.h"
#include "core/tensor/pointwise.h"
#include "core/tensor/winograd.h"

namespace pentimento::tensor {

thread_local int PlainOperations::depth_ = 0;

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;
using Sizes = std::vector<std::int64_t>;
using Activation = std::optional<LeakyRelu>;

void save(AutogradContext* context, const Tensor& first, const Tensor& second,
          const ConvolutionGeometry& g) {
    context->save_for_backward({first, second});
    context->saved_data["geometry"] = Sizes{g.stride, g.padding, g.groups};
}

ConvolutionGeometry saved_geometry(AutogradContext* context) {
    const auto saved = context->saved_data["geometry"].toIntVector();
    return {saved[0], saved[1], saved[2]};
}

Activation saved_activation(AutogradContext* context) {
    const auto found = context->saved_data.find("activation");
    if (found == context->saved_data.end()) return {};
    const auto saved = found->second.toDoubleVector();
    return LeakyRelu{saved[0], saved[1]};
}

// What the three maps compute with.
enum class Kernel { LibTorch, Winograd, Grouped, Pointwise };

Kernel kernel_for(const Tensor& x, const Tensor& w, const ConvolutionGeometry& g) {
    return pointwise::suits(x, w, g)  ? Kernel::Pointwise
           : grouped::suits(x, w, g)  ? Kernel::Grouped
           : winograd::suits(x, w, g) ? Kernel::Winograd
                                      : Kernel::LibTorch;
}

Tensor forward_of(const Tensor& x, const Tensor& w, const c10::optional<Tensor>& bias,
                  const ConvolutionGeometry& g, const Activation& activation = {}) {
    const LeakyRelu* const f = activation ? &*activation : nullptr;
    const Tensor b = bias.value_or(Tensor());
    switch (kernel_for(x, w, g)) {
        case Kernel::Pointwise:
            return pointwise::convolve(x, w, b, f);
        case Kernel::Grouped:
            return grouped::convolve(x, w, b, f);
        case Kernel::Winograd: {
            Tensor y = winograd::convolve(x, w, g.padding);
            if (f) activate(*f, b, y);
            return f || !bias ? y : y.add_(b.view({1, -1, 1, 1}));
        }
        case Kernel::LibTorch:
            break;
    }
    Tensor y = at::conv2d(x, w, bias, g.stride, g.padding, /*dilation=*/1, g.groups);
    if (!f) return y;
    y = y.contiguous();
    activate(*f, {}, y);
    return y;
}

/// Those gradients of F(x, w) that `wanted` asks for: by input, weight, bias. Of x and w, only the
/// sizes count where their own values play no part.
std::array<Tensor, 3> gradients_of(const Tensor& y, const Tensor& x, const Tensor& w,
                                   const ConvolutionGeometry& g, std::array<bool, 3> wanted) {
    std::array<Tensor, 3> gradients;
    const Kernel kernel = kernel_for(x, w, g);
    switch (kernel) {
        case Kernel::Pointwise:
            if (wanted[0]) gradients[0] = pointwise::by_input(y, w);
            if (wanted[1]) gradients[1] = pointwise::by_weight(x, y);
            break;
        case Kernel::Grouped:
            if (wanted[0]) gradients[0] = grouped::by_input(y, w);
            if (wanted[1]) gradients[1] = grouped::by_weight(x, y, g.groups);
            break;
        case Kernel::Winograd:
            if (wanted[0]) gradients[0] = winograd::by_input(y, w, g.padding);
            if (wanted[1]) gradients[1] = winograd::by_weight(x, y, g.padding);
            break;
        case Kernel::LibTorch: {
            const Sizes bias{w.size(0)};
            std::tie(gradients[0], gradients[1], gradients[2]) =
                at::convolution_backward(y, x, w, at::OptionalIntArrayRef(bias),
                                         {g.stride, g.stride}, {g.padding, g.padding}, {1, 1},
                                         /*transposed=*/false, {0, 0}, g.groups, wanted);
            return gradients;
        }
    }
    if (wanted[2]) gradients[2] = y.sum({0, 2, 3});
    return gradients;
}

/// Without gaps; on a graphics card in the order of its axes that it has.
Tensor dense(const Tensor& tensor) {
    return tensor.is_cpu() ? tensor.contiguous()
                           : tensor.contiguous(tensor.suggest_memory_format());
}

/// On a graphics card in the type of mixed precision, where that is on.
Tensor in_product_type(const Tensor& tensor) {
    return tensor.defined() && tensor.is_cuda()
               ? tensor.to(product_type(tensor.device(), tensor.scalar_type()))
               : tensor;
}

/// A tensor that lends its size. Never read or written, so its pages are never touched.
Tensor of_size(at::IntArrayRef size, const Tensor& like) {
    return at::empty(size, like.options());
}

class ByInput : public torch::autograd::Function<ByInput> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& y, const Tensor& w,
                          const Sizes& input, const ConvolutionGeometry& g) {
        save(context, y, w, g);
        return gradients_of(y, of_size(input, y), w, g, {true, false, false})[0];
    }
    static tensor_list backward(AutogradContext* context, tensor_list gradients);
};

class ByWeight : public torch::autograd::Function<ByWeight> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& y,
                          const Sizes& weight, const ConvolutionGeometry& g) {
        save(context, x, y, g);
        return gradients_of(y, x, of_size(weight, x), g, {false, true, false})[1];
    }
    static tensor_list backward(AutogradContext* context, tensor_list gradients);
};

class Convolution : public torch::autograd::Function<Convolution> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& w,
                          const c10::optional<Tensor>& bias, const ConvolutionGeometry& g,
                          const Activation& activation) {
        save(context, x, w, g);
        context->saved_data["bias"] = bias.has_value();
        const Tensor y = forward_of(x, w, bias, g, activation);
        if (activation) {  // the sign of y, too
            context->save_for_backward({x, w, y});
            context->saved_data["activation"] =
                std::vector<double>{activation->slope, activation->gain};
        }
        return y;
    }
    static tensor_list backward(AutogradContext* context, tensor_list gradients) {
        const auto saved = context->get_saved_variables();
        const Tensor &x = saved[0], &w = saved[1];
        const auto g = saved_geometry(context);
        const bool bias = context->saved_data["bias"].toBool();
        const std::array<bool, 3> wanted{context->needs_input_grad(0), context->needs_input_grad(1),
                                         bias && context->needs_input_grad(2)};
        const Activation f = saved_activation(context);
        Tensor y = dense(gradients[0]), by_x, by_w, by_bias;
        if (!at::GradMode::is_enabled()) {  // the last derivative: all at once
            if (f) std::tie(y, by_bias) = activation_gradients(*f, saved[2], y);
            auto found = gradients_of(y, x, w, g, {wanted[0], wanted[1], wanted[2] && !f});
            if (wanted[2] && f) found[2] = by_bias;
            return {found[0], found[1], found[2], {}, {}};
        }
        if (f) y = through_activation(*f, saved[2], y);
        if (wanted[0]) by_x = ByInput::apply(y, w, x.sizes().vec(), g);
        if (wanted[1]) by_w = ByWeight::apply(x, y, w.sizes().vec(), g);
        if (wanted[2]) by_bias = y.sum({0, 2, 3});
        return {by_x, by_w, by_bias, {}, {}};
    }
};

tensor_list ByInput::backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &y = saved[0], &w = saved[1];
    const Tensor x = dense(gradients[0]);
    const auto g = saved_geometry(context);
    Tensor by_y, by_w;
    if (context->needs_input_grad(0))
        by_y = Convolution::apply(x, w, c10::nullopt, g, std::nullopt);
    if (context->needs_input_grad(1)) by_w = ByWeight::apply(x, y, w.sizes().vec(), g);
    return {by_y, by_w, {}, {}};
}

tensor_list ByWeight::backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &y = saved[1];
    const Tensor w = dense(gradients[0]);
    const auto g = saved_geometry(context);
    Tensor by_x, by_y;
    if (context->needs_input_grad(0)) by_x = ByInput::apply(y, w, x.sizes().vec(), g);
    if (context->needs_input_grad(1))
        by_y = Convolution::apply(x, w, c10::nullopt, g, std::nullopt);
    return {by_x, by_y, {}, {}};
}

/// Whether autocast changes number types between here and LibTorch's operations.
bool is_mixed(const Tensor& input) {
    return product_type(input.device(), torch::kFloat32) != torch::kFloat32;
}

/// Whether the maps of this file take it.
bool is_own(const Tensor& input, const Tensor& weight) {
    return input.dim() == 4 && input.numel() > 0 && input.scalar_type() == weight.scalar_type() &&
           !(input.is_cpu() && is_mixed(input)) && !PlainOperations::wanted();
}

Tensor own_convolution(const Tensor& input, const Tensor& weight, const Tensor& bias,
                       const ConvolutionGeometry& g, const Activation& activation) {
    const bool learns =
        at::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad() ||
                                       (bias.defined() && bias.requires_grad()));
    const auto some = bias.defined() ? c10::make_optional(bias) : c10::nullopt;
    return learns ? Convolution::apply(input, weight, some, g, activation)
                  : forward_of(input, weight, some, g, activation);
}

}  // namespace

Tensor convolution(const Tensor& input, const Tensor& weight, const Tensor& bias,
                   const ConvolutionGeometry& g) {
    if (input.is_cuda() && is_mixed(input) &&
        (input.scalar_type() == torch::kFloat32 || weight.scalar_type() == torch::kFloat32))
        return convolution(in_product_type(input), in_product_type(weight), in_product_type(bias),
                           g);
    return is_own(input, weight)
               ? own_convolution(input, weight, bias, g, {})
               : at::conv2d(input, weight, bias, g.stride, g.padding, /*dilation=*/1, g.groups);
}

Tensor activated_convolution(const Tensor& input, const Tensor& weight, const Tensor& bias,
                             const ConvolutionGeometry& g, const LeakyRelu& f) {
    if (input.is_cpu() && input.scalar_type() == torch::kFloat32 && is_own(input, weight))
        return own_convolution(input, weight, bias, g, f);
    const Tensor y = at::leaky_relu(convolution(input, weight, bias, g), f.slope);
    return f.gain == 1 ? y : y.mul_(f.gain);
}

Tensor convolution_by_input(const Tensor& output, const Tensor& weight, at::IntArrayRef input,
                            const ConvolutionGeometry& g) {
    return ByInput::apply(in_product_type(output), in_product_type(weight), input.vec(), g);
}

}  // namespace pentimento::tensor
