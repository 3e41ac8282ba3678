// FastGAN: a light generator with skip-layer excitation and a discriminator that must also be able
// to draw what it has seen. Liu et al. 2021 (arXiv:2101.04775), section 3. Channels at 256 px are
// the authors'; smaller pictures leave the coarsest steps as they are and drop the finest.
#include "core/gan/arch/batch_norm_check.h"
#include "core/gan/arch/fastgan_decoder.h"
#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/init.h"
#include "core/tensor/random.h"

namespace pentimento::gan::fastgan {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;
using fastgan::convolution;

constexpr double kSlope = .2;

/// Width 64: 1024 at 4 px, 512, 256, 128 at 32 and 64, 64, 32 at 256.
std::int64_t generator_channels(std::int64_t size, std::int64_t width) {
    return size <= 32 ? 64 * width / size : 128 * width / size;
}
/// Width 64: 512 at 8 px … 16 at 256.
std::int64_t discriminator_channels(std::int64_t size, std::int64_t width) {
    return std::max<std::int64_t>(1, 64 * width / size);
}

/// Doubling with one convolution or, every second time, with two and noise.
class UpBlockImpl : public tnn::Module {
  public:
    UpBlockImpl(std::int64_t in, std::int64_t out, bool rich) : rich_(rich) {
        conv1_ = register_module("conv1", convolution(in, 2 * out, 3));
        norm1_ = register_module("norm1", tnn::BatchNorm2d(2 * out));
        if (!rich) return;
        strength1_ = register_parameter("strength1", torch::zeros({1}));
        conv2_ = register_module("conv2", convolution(out, 2 * out, 3));
        strength2_ = register_parameter("strength2", torch::zeros({1}));
        norm2_ = register_module("norm2", tnn::BatchNorm2d(2 * out));
    }
    Tensor forward(const Tensor& x, const torch::Generator& random) {
        const Tensor large = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
        const Tensor h = noisy(conv1_->forward(large), strength1_, random);
        const Tensor y = nn::gated(norm1_->forward(h));
        if (!rich_) return y;
        return nn::gated(norm2_->forward(noisy(conv2_->forward(y), strength2_, random)));
    }

  private:
    Tensor noisy(const Tensor& x, const Tensor& strength, const torch::Generator& random) const {
        return rich_ && is_training() ? nn::add_noise(x, strength, random) : x;
    }
    bool rich_;
    nn::SpectralConv2d conv1_{nullptr}, conv2_{nullptr};
    tnn::BatchNorm2d norm1_{nullptr}, norm2_{nullptr};
    Tensor strength1_, strength2_;
};
TORCH_MODULE(UpBlock);

class FastganGenerator : public Generator {
  public:
    FastganGenerator(const NetworkShape& shape, std::int64_t width) : size_(shape.size) {
        const auto channels = [&](std::int64_t size) { return generator_channels(size, width); };
        first_ = register_module(
            "first", nn::SpectralLinear(shape.latent, 2 * 16 * channels(4), /*bias=*/false));
        norm_ = register_module("norm", tnn::BatchNorm2d(2 * channels(4)));
        bool rich = true;
        for (std::int64_t size = 8; size <= size_; size *= 2, rich = !rich) {
            blocks_->push_back(UpBlock(channels(size / 2), channels(size), rich));
            if (const auto low = excited_by(size); low > 0)
                excitations_->push_back(nn::SkipLayerExcitation(channels(low), channels(size)));
        }
        register_module("blocks", blocks_);
        register_module("excitations", excitations_);
        large_ = register_module("large", convolution(channels(size_), shape.channels, 3));
        small_ = register_module("small", convolution(channels(size_ / 2), shape.channels, 1));
    }
    Pyramid forward(const Tensor& latents, const Tensor&) override {
        const Tensor start = first_->forward(latents).view({latents.size(0), -1, 4, 4});
        std::vector<Tensor> features = {nn::gated(norm_->forward(start))};  // at 4, 8, 16 … px
        std::size_t excitation = 0;
        for (const auto& block : *blocks_) {
            Tensor x = block->as<UpBlock>()->forward(features.back(), random_);
            if (const auto low = excited_by(x.size(3)); low > 0)
                x = (*excitations_)[excitation++]->as<nn::SkipLayerExcitation>()->forward(
                    features[static_cast<std::size_t>(doublings(low))], x);
            features.push_back(x);
        }
        return {large_->forward(features.back()).tanh(),
                small_->forward(features[features.size() - 2]).tanh()};
    }

