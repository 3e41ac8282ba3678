// Published one-pass networks of the size of ours, to compare with; each is known by its tensors.
#pragma once

#include <torch/torch.h>

#include <map>
#include <memory>
#include <string>

#include "core/style/instant/decoder.h"

namespace pentimento::bench {

using Weights = std::map<std::string, torch::Tensor>;

/// Paints a content [1, 3, h, w] in the style of another picture; both in [0, 1].
class PublishedNetwork {
  public:
    explicit PublishedNetwork(Weights weights) : weights_(std::move(weights)) {}
    virtual ~PublishedNetwork() = default;
    virtual std::string name() const = 0;
    virtual torch::Tensor blend(const torch::Tensor& content, const torch::Tensor& style) const = 0;

  protected:
    /// Reflected at its edges; the groups are those that the weight's shape tells.
    torch::Tensor convolve(const torch::Tensor& x, const std::string& name, int stride = 1) const {
        const auto& weight = weights_.at(name + ".weight");
        const auto edge = weight.size(2) / 2;
        return torch::conv2d(torch::reflection_pad2d(x, {edge, edge, edge, edge}), weight,
                             weights_.at(name + ".bias"), at::IntArrayRef{stride, stride},
                             at::IntArrayRef{0, 0}, at::IntArrayRef{1, 1},
                             x.size(1) / weight.size(1));
    }
    static torch::Tensor with_statistics_of(const torch::Tensor& x, const torch::Tensor& style) {
        return style::with_statistics(x, style::channel_statistics(x),
                                      style::channel_statistics(style));
    }

  private:
    Weights weights_;
};

/// The quarter-width VGG-19 encoder to relu4_1 and its decoder, with AdaIN between them. Wang and
/// others 2020, Collaborative distillation for ultra-resolution universal style transfer.
class QuarterWidth final : public PublishedNetwork {
  public:
    using PublishedNetwork::PublishedNetwork;
    std::string name() const override { return "quarter-width WCT networks, AdaIN"; }
    torch::Tensor blend(const torch::Tensor& content, const torch::Tensor& style) const override {
        auto x = with_statistics_of(encode(content), encode(style));
        for (const std::string name :
             {"conv41", "conv34", "conv33", "conv32", "conv31", "conv22", "conv21", "conv12"}) {
            x = convolve(x, "decoder4." + name).relu();
            if (name.back() == '1') x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
        }
        return convolve(x, "decoder4.conv11").clamp(0, 1);
    }

  private:
    torch::Tensor encode(const torch::Tensor& picture) const {
        auto x = convolve(picture, "encoder4.conv0");
        for (const std::string name : {"conv11", "conv12", "conv21", "conv22", "conv31", "conv32",
                                       "conv33", "conv34", "conv41"}) {
            if (name.back() == '1' && name != "conv11") x = torch::max_pool2d(x, 2);
            x = convolve(x, "encoder4." + name).relu();
        }
        return x;
    }
};

/// Wang and others 2023, MicroAST: towards super-fast ultra-resolution arbitrary style transfer.
class MicroAst final : public PublishedNetwork {
  public:
    using PublishedNetwork::PublishedNetwork;
    std::string name() const override { return "MicroAST"; }
    torch::Tensor blend(const torch::Tensor& content, const torch::Tensor& style) const override {
        const auto [c1, c2] = encode(content, "content_encoder");
        const auto [s1, s2] = encode(style, "style_encoder");
        auto x = modulated(with_statistics_of(c2, s2), s2, "decoder.dec1", "2");
        x = modulated(with_statistics_of(x, s1), s1, "decoder.dec2", "1");
        x = convolve(doubled(x), "decoder.dec3.1").relu();
        x = convolve(x, "decoder.dec3.3").relu();
        x = convolve(doubled(x), "decoder.dec3.6").relu();
        x = convolve(x, "decoder.dec3.8").relu();
        return convolve(x, "decoder.dec3.10").clamp(0, 1);
    }

  private:
    torch::Tensor convolve(const torch::Tensor& x, const std::string& name, int stride = 1) const {
        return PublishedNetwork::convolve(x, name + ".conv_layer", stride);
    }
    static torch::Tensor doubled(const torch::Tensor& x) {
        return at::upsample_bilinear2d(x, {2 * x.size(2), 2 * x.size(3)}, false);
    }
    torch::Tensor residual(const torch::Tensor& x, const std::string& name) const {
        return x + convolve(convolve(x, name + ".conv1").relu(), name + ".conv2");
    }
    std::pair<torch::Tensor, torch::Tensor> encode(const torch::Tensor& picture,
                                                   const std::string& encoder) const {
        auto x = convolve(picture, encoder + ".enc1.0").relu();
        x = convolve(x, encoder + ".enc1.2", 2).relu();
        x = convolve(x, encoder + ".enc1.4").relu();
        x = convolve(x, encoder + ".enc1.6", 2).relu();
        x = convolve(x, encoder + ".enc1.8").relu();
        x = residual(x, encoder + ".enc1.10");
        return {x, residual(x, encoder + ".enc2.0")};
    }
    /// A residual block whose filters the style scales and shifts.
    torch::Tensor modulated(const torch::Tensor& x, const torch::Tensor& style,
                            const std::string& block, const std::string& level) const {
        const auto signal = [&](const std::string& kind) {
            return convolve(style, "modulator." + kind + level + ".0").mean({2, 3}, true);
        };
        const auto weight = signal("weight"), bias = signal("bias");
        const auto inner = (weight * convolve(x, block + ".conv1") + bias * x).relu();
        return x + weight * convolve(inner, block + ".conv2") + bias * inner;
    }
};

/// Null when the tensors are those of neither.
inline std::shared_ptr<const PublishedNetwork> published_network(Weights weights) {
    if (weights.count("modulator.weight1.0.conv_layer.weight") > 0)
        return std::make_shared<MicroAst>(std::move(weights));
    if (weights.count("encoder4.conv0.weight") > 0)
        return std::make_shared<QuarterWidth>(std::move(weights));
    return nullptr;
}

}  // namespace pentimento::bench
