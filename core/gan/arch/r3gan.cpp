// R3GAN: plain modern residual networks without normalisation. Huang et al. 2024
// (arXiv:2501.05441), section 4 and appendix.
#include <cmath>
#include <numeric>

#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/resample.h"
#include "core/tensor/convolution.h"

namespace pentimento::gan::r3gan {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

constexpr int kBlocksAtASize = 2;
constexpr int kExpansion = 2;             // of channels within a block
constexpr std::int64_t kGroupWidth = 16;  // channels in a group, the paper's 1536/96
constexpr double kSlope = .2;
// Keeps the scale through a leaky ReLU of this slope.
const double kActivationGain = std::sqrt(2 / (1 + kSlope * kSlope));

/// Width 128 is the paper's: 768 up to 32 px, 384 at 64, 192 at 128, 96 at 256.
std::int64_t widths_at(std::int64_t size, std::int64_t width) {
    return 6 * width * 32 / std::max<std::int64_t>(32, size);
}

tnn::Conv2d pointwise(std::int64_t in, std::int64_t out, bool bias = false) {
    return tnn::Conv2d(tnn::Conv2dOptions(in, out, 1).bias(bias));
}

tensor::ConvolutionGeometry geometry_of(const tnn::Conv2d& layer) {
    return {.padding = layer->weight.size(2) / 2, .groups = layer->options.groups()};
}
/// As layer->forward(x), with second derivatives as fast as the first: R1 and R2 need them.
Tensor convolved(const tnn::Conv2d& layer, const Tensor& x) {
    return tensor::convolution(x, layer->weight, layer->bias, geometry_of(layer));
}
Tensor activated(const tnn::Conv2d& layer, const Tensor& x) {
    return tensor::activated_convolution(x, layer->weight, layer->bias, geometry_of(layer),
                                         {.slope = kSlope});
}

/// N(0, gain²/fan_in).
void draw(Tensor& weight, double gain, torch::Generator& random) {
    torch::NoGradGuard no_grad;
    const double fan_in = static_cast<double>(weight.numel() / weight.size(0));
    weight.normal_(0.0, gain / std::sqrt(fan_in), random);
}

/// x + 1×1(act(grouped 3×3(act(1×1(x))))), act a leaky ReLU after a bias. Begins as the identity.
class ResidualBlockImpl : public tnn::Module {
  public:
    explicit ResidualBlockImpl(std::int64_t channels) {
        const std::int64_t inner = kExpansion * channels;
        wide_ = register_module("wide", pointwise(channels, inner, /*bias=*/true));
        grouped_ = register_module("grouped",
                                   tnn::Conv2d(tnn::Conv2dOptions(inner, inner, 3)
                                                   .padding(1)
                                                   .groups(inner / std::gcd(inner, kGroupWidth))));
        narrow_ = register_module("narrow", pointwise(inner, channels));
    }
    /// `blocks` in the whole network: the more there are, the less each may add (Zhang et al. 2019,
    /// arXiv:1901.09321).
    void init(int blocks, torch::Generator& random) {
        const double gain = kActivationGain * std::pow(blocks, -.25);
        draw(wide_->weight, gain, random);
        draw(grouped_->weight, gain, random);
        torch::NoGradGuard no_grad;
        wide_->bias.zero_();
        grouped_->bias.zero_();
        narrow_->weight.zero_();
    }
    Tensor forward(const Tensor& x) {
        return x + convolved(narrow_, activated(grouped_, activated(wide_, x)));
    }

  private:
    tnn::Conv2d wide_{nullptr}, grouped_{nullptr}, narrow_{nullptr};
};
TORCH_MODULE(ResidualBlock);

/// The residual blocks of all sizes, the smallest first.
///
/// Between sizes the authors' code convolves its [1, 2, 1] with [1, 1], which gives StyleGAN's
/// [1, 3, 3, 1]. With [1, 2, 1] itself, all that came from 4 px would have its kinks on the same
/// lines at every size, half a pixel off centre, and the 3×3 convolutions would draw them as plaid.
class StagesImpl : public tnn::Module {
  public:
    StagesImpl(int size, std::int64_t width) {
        for (std::int64_t at = 4; at <= size; at *= 2) {
            const auto channels = widths_at(at, width);
            for (int i = 0; i < kBlocksAtASize; ++i) blocks_->push_back(ResidualBlock(channels));
        }
        register_module("blocks", blocks_);
    }
    int sizes() const { return static_cast<int>(blocks_->size()) / kBlocksAtASize; }
    Tensor at_size(int index, Tensor x) {
        for (int i = 0; i < kBlocksAtASize; ++i)
            x = (*blocks_)[index * kBlocksAtASize + i]->as<ResidualBlock>()->forward(x);
        return x;
    }
    void init(torch::Generator& random) {
        for (const auto& block : *blocks_)
            block->as<ResidualBlock>()->init(static_cast<int>(blocks_->size()), random);
    }