  private:
    /// The size whose features weigh the channels at `size`; 0: none. A sixteenth as in the paper;
    /// 32 px pictures, which it does not treat, take their 4 px.
    std::int64_t excited_by(std::int64_t size) const {
        if (size >= 64) return size / 16;
        return size == size_ ? 4 : 0;
    }
    std::int64_t size_;
    nn::SpectralLinear first_{nullptr};
    tnn::BatchNorm2d norm_{nullptr};
    tnn::ModuleList blocks_, excitations_;
    nn::SpectralConv2d large_{nullptr}, small_{nullptr};
};

tnn::LeakyReLU leaky_relu() {
    return tnn::LeakyReLU(tnn::LeakyReLUOptions().negative_slope(kSlope));
}

/// Half the size: the mean of a way with two convolutions and one with an average.
class DownBlockImpl : public tnn::Module {
  public:
    DownBlockImpl(std::int64_t in, std::int64_t out, bool direct) {
        main_ = register_module(
            "main", tnn::Sequential(convolution(in, out, 4, 2), tnn::BatchNorm2d(out), leaky_relu(),
                                    convolution(out, out, 3), tnn::BatchNorm2d(out), leaky_relu()));
        if (direct)
            direct_ = register_module("direct",
                                      tnn::Sequential(tnn::AvgPool2d(2), convolution(in, out, 1),
                                                      tnn::BatchNorm2d(out), leaky_relu()));
    }
    Tensor forward(const Tensor& x) {
        return direct_ ? (main_->forward(x) + direct_->forward(x)) / 2 : main_->forward(x);
    }

  private:
    tnn::Sequential main_{nullptr}, direct_{nullptr};
};
TORCH_MODULE(DownBlock);

/// Judges 5×5 overlapping parts of the picture and as many of its half-sized twin.
class FastganDiscriminator : public Discriminator {
  public:
    FastganDiscriminator(const NetworkShape& shape, std::int64_t width) : size_(shape.size) {
        const auto channels = [&](std::int64_t size) {
            return discriminator_channels(size, width);
        };
        first_ = register_module("first", convolution(shape.channels, channels(size_), 3));
        for (std::int64_t size = size_ / 2; size >= 8; size /= 2) {
            blocks_->push_back(DownBlock(channels(2 * size), channels(size), /*direct=*/true));
            // Only where both ends are at least 8 px.
            if (8 * size <= size_)
                excitations_->push_back(
                    nn::SkipLayerExcitation(channels(8 * size), channels(size)));
        }
        register_module("blocks", blocks_);
        register_module("excitations", excitations_);
        const auto deep = channels(8);
        judge_large_ = register_module(
            "judge_large",
            tnn::Sequential(convolution(deep, 2 * deep, 1), tnn::BatchNorm2d(2 * deep),
                            leaky_relu(), convolution(2 * deep, 1, 4, 1, /*padding=*/0)));
        // The half-sized picture has half of the channels and a plain way down.
        const auto few = [&](std::int64_t size) {
            return std::max<std::int64_t>(1, channels(size) / 2);
        };
        small_->push_back(convolution(shape.channels, few(size_ / 4), 4, 2));
        small_->push_back(leaky_relu());
        for (std::int64_t size = size_ / 8; size >= 8; size /= 2)
            small_->push_back(DownBlock(few(2 * size), few(size), /*direct=*/false));
        register_module("small", small_);
        judge_small_ = register_module("judge_small", convolution(few(8), 1, 4, 1, 0));

        const auto drawn = [&](std::int64_t size) { return std::min<std::int64_t>(128, size); };
        draw_large_ = register_module("draw_large",
                                      fastgan::Decoder(deep, width, drawn(size_), shape.channels));
        draw_part_ = register_module(
            "draw_part", fastgan::Decoder(channels(16), width, drawn(size_ / 2), shape.channels));
        draw_small_ = register_module(
            "draw_small", fastgan::Decoder(few(8), width, drawn(size_ / 2), shape.channels));
    }
    std::vector<std::int64_t> scales() const override { return {size_, size_ / 2}; }
    Tensor forward(const Pyramid& pictures, const Tensor&) override {
        return look(pictures).logits;
    }
    /// The auxiliary loss compares what three decoders draw from the features with the pictures:
    /// the whole, a quarter of it, and the small one. The authors compare with a learned perceptual
    /// distance; without its weights at hand, fastgan::difference() takes its place.
    Judgement judge_reals(const Pyramid& pictures, const Tensor&) override {
        const Seen seen = look(pictures);
        const Tensor quarter =
            torch::randint(4, {1}, random_, tensor::drawn_by(random_).dtype(torch::kInt64))
                .to(pictures[0].device());
        const auto part = [&](const Tensor& x) {
            const auto half = x.size(3) / 2;
            // By index: a graphics card need not be asked which quarter it is.
            const Tensor line = torch::arange(half, quarter.options());
            return x.index_select(2, quarter.floor_divide(2) * half + line)
                .index_select(3, quarter.remainder(2) * half + line);
        };
        const Tensor auxiliary =
            fastgan::difference(draw_large_->forward(seen.deep), pictures[0]) +
            fastgan::difference(draw_part_->forward(part(seen.at_16)), part(pictures[0])) +
            fastgan::difference(draw_small_->forward(seen.small), pictures[1]);
        return {seen.logits, auxiliary};
    }

