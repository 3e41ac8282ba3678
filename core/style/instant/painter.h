// A network that paints in one style: Johnson, Alahi, Fei-Fei 2016 (arXiv:1603.08155).
#pragma once

#include <torch/torch.h>

namespace pentimento::style {

/// [N, 3, H, W] in [0, 1] → the same, H and W multiples of 4. 9×9, two halvings, five residual
/// blocks, two doublings, 9×9, with reflection padding, instance norm and nearest upsampling before
/// its convolutions. `width`: channels at full size; the paper's 32 gives 1,679,235 parameters.
class PainterImpl : public torch::nn::Module {
  public:
    explicit PainterImpl(std::int64_t width);
    torch::Tensor forward(const torch::Tensor& pictures);
    void init(torch::Generator random);

  private:
    torch::nn::Sequential layers_;
};
TORCH_MODULE(Painter);

}  // namespace pentimento::style
