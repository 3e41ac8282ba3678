// Arbitrary style in one pass: the statistics of the style's features are put on the content's, and
// a decoder makes a picture of them. Huang and Belongie 2017 (arXiv:1703.06868), at several levels.
#pragma once

#include <torch/torch.h>

#include <array>
#include <string>
#include <vector>

namespace pentimento::style {

/// The feature network's layers that are blended, deep to shallow: each twice as large as the one
/// before it.
const std::vector<std::string>& instant_layers();  ///< relu4_1, relu3_1
/// Pictures must be multiples of this in width and height.
inline constexpr int kInstantMultiple = 8;

/// Mean and standard deviation of each channel, [N, C, 1, 1] each.
struct ChannelStatistics {
    torch::Tensor mean, deviation;
};
/// `epsilon` is added to the variance. The usual one is for features whose channels have a mean of
/// 1: a channel that hardly answers to the content must not be blown up to the style's deviation.
ChannelStatistics channel_statistics(const torch::Tensor& features, double epsilon = 1e-2);

/// (features − own mean)/own deviation · wanted deviation + wanted mean: equation 8.
torch::Tensor with_statistics(const torch::Tensor& features, const ChannelStatistics& own,
                              const ChannelStatistics& wanted);

/// From blended features of the built-in network (128 and 64 channels at an eighth and a quarter of
/// the picture's size) to a picture [N, 3, H, W], about [0, 1]. The shallower level is added on the
/// way up: it brings back the drawing that pooling has lost. A still shallower one would bring back
/// the photograph's own texture, and leave the style nothing but the colours. Convolutions pad by
/// reflection, and bilinear doubling leaves no grid.
class InstantDecoderImpl : public torch::nn::Module {
  public:
    InstantDecoderImpl();
    torch::Tensor forward(const std::vector<torch::Tensor>& levels);
    void init(torch::Generator random);

  private:
    torch::nn::Conv2d add(const char* name, int in, int out, int kernel);
    torch::nn::Conv2d deep_{nullptr}, skip3_{nullptr}, middle1_{nullptr}, middle2_{nullptr},
        middle3_{nullptr}, fine1_{nullptr}, fine2_{nullptr}, full_{nullptr}, colours_{nullptr};
};
TORCH_MODULE(InstantDecoder);

}  // namespace pentimento::style
