// How networks that make pictures are judged while they learn: perceptual losses of batches.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/nn/features/feature_network.h"
#include "core/style/instant/decoder.h"
#include "core/style/train/style_training.h"

namespace pentimento::style::train {

/// The small feature network: the one named by `inputs.encoder`, or the built-in one.
Result<std::shared_ptr<const nn::FeatureNetwork>> load_encoder(const Inputs& inputs,
                                                               const torch::Device& device);
/// VGG-19 where its weights are given, else the small one.
Result<std::shared_ptr<const nn::FeatureNetwork>> load_judge(const Inputs& inputs,
                                                             const torch::Device& device);

/// Features as the losses want them: float32, whatever the network's type.
std::vector<torch::Tensor> features_of(const nn::FeatureNetwork& network,
                                       const torch::Tensor& pictures,
                                       const std::vector<std::string>& layers);

/// All losses are relative, so that networks and layers count alike: 0 is equal, 1 as far off as
/// the plainest guess.

/// Squared distance of features from those wanted, as a share of the wanted ones' variance.
torch::Tensor feature_distance(const torch::Tensor& features, const torch::Tensor& wanted);
/// The same for channel means and deviations: equation 13 of arXiv:1703.06868, relative.
torch::Tensor statistics_distance(const ChannelStatistics& made, const ChannelStatistics& wanted);
/// Gram matrices [N, C, C] of [N, C, H, W]: FFᵀ/(H·W).
torch::Tensor gram_matrices(const torch::Tensor& features);
/// How far the colours of pictures are from those of the one picture `wanted`, both [N, 3, H, W]:
/// means as a share of the wanted variance, covariances as a share of the wanted ones. Feature
/// networks see colours, but so faintly that a painter takes very long to find them.
torch::Tensor palette_distance(const torch::Tensor& pictures, const torch::Tensor& wanted);
/// Squared differences of neighbouring pixels, their mean.
torch::Tensor roughness(const torch::Tensor& pictures);

}  // namespace pentimento::style::train
