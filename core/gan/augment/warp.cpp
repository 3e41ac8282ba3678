// Grid sampling is linear in the pictures, so its gradient's gradient is grid sampling again.
#include "core/gan/augment/warp.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// LibTorch's numbers for modes.
struct Modes {
    std::int64_t interpolation, padding;
};

void save(AutogradContext* context, const Tensor& grid, const Modes& modes) {
    context->saved_data["grid"] = grid;
    context->saved_data["interpolation"] = modes.interpolation;
    context->saved_data["padding"] = modes.padding;
}
Modes saved_modes(AutogradContext* context) {
    return {context->saved_data["interpolation"].toInt(), context->saved_data["padding"].toInt()};
}

class Sample : public torch::autograd::Function<Sample> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& pictures, const Tensor& grid,
                          Modes modes);
    static tensor_list backward(AutogradContext* context, tensor_list grad_outputs);
};

/// The transpose: adds each number to the places it was sampled from.
class Spread : public torch::autograd::Function<Spread> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& samples, const Tensor& grid,
                          Modes modes, std::int64_t height, std::int64_t width) {
        save(context, grid, modes);
        // Contributes only its shape.
        const Tensor pictures =
            at::zeros({samples.size(0), samples.size(1), height, width}, samples.options());
        return std::get<0>(at::grid_sampler_2d_backward(samples.contiguous(), pictures, grid,
                                                        modes.interpolation, modes.padding,
                                                        /*align_corners=*/false, {true, false}));
    }
    static tensor_list backward(AutogradContext* context, tensor_list grad_outputs) {
        return {Sample::apply(grad_outputs[0], context->saved_data["grid"].toTensor(),
                              saved_modes(context)),
                {},
                {},
                {},
                {}};
    }
};

Tensor Sample::forward(AutogradContext* context, const Tensor& pictures, const Tensor& grid,
                       Modes modes) {
    save(context, grid, modes);
    context->saved_data["height"] = pictures.size(2);
    context->saved_data["width"] = pictures.size(3);
    return at::grid_sampler_2d(pictures, grid, modes.interpolation, modes.padding,
                               /*align_corners=*/false);
}

tensor_list Sample::backward(AutogradContext* context, tensor_list grad_outputs) {
    return {
        Spread::apply(grad_outputs[0], context->saved_data["grid"].toTensor(), saved_modes(context),
                      context->saved_data["height"].toInt(), context->saved_data["width"].toInt()),
        {},
        {}};
}

}  // namespace

Tensor sample_at(const Tensor& pictures, const Tensor& grid, Sampling sampling, Outside outside) {
    return Sample::apply(
        pictures, grid.to(pictures.options()),
        Modes{sampling == Sampling::Bilinear ? 0 : 1, outside == Outside::Zero ? 0 : 2});
}

}  // namespace pentimento::gan
