// A transposed convolution is, by definition, the data gradient of the convolution with the same
// weight (Dumoulin and Visin 2016, arXiv:1603.07285, section 4). All three directions follow from
// that.
#include "core/tensor/conv_transpose.h"

namespace pentimento::tensor {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// One output of the backward pass of y = conv(x, weight): its data (0) or weight gradient (1).
/// `x` contributes only its shape to the data gradient.
Tensor convolution_gradient(int which, const Tensor& grad_y, const Tensor& x, const Tensor& weight,
                            const ConvTransposeGeometry& g) {
    const auto gradients = at::convolution_backward(
        grad_y, x, weight, c10::nullopt, {g.stride, g.stride}, {g.padding, g.padding}, {1, 1},
        /*transposed=*/false, {0, 0}, /*groups=*/1, {which == 0, which == 1, false});
    return which == 0 ? std::get<0>(gradients) : std::get<1>(gradients);
}

class ConvTransposeByConvolutions : public torch::autograd::Function<ConvTransposeByConvolutions> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight,
                          std::int64_t stride, std::int64_t padding, std::int64_t output_padding) {
        context->save_for_backward({input, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        const ConvTransposeGeometry g{stride, padding, output_padding};
        const auto extent = [&](int axis) {
            return (input.size(axis) - 1) * stride - 2 * padding + weight.size(axis) +
                   output_padding;
        };
        // Never read or written, so its pages are never touched.
        const Tensor shape =
            at::empty({input.size(0), weight.size(1), extent(2), extent(3)}, input.options());
        return convolution_gradient(0, input, shape, weight, g);
    }

    static tensor_list backward(AutogradContext* context, tensor_list grad_outputs) {
        const auto saved = context->get_saved_variables();
        const Tensor &input = saved[0], &weight = saved[1];
        const ConvTransposeGeometry g{context->saved_data["stride"].toInt(),
                                      context->saved_data["padding"].toInt(), 0};
        const Tensor grad = grad_outputs[0].contiguous();
        Tensor grad_input, grad_weight;
        if (context->needs_input_grad(0))
            grad_input = at::conv2d(grad, weight, {}, g.stride, g.padding);
        if (context->needs_input_grad(1))
            grad_weight = convolution_gradient(1, input, grad, weight, g);
        return {grad_input, grad_weight, {}, {}, {}};
    }
};

}  // namespace

Tensor conv_transpose2d(const Tensor& input, const Tensor& weight, const ConvTransposeGeometry& g) {
    TORCH_CHECK(input.dim() == 4 && weight.dim() == 4 && input.size(1) == weight.size(0),
                "conv_transpose2d: input ", input.sizes(), " does not fit weight ", weight.sizes());
    if (!input.is_cpu() || input.scalar_type() != torch::kFloat32)
        return at::conv_transpose2d(input, weight, {}, g.stride, g.padding, g.output_padding);
    // From a single pixel, each output is one product with the whole kernel.
    if (input.size(2) == 1 && input.size(3) == 1 && g.padding == 0 && g.output_padding == 0)
        return input.flatten(1)
            .mm(weight.flatten(1))
            .view({input.size(0), weight.size(1), weight.size(2), weight.size(3)});
    return ConvTransposeByConvolutions::apply(input, weight, g.stride, g.padding, g.output_padding);
}

}  // namespace pentimento::tensor
