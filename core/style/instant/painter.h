// A network that paints in one style: Johnson, Alahi, Fei-Fei 2016 (arXiv:1603.08155).
#pragma once

#include <torch/torch.h>

namespace pentimento::style {

/// [N, 3, H, W] in [0, 1] → the same; H and W at least 16. 9×9, two halvings, five residual
/// blocks, two doublings, 9×9, with reflection padding, instance norm and nearest upsampling before
/// its convolutions. `width`: channels at full size; the paper's 32 gives 1,679,235 parameters.
class PainterImpl : public torch::nn::Module {
  public:
    explicit PainterImpl(std::int64_t width);
    torch::Tensor forward(const torch::Tensor& pictures);
    void init(torch::Generator random);

    /// From now on instance norm uses the statistics that its layers have on this picture, until
    /// release(): pictures that are painted in parts then fit together.
    void hold_statistics(const torch::Tensor& picture);
    void release();

  private:
    torch::nn::Sequential layers_;
};
TORCH_MODULE(Painter);

/// Beyond this distance in px a painter with held statistics sees nothing, rounded up.
inline constexpr std::int64_t kPainterReach = 96;

/// One picture [1, 3, h, w] of any size, without gradients. One of more than `whole` pixels is
/// painted in tiles, so that memory does not grow with it, with the statistics of a picture of that
/// many pixels (Chen and others 2022, arXiv:2103.11784).
torch::Tensor paint(Painter& painter, const torch::Tensor& picture,
                    std::int64_t whole = 1600 * 1600);

}  // namespace pentimento::style