  private:
    struct Seen {
        Tensor logits;
        Tensor at_16, deep,
            small;  ///< features at 16 px, at 8 px, and at 8 px of the small picture
    };
    Seen look(const Pyramid& pictures) {
        Seen seen;
        std::vector<Tensor> features = {
            at::leaky_relu(first_->forward(pictures[0]), kSlope)};  // at S, S/2 … 8 px
        std::size_t excitation = 0;
        for (const auto& block : *blocks_) {
            Tensor x = block->as<DownBlock>()->forward(features.back());
            if (8 * x.size(3) <= size_)
                x = (*excitations_)[excitation++]->as<nn::SkipLayerExcitation>()->forward(
                    features[features.size() - 3], x);
            features.push_back(x);
        }
        seen.at_16 = features[features.size() - 2];
        seen.deep = features.back();
        seen.small = small_->forward(pictures[1]);
        seen.logits = torch::cat({judge_large_->forward(seen.deep).flatten(1),
                                  judge_small_->forward(seen.small).flatten(1)},
                                 1);
        return seen;
    }

    std::int64_t size_;
    nn::SpectralConv2d first_{nullptr}, judge_small_{nullptr};
    tnn::ModuleList blocks_, excitations_;
    tnn::Sequential judge_large_{nullptr}, small_;
    fastgan::Decoder draw_large_{nullptr}, draw_part_{nullptr}, draw_small_{nullptr};
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet& params,
                           torch::Generator random) {
    auto network = std::make_shared<Network>(shape, params.get(kWidth));
    nn::init_normal(*network, 0.02, std::move(random));
    return network;
}

const char* const kReference =
    "Liu, Zhu, Song, Elgammal 2021, Towards Faster and Stabilized GAN Training for High-fidelity "
    "Few-shot Image Synthesis, arXiv:2101.04775";

const bool kRegistered = architecture_registry().add(
    {.entry = {"fastgan",
               "FastGAN (few pictures)",
               "Made for a hundred to a few thousand pictures: coarse features decide which fine "
               "ones count, and the discriminator must be able to draw what it has seen, so that "
               "it looks at whole pictures rather than at tell-tale spots.",
               kReference,
               {32, 64, 128, 256}},
     .params = Schema().add(kWidth),
     .make_generator = make<FastganGenerator, Generator>,
     .make_discriminator = make<FastganDiscriminator, Discriminator>,
     .refuses = [](const ParamSet& params) {
         return refuses_gradient_penalty(params, "use R1 instead");
     }});

const bool kFamily = family_registry().add(
    {.entry = {"fastgan", "FastGAN",
               "For small collections: learns from a hundred pictures within hours where others "
               "need many thousands, and its discriminator learns by heart less easily.",
               kReference},
     .arch = "fastgan",
     // Label smoothing .2 makes the hinge's margins U(.8, 1).
     .published = {{"loss", "hinge"},
                   {"label_smoothing", "0.2"},
                   {"size", "256"},
                   {"width", "64"},
                   {"latent", "256"},
                   {"batch", "8"},
                   {"lr_g", "2e-4"},
                   {"lr_d", "2e-4"},
                   {"beta1", "0.5"},
                   {"beta2", "0.999"},
                   {"augment", "diffaugment"},
                   {"flips", "true"},
                   {"ema_decay", "0.999"},
                   {"steps", "50000"},
                   {"sample_every", "1000"}},
     .small = {{"size", "32"},
               {"width", "8"},
               {"latent", "64"},
               {"batch", "16"},
               {"lr_g", "4e-4"},
               {"lr_d", "4e-4"},
               {"ema_decay", "0.995"},
               {"steps", "2000"},
               {"sample_every", "100"}},
     .expect = "Colourful shapes on white within two minutes; outlines after four."});

}  // namespace
}  // namespace pentimento::gan::fastgan
