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
const std::vector<std::string>& instant_layers();  ///< relu4_1, relu3_1, relu2_1
/// Pictures must be multiples of this in width and height.
inline constexpr int kInstantMultiple = 8;

/// Mean and standard deviation of each channel, [N, C, 1, 1] each, float32.
struct ChannelStatistics {
    torch::Tensor mean, deviation;
};
/// `epsilon` is added to the variance. The usual one is for features whose channels have a mean of
/// 1: a channel that hardly answers to the content must not be blown up to the style's deviation.
/// `mask`, [H, W] in [0, 1]: how much each place counts; undefined: all alike.
ChannelStatistics channel_statistics(const torch::Tensor& features, double epsilon = 1e-2,
                                     const torch::Tensor& mask = {});

/// (features − own mean)/own deviation · wanted deviation + wanted mean: equation 8.
torch::Tensor with_statistics(const torch::Tensor& features, const ChannelStatistics& own,
                              const ChannelStatistics& wanted);

/// From blended features of the built-in network (128, 64 and 32 channels at an eighth, a quarter
/// and half of the picture's size) to a picture [N, 3, H, W], about [0, 1]. The shallower levels
/// are added on the way up: relu3_1 brings back the drawing that pooling has lost, relu2_1 the
/// colours. The latter only at a quarter of the size: at its own it would bring back the
/// photograph's texture, too, and leave the style nothing but the palette. Convolutions pad by
/// reflection, and bilinear doubling leaves no grid.
class InstantDecoderImpl : public torch::nn::Module {
  public:
    InstantDecoderImpl();
    torch::Tensor forward(const std::vector<torch::Tensor>& levels);
    void init(torch::Generator random);
    /// Moves it to where it is to work, not to learn: on a graphics card in bfloat16 but for the
    /// last layer, whose colours need more bits.
    void settle(const torch::Device& device);

  private:
    torch::nn::Conv2d add(const char* name, int in, int out, int kernel);
    torch::nn::Conv2d deep_{nullptr}, skip3_{nullptr}, middle1_{nullptr}, middle2_{nullptr},
        middle3_{nullptr}, skip2_{nullptr}, fine1_{nullptr}, fine2_{nullptr}, full_{nullptr},
        colours_{nullptr};
};
TORCH_MODULE(InstantDecoder);

}  // namespace pentimento::style
