// SNGAN: residual networks with a spectrally normalised discriminator. Miyato et al. 2018
// (arXiv:1802.05957), tables 3 to 5; with classes as Miyato and Koyama 2018 (arXiv:1802.05637).
#include <cmath>

#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/conditional.h"
#include "core/nn/init.h"
#include "core/nn/spectral_norm.h"
#include "core/tensor/convolution.h"

namespace pentimento::gan::sngan {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

/// Channels of the generator at 4 px and after each of its blocks.
std::vector<std::int64_t> generator_channels(int size, std::int64_t width) {
    if (size == 32) return {4 * width, 4 * width, 4 * width, 4 * width};
    if (size == 64) return {16 * width, 8 * width, 4 * width, 2 * width, width};
    return {16 * width, 16 * width, 8 * width, 4 * width, 2 * width, width};
}

/// One block of the discriminator: its channels, and whether it halves the picture.
struct Stage {
    std::int64_t channels;
    bool down;
};
std::vector<Stage> discriminator_stages(int size, std::int64_t width) {
    if (size == 32)
        return {{2 * width, true}, {2 * width, true}, {2 * width, false}, {2 * width, false}};
    std::vector<Stage> stages = {
        {width, true}, {2 * width, true}, {4 * width, true}, {8 * width, true}, {16 * width, true}};
    if (size == 128) stages.push_back({16 * width, false});
    return stages;
}

tnn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, bool bias) {
    return tnn::Conv2d(tnn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(bias));
}

/// Batch norm, with gains and shifts for each class if there are classes.
class NormImpl : public tnn::Module {
  public:
    NormImpl(std::int64_t channels, int classes) {
        if (classes > 0)
            by_class_ = register_module("by_class", nn::ConditionalBatchNorm2d(channels, classes));
        else
            plain_ = register_module("plain", tnn::BatchNorm2d(channels));
    }
    Tensor forward(const Tensor& x, const Tensor& labels) {
        return by_class_ ? by_class_->forward(x, labels) : plain_->forward(x);
    }

  private:
    nn::ConditionalBatchNorm2d by_class_{nullptr};
    tnn::BatchNorm2d plain_{nullptr};
};
TORCH_MODULE(Norm);

Tensor doubled(const Tensor& x) {
    return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
}

/// Twice the size. Biases would be undone by the batch norm that follows; there are none.
class UpBlockImpl : public tnn::Module {
  public:
    UpBlockImpl(std::int64_t in, std::int64_t out, int classes) {
        norm1_ = register_module("norm1", Norm(in, classes));
        conv1 = register_module("conv1", convolution(in, out, 3, false));
        norm2_ = register_module("norm2", Norm(out, classes));
        conv2 = register_module("conv2", convolution(out, out, 3, false));
        shortcut_ = register_module("shortcut", convolution(in, out, 1, false));
    }
    Tensor forward(const Tensor& x, const Tensor& labels) {
        const Tensor h = tensor::conv2d(doubled(norm1_->forward(x, labels).relu()), conv1->weight,
                                        {}, /*padding=*/1);
        // 1×1 before doubling: the same result for a quarter of the work.
        return tensor::conv2d(norm2_->forward(h, labels).relu(), conv2->weight, {}, 1) +
               doubled(shortcut_->forward(x));
    }
    tnn::Conv2d conv1{nullptr}, conv2{nullptr};

  private:
    Norm norm1_{nullptr}, norm2_{nullptr};
    tnn::Conv2d shortcut_{nullptr};
};
TORCH_MODULE(UpBlock);

class SnganGenerator : public Generator {
  public:
    SnganGenerator(const NetworkShape& shape, std::int64_t width) {
        const auto channels = generator_channels(shape.size, width);
        first_ = register_module("first", tnn::Linear(shape.latent, 16 * channels[0]));
        for (std::size_t i = 0; i + 1 < channels.size(); ++i)
            blocks_->push_back(UpBlock(channels[i], channels[i + 1], shape.classes));
        register_module("blocks", blocks_);
        norm_ = register_module("norm", tnn::BatchNorm2d(channels.back()));
        last_ = register_module("last", convolution(channels.back(), shape.channels, 3, true));
    }
    void init(torch::Generator random) {
        nn::init_xavier_uniform(*this, 1, std::move(random));
        torch::NoGradGuard no_grad;
        for (const auto& block : *blocks_) {
            block->as<UpBlock>()->conv1->weight.mul_(std::sqrt(2));  // half is lost in the ReLU
            block->as<UpBlock>()->conv2->weight.mul_(std::sqrt(2));
        }
    }
    Pyramid forward(const Tensor& latents, const Tensor& labels) override {
        Tensor x = first_->forward(latents).view({latents.size(0), -1, 4, 4});
        for (const auto& block : *blocks_) x = block->as<UpBlock>()->forward(x, labels);
        return {last_->forward(norm_->forward(x).relu()).tanh()};
    }

  private:
    tnn::Linear first_{nullptr};
    tnn::ModuleList blocks_;
    tnn::BatchNorm2d norm_{nullptr};
    tnn::Conv2d last_{nullptr};
};