  private:
    tnn::ModuleList blocks_;
};
TORCH_MODULE(Stages);

/// 1×1 convolutions between a size and its double, where their channels differ.
class BridgesImpl : public tnn::Module {
  public:
    BridgesImpl(int size, std::int64_t width, bool up) {
        for (std::int64_t at = 4; at < size; at *= 2) {
            const auto coarse = widths_at(at, width), fine = widths_at(2 * at, width);
            bridges_.push_back(coarse == fine ? tnn::Conv2d{nullptr}
                               : up           ? pointwise(coarse, fine)
                                              : pointwise(fine, coarse));
            if (bridges_.back()) register_module(std::to_string(at), bridges_.back());
        }
    }
    void init(torch::Generator& random) {
        for (auto& bridge : bridges_)
            if (bridge) draw(bridge->weight, 1, random);
    }
    /// Between size `index` and the next.
    Tensor forward(int index, const Tensor& x) {
        return bridges_[index] ? convolved(bridges_[index], x) : x;
    }

  private:
    std::vector<tnn::Conv2d> bridges_;
};
TORCH_MODULE(Bridges);

class R3ganGenerator : public Generator {
  public:
    R3ganGenerator(const NetworkShape& shape, std::int64_t width, torch::Generator random) {
        const auto channels = widths_at(4, width);
        basis_ = register_parameter("basis", torch::zeros({channels, 4, 4}));
        const std::int64_t inputs = shape.latent * (shape.classes > 0 ? 2 : 1);
        mix_ =
            register_module("mix", tnn::Linear(tnn::LinearOptions(inputs, channels).bias(false)));
        if (shape.classes > 0)
            classes_ = register_parameter("classes", torch::zeros({shape.classes, shape.latent}));
        stages_ = register_module("stages", Stages(shape.size, width));
        bridges_ = register_module("bridges", Bridges(shape.size, width, /*up=*/true));
        last_ = register_module("last", pointwise(widths_at(shape.size, width), shape.channels));
        torch::NoGradGuard no_grad;
        basis_.normal_(0.0, 1.0, random);
        draw(mix_->weight, 1, random);
        if (classes_.defined()) classes_.normal_(0.0, 1.0, random);
        stages_->init(random);
        bridges_->init(random);
        draw(last_->weight, 1, random);
    }
    Pyramid forward(const Tensor& latents, const Tensor& labels) override {
        const Tensor inputs = classes_.defined()
                                  ? torch::cat({latents, classes_.index_select(0, labels)}, 1)
                                  : latents;
        Tensor x = basis_ * mix_->forward(inputs).unsqueeze(2).unsqueeze(3);
        for (int i = 0; i < stages_->sizes(); ++i) {
            if (i > 0) x = nn::upsample2(bridges_->forward(i - 1, x));
            x = stages_->at_size(i, x);
        }
        return {finished(convolved(last_, x), is_training())};
    }

