// The Inception-v3 that FID is defined by. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

namespace pentimento::metrics {

/// Inception-v3 (Szegedy and others 2015, arXiv:1512.00567) as TensorFlow published it on
/// 2015-12-05 and as FID uses it: 1,008 classes, no auxiliary head, averages that leave the border
/// out, and a maximum instead of an average in the last block. Tensors have torchvision's names.
/// Every convolution is without bias and followed by batch normalisation with ε = 0.001.
class InceptionImpl : public torch::nn::Module {
  public:
    InceptionImpl();
    ~InceptionImpl() override;

    /// N×3×299×299 in [−1, 1] → N×2048, what FID compares.
    torch::Tensor features(const torch::Tensor& pictures);
    /// The same → N×1008 logits.
    torch::Tensor forward(const torch::Tensor& pictures);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    torch::nn::Linear fc_{nullptr};
};
TORCH_MODULE(Inception);

}  // namespace pentimento::metrics