/// Half the size if `down`. The first block has no ReLU before it, or it would lose the dark half
/// of the picture.
class DownBlockImpl : public tnn::Module {
  public:
    DownBlockImpl(std::int64_t in, std::int64_t out, bool down, bool first)
        : down_(down), first_(first) {
        const std::int64_t hidden = first ? out : in;
        conv1 = register_module("conv1", nn::SpectralConv2d(in, hidden, 3, padded(1)));
        conv2 = register_module("conv2", nn::SpectralConv2d(hidden, out, 3, padded(1)));
        if (down || in != out)
            shortcut_ = register_module("shortcut", nn::SpectralConv2d(in, out, 1, padded(0)));
    }
    Tensor forward(const Tensor& x) {
        const Tensor h = conv2->forward(conv1->forward(first_ ? x : x.relu()).relu());
        // Averages before the 1×1: the same result for a quarter of the work.
        const Tensor small = down_ ? at::avg_pool2d(x, {2, 2}) : x;
        return (down_ ? at::avg_pool2d(h, {2, 2}) : h) +
               (shortcut_ ? shortcut_->forward(small) : small);
    }
    nn::SpectralConv2d conv1{nullptr}, conv2{nullptr};

  private:
    static nn::SpectralConv2dImpl::Options padded(std::int64_t padding) {
        return {.padding = padding};
    }
    bool down_, first_;
    nn::SpectralConv2d shortcut_{nullptr};
};
TORCH_MODULE(DownBlock);

class SnganDiscriminator : public Discriminator {
  public:
    SnganDiscriminator(const NetworkShape& shape, std::int64_t width) {
        std::int64_t in = shape.channels;
        for (const Stage& stage : discriminator_stages(shape.size, width)) {
            blocks_->push_back(
                DownBlock(in, stage.channels, stage.down, /*first=*/blocks_->is_empty()));
            in = stage.channels;
        }
        register_module("blocks", blocks_);
        last_ = register_module("last", nn::SpectralLinear(in, 1));
        if (shape.classes > 0)
            classes_ = register_module("classes", nn::SpectralEmbedding(shape.classes, in));
    }
    void init(torch::Generator random) {
        nn::init_xavier_uniform(*this, 1, std::move(random));
        torch::NoGradGuard no_grad;
        for (const auto& block : *blocks_) {
            // What a layer computes does not depend on it, but how fast Adam turns the weight does.
            block->as<DownBlock>()->conv1->weight.mul_(std::sqrt(2));
            block->as<DownBlock>()->conv2->weight.mul_(std::sqrt(2));
        }
    }
    Tensor forward(const Pyramid& pictures, const Tensor& labels) override {
        Tensor x = pictures[0];
        for (const auto& block : *blocks_) x = block->as<DownBlock>()->forward(x);
        const Tensor features = x.relu().sum(at::IntArrayRef{2, 3});
        const Tensor logits = last_->forward(features).flatten();
        // Equation 3 of arXiv:1802.05637: how well the picture fits its class.
        return classes_ ? logits + (classes_->forward(labels) * features).sum(1) : logits;
    }

  private:
    tnn::ModuleList blocks_;
    nn::SpectralLinear last_{nullptr};
    nn::SpectralEmbedding classes_{nullptr};
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet& params,
                           torch::Generator random) {
    auto network = std::make_shared<Network>(shape, params.get(kWidth));
    network->init(std::move(random));
    return network;
}

const char* const kReference =
    "Miyato et al. 2018, Spectral Normalization for Generative Adversarial Networks, "
    "arXiv:1802.05957; classes: Miyato and Koyama 2018, arXiv:1802.05637";

const bool kRegistered = architecture_registry().add(
    {.entry = {"sngan",
               "SNGAN (residual, spectral norm)",
               "Residual networks; no layer of the discriminator may stretch its input, which "
               "keeps it from overwhelming the generator. Can learn classes: the generator then "
               "has its own gains for each, and the discriminator checks whether a picture fits "
               "its class.",
               kReference,
               {32, 64, 128},
               /*conditional=*/true},
     .params = Schema().add(kWidth),
     .make_generator = make<SnganGenerator, Generator>,
     .make_discriminator = make<SnganDiscriminator, Discriminator>});

const bool kFamily = family_registry().add(
    {.entry = {"sngan", "SNGAN",
               "Residual networks with spectral normalisation and the hinge loss: a sturdy "
               "training that rarely breaks down, and the simplest one here that can learn "
               "classes.",
               kReference},
     .arch = "sngan",
     .published = {{"loss", "hinge"},
                   {"size", "32"},
                   {"width", "64"},
                   {"latent", "128"},
                   {"batch", "64"},
                   {"d_steps", "5"},
                   {"lr_g", "2e-4"},
                   {"lr_d", "2e-4"},
                   {"beta1", "0"},
                   {"beta2", "0.9"},
                   {"schedule", "linear"},
                   {"ema_decay", "0"},
                   {"steps", "100000"},
                   {"sample_every", "1000"}},
     // β1 and β2 nearer to DCGAN's: the paper's are for thirty times as many steps.
     .small = {{"width", "8"},
               {"latent", "64"},
               {"batch", "16"},
               {"d_steps", "2"},
               {"lr_g", "4e-4"},
               {"lr_d", "4e-4"},
               {"beta1", "0.5"},
               {"beta2", "0.99"},
               {"schedule", "constant"},
               {"ema_decay", "0.995"},
               {"steps", "3000"},
               {"sample_every", "100"}},
     .expect =
         "On emoji: shapes under a woven pattern after 600 steps; figures, discs and signs with the "
         "right colours at the end, some five minutes of one processor core."});

}  // namespace
}  // namespace pentimento::gan::sngan