  private:
    Tensor basis_, classes_;
    tnn::Linear mix_{nullptr};
    Stages stages_{nullptr};
    Bridges bridges_{nullptr};
    tnn::Conv2d last_{nullptr};
};

class R3ganDiscriminator : public Discriminator {
  public:
    R3ganDiscriminator(const NetworkShape& shape, std::int64_t width, torch::Generator random) {
        const auto channels = widths_at(4, width);
        first_ = register_module("first", pointwise(shape.channels, widths_at(shape.size, width)));
        stages_ = register_module("stages", Stages(shape.size, width));
        bridges_ = register_module("bridges", Bridges(shape.size, width, /*up=*/false));
        basis_ = register_parameter("basis", torch::zeros({channels, 4, 4}));
        const std::int64_t outputs = shape.classes > 0 ? shape.latent : 1;
        head_ =
            register_module("head", tnn::Linear(tnn::LinearOptions(channels, outputs).bias(false)));
        if (shape.classes > 0)
            classes_ = register_parameter("classes", torch::zeros({shape.classes, outputs}));
        torch::NoGradGuard no_grad;
        draw(first_->weight, 1, random);
        stages_->init(random);
        bridges_->init(random);
        draw(basis_, 1, random);
        draw(head_->weight, 1, random);
        if (classes_.defined()) classes_.normal_(0.0, 1.0, random);
    }
    Tensor forward(const Pyramid& pictures, const Tensor& labels) override {
        Tensor x = convolved(first_, pictures[0]);
        for (int i = stages_->sizes() - 1; i >= 0; --i) {
            x = stages_->at_size(i, x);
            if (i > 0) x = bridges_->forward(i - 1, nn::downsample2(x));
        }
        // A depthwise 4×4 convolution of 4×4 px is one product a channel.
        const Tensor features = head_->forward((x * basis_).sum(at::IntArrayRef{2, 3}));
        if (!classes_.defined()) return features.flatten();
        return (features * classes_.index_select(0, labels)).sum(1) /
               std::sqrt(static_cast<double>(features.size(1)));
    }

  private:
    tnn::Conv2d first_{nullptr};
    Stages stages_{nullptr};
    Bridges bridges_{nullptr};
    Tensor basis_, classes_;
    tnn::Linear head_{nullptr};
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet& params,
                           torch::Generator random) {
    return std::make_shared<Network>(shape, params.get(kWidth), std::move(random));
}

const char* const kReference =
    "Huang et al. 2024, The GAN is dead; long live the GAN! A Modern Baseline GAN, "
    "arXiv:2501.05441";

const bool kRegistered = architecture_registry().add(
    {.entry = {"r3gan",
               "R3GAN (modern residual)",
               "Residual blocks as in today's classifiers, without normalisation and without the "
               "tricks of the StyleGANs; a sound loss with two slope penalties makes up for them. "
               "Heavy: begin with a small width.",
               kReference,
               {32, 64, 128, 256},
               /*conditional=*/true},
     .params = Schema().add(kWidth),
     .make_generator = make<R3ganGenerator, Generator>,
     .make_discriminator = make<R3ganDiscriminator, Discriminator>});

const bool kFamily = family_registry().add(
    {.entry = {"r3gan", "R3GAN",
               "The recent answer to \"GANs are unstable\": pairs of real and made pictures are "
               "compared, and the discriminator is kept flat around both. It converges without "
               "tricks and drops few kinds of pictures.",
               kReference},
     .arch = "r3gan",
     // At 64 px. The learning rate, β2 and γ follow a cosine over the first ten million pictures,
     // which is the length here; the paper then goes on with the end values.
     .published = {{"loss", "relativistic_pairing"},
                   {"size", "64"},
                   {"width", "128"},
                   {"latent", "64"},
                   {"batch", "256"},
                   {"r1_gamma", "2"},
                   {"r2_gamma", "2"},
                   {"penalty_end", "0.1"},
                   {"schedule", "cosine"},
                   {"lr_g", "2e-4"},
                   {"lr_d", "2e-4"},
                   {"lr_end", "0.25"},
                   {"beta1", "0"},
                   {"beta2", "0.9"},
                   {"beta2_end", "0.99"},
                   {"augment", "ada"},
                   {"augment_strength", "0.3"},
                   {"ada_target", "0"},
                   {"ema_decay", "0.99964"},
                   {"ema_ramp", "0.05"},
                   {"steps", "39000"},
                   {"sample_every", "500"}},
     // A small batch needs a larger γ: with .1 the discriminator soon wins.
     .small = {{"size", "32"},
               {"width", "6"},
               {"batch", "8"},
               {"r1_gamma", "1"},
               {"r2_gamma", "1"},
               {"r1_every", "4"},
               {"r2_every", "4"},
               {"lr_g", "5e-4"},
               {"lr_d", "5e-4"},
               {"augment", "none"},
               {"ema_decay", "0.995"},
               {"ema_ramp", "0"},
               {"steps", "3000"},
               {"sample_every", "100"}},
     .expect =
         "On emoji: soft blobs of the right colours after 300 steps; smooth shapes with shading and "
         "clean outlines at the end, some seven minutes of one processor core; a few motifs in many "
         "colours."});

}  // namespace
}  // namespace pentimento::gan::r3gan
