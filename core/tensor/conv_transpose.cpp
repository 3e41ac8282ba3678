// A transposed convolution is, by definition, the data gradient of the convolution with the same
// weight (Dumoulin and Visin 2016, arXiv:1603.07285, section 4). All three directions follow from
// that.
#include "core/tensor/conv_transpose.h"

#include "core/tensor/convolution.h"

namespace pentimento::tensor {

using torch::Tensor;

Tensor conv_transpose2d(const Tensor& input, const Tensor& weight, const ConvTransposeGeometry& g) {
    TORCH_CHECK(input.dim() == 4 && weight.dim() == 4 && input.size(1) == weight.size(0),
                "conv_transpose2d: input ", input.sizes(), " does not fit weight ", weight.sizes());
    const bool half =
        input.scalar_type() == torch::kBFloat16 || input.scalar_type() == torch::kFloat16;
    if (input.scalar_type() != torch::kFloat32 && !(input.is_cuda() && half))
        return at::conv_transpose2d(input, weight, {}, g.stride, g.padding, g.output_padding);
    // From a single pixel, each output is one product with the whole kernel.
    const bool pixel =
        input.size(2) == 1 && input.size(3) == 1 && g.padding == 0 && g.output_padding == 0;
    if (pixel && input.is_cuda())  // channels-last, as the weight is
        return input.flatten(1)
            .mm(weight.permute({0, 2, 3, 1}).flatten(1))
            .view({input.size(0), weight.size(2), weight.size(3), weight.size(1)})
            .permute({0, 3, 1, 2});
    if (pixel)
        return input.flatten(1)
            .mm(weight.flatten(1))
            .view({input.size(0), weight.size(1), weight.size(2), weight.size(3)});
    const auto extent = [&](int axis) {
        return (input.size(axis) - 1) * g.stride - 2 * g.padding + weight.size(axis) +
               g.output_padding;
    };
    return convolution_by_input(input, weight,
                                {input.size(0), weight.size(1), extent(2), extent(3)},
                                {g.stride, g.padding});
}

}  // namespace pentimento::tensor
