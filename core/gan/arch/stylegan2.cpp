// StyleGAN2: Karras et al. 2019 (arXiv:1912.04958), with the short mapping network and the class
// inputs of StyleGAN2-ADA (Karras et al. 2020, arXiv:2006.06676).
#include <cmath>
#include <numbers>

#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/conditional.h"
#include "core/nn/equalised.h"
#include "core/nn/init.h"
#include "core/nn/modulated_conv.h"
#include "core/nn/resample.h"
#include "core/tensor/random.h"

namespace pentimento::gan::stylegan2 {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

const Param<std::int64_t> kMappingLayers =
    Param<std::int64_t>("mapping_layers", 2)
        .label("Mapping layers")
        .help(
            "Layers that turn random numbers into styles. More untangle them further and learn "
            "more slowly. StyleGAN has 8; 2 suit small datasets.")
        .unit("layers")
        .group("Model")
        .range(1, 8)
        .advanced();
const Param<double> kStyleMixing =
    Param<double>("style_mixing", 0.9)
        .label("Style mixing")
        .help(
            "Share of training pictures that take their coarse and their fine styles from two "
            "different latents, so that the layers do not rely on each other. 0.9 is the paper's.")
        .group("Model")
        .range(0, 1)
        .step(0.1)
        .advanced();

constexpr double kMappingRate = 0.01;  // learning rate of the mapping network, relative
constexpr double kMeanStyleDecay = 0.995;
constexpr double kSqrt2 = std::numbers::sqrt2;

/// Keeps the size of its input: normals in, about unit variance out.
Tensor activate(const Tensor& x) {
    return at::leaky_relu(x, .2).mul_(kSqrt2);
}

Tensor one_hot(const Tensor& labels, int classes, const Tensor& like) {
    TORCH_CHECK(labels.defined(), "a network with classes needs labels");
    return torch::one_hot(labels, classes).to(like.options());
}

/// Modulated 3×3 convolution, noise, bias, LeakyReLU (figure 2c).
class StyledLayerImpl : public tnn::Module {
  public:
    StyledLayerImpl(std::int64_t in, std::int64_t out, std::int64_t size, int latent,
                    nn::Scale scale) {
        conv_ = register_module(
            "conv", nn::ModulatedConv2d(in, out, 3, latent,
                                        nn::ModulatedConv2dImpl::Options{.scale = scale}));
        bias_ = register_parameter("bias", torch::zeros({1, out, 1, 1}));
        strength_ = register_parameter("noise_strength", torch::zeros({}));
        noise_ = register_buffer("noise", torch::zeros({1, 1, size, size}));
    }
    Tensor forward(const Tensor& x, const Tensor& w, const torch::Generator& random) {
        Tensor y = conv_->forward(x, w);
        y = is_training() ? nn::add_noise(y, strength_, random) : y + noise_ * strength_;
        return activate(y + bias_.to(y.scalar_type()));  // in mixed precision y stays what it is
    }
    /// The noise of evaluation mode.
    void reset(torch::Generator random) { noise_.normal_(0.0, 1.0, std::move(random)); }

  private:
    nn::ModulatedConv2d conv_{nullptr};
    Tensor bias_, strength_, noise_;
};
TORCH_MODULE(StyledLayer);

/// To colours, with a style but without demodulation.
class ToColourImpl : public tnn::Module {
  public:
    ToColourImpl(std::int64_t in, int channels, int latent) {
        conv_ = register_module(
            "conv", nn::ModulatedConv2d(in, channels, 1, latent,
                                        nn::ModulatedConv2dImpl::Options{.demodulate = false}));
        bias_ = register_parameter("bias", torch::zeros({1, channels, 1, 1}));
    }
    Tensor forward(const Tensor& x, const Tensor& w) { return conv_->forward(x, w) + bias_; }

  private:
    nn::ModulatedConv2d conv_{nullptr};
    Tensor bias_;
};
TORCH_MODULE(ToColour);

/// The generator with skip connections (figure 7b). Styles by layer: 4 px has one convolution, each
/// further size two; its colours share the style of the next size's first convolution.
class StyleGan2Generator : public StyleGenerator {
  public:
    StyleGan2Generator(const NetworkShape& shape, const ParamSet& params)
        : shape_(shape), mixing_(params.get(kStyleMixing)) {
        const auto width = params.get(kWidth);
        int in = shape.latent;
        if (shape.classes > 0) {
            embedding_ =
                register_module("embedding", nn::EqualisedLinear(shape.classes, shape.latent));
            in *= 2;
        }
        for (std::int64_t i = 0; i < params.get(kMappingLayers); ++i, in = shape.latent)
            mapping_->push_back(nn::EqualisedLinear(in, shape.latent,
                                                    nn::Equalised{.lr_multiplier = kMappingRate}));
        register_module("mapping", mapping_);
        constant_ = register_parameter("constant", torch::zeros({1, channels_at(4, width), 4, 4}));
        std::int64_t channels = channels_at(4, width);
        for (std::int64_t size = 4; size <= shape.size; size *= 2) {
            const auto out = channels_at(size, width);
            if (size > 4)
                layers_->push_back(StyledLayer(channels, out, size, shape.latent, nn::Scale::Up));
            layers_->push_back(StyledLayer(out, out, size, shape.latent, nn::Scale::Keep));
            colours_->push_back(ToColour(out, shape.channels, shape.latent));
            channels = out;
        }
        register_module("layers", layers_);
        register_module("colours", colours_);
        path_length_mean = register_buffer("path_length_mean", torch::zeros({}));
        mean_style = register_buffer("mean_style", torch::zeros({1, shape.latent}));
    }

    /// First weights; needs to be held by a shared_ptr.
    void draw(torch::Generator random) {
        nn::init_equalised(*this, random);
        torch::NoGradGuard no_grad;
        constant_.normal_(0.0, 1.0, random);
        for (const auto& layer : *layers_) layer->as<StyledLayer>()->reset(random);
    }

    Pyramid forward(const Tensor& latents, const Tensor& labels) override {
        Tensor styles = map(latents, labels);
        if (is_training()) {
            {
                torch::NoGradGuard no_grad;
                const Tensor mean = styles.select(1, 0).mean(0, /*keepdim=*/true);
                mean_style.lerp_(mean.to(mean_style.scalar_type()), 1 - kMeanStyleDecay);
            }
            if (mixing_ > 0) styles = mix(styles, labels);
        }
        return synthesise(styles);
    }

    Tensor map(const Tensor& latents, const Tensor& labels) override {
        Tensor x = nn::pixel_norm(latents);
        if (shape_.classes > 0)
            x = torch::cat(
                {x, nn::pixel_norm(embedding_->forward(one_hot(labels, shape_.classes, x)))}, 1);
        for (const auto& layer : *mapping_)
            x = activate(layer->as<nn::EqualisedLinear>()->forward(x));
        return x.unsqueeze(1).expand({-1, style_count(), -1});
    }

    Pyramid synthesise(const Tensor& styles) override {
        const auto w = styles.unbind(1);
        Tensor x = constant_.expand({styles.size(0), -1, -1, -1});
        Tensor picture;
        for (std::size_t i = 0; i < colours_->size(); ++i) {
            if (i > 0) x = layer(2 * i - 1)->forward(x, w[2 * i - 1], random_);
            x = layer(2 * i)->forward(x, w[2 * i], random_);
            const Tensor colours = colours_->ptr(i)->as<ToColour>()->forward(x, w[2 * i + 1]);
            picture = picture.defined() ? nn::upsample2(picture) + colours : colours;
        }
        return {finished(picture, is_training())};
    }

  private:
    std::int64_t style_count() const { return static_cast<std::int64_t>(layers_->size()) + 1; }
    StyledLayerImpl* layer(std::size_t i) const { return layers_->ptr(i)->as<StyledLayer>(); }

    /// From a random layer on, the styles of other latents of the same class.
    Tensor mix(const Tensor& styles, const Tensor& labels) {
        const auto count = styles.size(0);
        const auto drawn = tensor::drawn_by(random_);
        const Tensor others =
            torch::randn({count, shape_.latent}, random_, drawn).to(styles.options());
        const Tensor chosen = torch::rand({count}, random_, drawn) < mixing_;
        const Tensor from =
            torch::randint(1, style_count(), {count}, random_, drawn.dtype(torch::kInt64));
        const Tensor other =
            (torch::arange(style_count(), from.options()).unsqueeze(0) >= from.unsqueeze(1)) &
            chosen.unsqueeze(1);
        return torch::where(other.unsqueeze(2).to(styles.device()), map(others, labels), styles);
    }

    NetworkShape shape_;
    double mixing_;
    nn::EqualisedLinear embedding_{nullptr};
    tnn::ModuleList mapping_, layers_, colours_;
    Tensor constant_;
};

/// Two 3×3 convolutions beside a 1×1 one, all at half the size afterwards (figure 7c).
class ResidualBlockImpl : public tnn::Module {
  public:
    ResidualBlockImpl(std::int64_t in, std::int64_t out) {
        first_ = register_module("first", nn::EqualisedConv2d(in, in, 3));
        second_ = register_module("second", nn::EqualisedConv2d(in, out, 3, nn::Equalised{}, 2, 0));
        skip_ =
            register_module("skip", nn::EqualisedConv2d(in, out, 1, nn::Equalised{.bias = false}));
    }
    Tensor forward(const Tensor& x) {
        const Tensor y = activate(first_->forward(x));
        return (activate(second_->forward(nn::blur(y, 2, 2))) +
                skip_->forward(nn::downsample2(x))) /
               kSqrt2;
    }

  private:
    nn::EqualisedConv2d first_{nullptr}, second_{nullptr}, skip_{nullptr};
};
TORCH_MODULE(ResidualBlock);

class StyleGan2Discriminator : public Discriminator {
  public:
    StyleGan2Discriminator(const NetworkShape& shape, const ParamSet& params)
        : classes_(shape.classes) {
        const auto width = params.get(kWidth);
        colours_ = register_module(
            "colours", nn::EqualisedConv2d(shape.channels, channels_at(shape.size, width), 1));
        for (std::int64_t size = shape.size; size > 4; size /= 2)
            blocks_->push_back(
                ResidualBlock(channels_at(size, width), channels_at(size / 2, width)));
        register_module("blocks", blocks_);
        const auto channels = channels_at(4, width);
        last_ = register_module("last", nn::EqualisedConv2d(channels + 1, channels, 3));
        dense_ = register_module("dense", nn::EqualisedLinear(16 * channels, channels));
        logit_ = register_module("logit", nn::EqualisedLinear(channels, 1));
        if (classes_ > 0)  // entries of variance 1, whatever the number of classes
            embedding_ = register_module(
                "embedding", nn::EqualisedLinear(
                                 classes_, channels,
                                 nn::Equalised{.bias = false,
                                               .gain = std::sqrt(static_cast<double>(classes_))}));
    }

    /// First weights; needs to be held by a shared_ptr.
    void draw(torch::Generator random) { nn::init_equalised(*this, std::move(random)); }

    Tensor forward(const Pyramid& pictures, const Tensor& labels) override {
        Tensor x = activate(colours_->forward(pictures[0]));
        for (const auto& block : *blocks_) x = block->as<ResidualBlock>()->forward(x);
        x = activate(last_->forward(nn::minibatch_stddev(x)));
        x = activate(dense_->forward(x.flatten(1)));
        Tensor logits = logit_->forward(x).flatten();
        if (classes_ > 0) {
            // Projection: Miyato and Koyama 2018, arXiv:1802.05637.
            const Tensor known = embedding_->forward(one_hot(labels, classes_, x));
            logits = logits + (x * known).sum(1) / std::sqrt(static_cast<double>(x.size(1)));
        }
        return logits;
    }

  private:
    int classes_;
    nn::EqualisedConv2d colours_{nullptr}, last_{nullptr};
    nn::EqualisedLinear dense_{nullptr}, logit_{nullptr}, embedding_{nullptr};
    tnn::ModuleList blocks_;
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet& params,
                           torch::Generator random) {
    auto network = std::make_shared<Network>(shape, params);
    network->draw(std::move(random));
    return network;
}

const std::vector<int> kSizes = {32, 64, 128, 256};

const bool kRegistered = architecture_registry().add(
    {.entry = {.id = "stylegan2",
               .label = "StyleGAN2",
               .help =
                   "A small network first turns random numbers into styles; the picture then grows "
                   "from a learned constant, and each layer takes its style, from the pose down to "
                   "the texture. The best pictures of all for their time, with a latent space one "
                   "can walk and edit in.",
               .reference = "Karras et al. 2019, Analyzing and Improving the Image Quality of "
                            "StyleGAN, arXiv:1912.04958",
               .sizes = kSizes,
               .conditional = true,
               .styled = true},
     .params = Schema().add(kWidth).add(kMappingLayers).add(kStyleMixing),
     .make_generator = make<StyleGan2Generator, Generator>,
     .make_discriminator = make<StyleGan2Discriminator, Discriminator>});

// The numbers are those of the authors' automatic settings for 64 px on one device: batch 32 and
// γ = .0002·64²/32. Lazy regularisation slows the optimiser down by c = k/(k + 1), where k steps
// lie between two penalties (appendix B): rate 2.5e-3·c with c = 4/5 for the generator and 16/17
// for the discriminator; β2 = .99^c is .992 and .9906, so one number serves both. The average's
// half-life is 10,000 pictures.
const bool kFamily = family_registry().add(
    {.entry = {"stylegan2", "StyleGAN2 with adaptive augmentation",
               "Styles for each layer, a calm discriminator (R1), an even latent space (path "
               "length) and augmentation that adapts itself to the size of the dataset: the "
               "strongest classic. Slow at full width.",
               "Karras et al. 2019, arXiv:1912.04958; Karras et al. 2020, Training Generative "
               "Adversarial Networks with Limited Data, arXiv:2006.06676",
               kSizes},
     .arch = "stylegan2",
     .published = {{"size", "64"},
                   {"loss", "logistic"},
                   {"latent", "512"},
                   {"width", "64"},
                   {"mapping_layers", "2"},
                   {"style_mixing", "0.9"},
                   {"batch", "32"},
                   {"steps", "781250"},
                   {"lr_g", "2e-3"},
                   {"lr_d", "2.353e-3"},
                   {"beta1", "0"},
                   {"beta2", "0.991"},
                   {"r1_gamma", "0.0256"},
                   {"r1_every", "16"},
                   {"path_length_weight", "2"},
                   {"path_length_every", "4"},
                   {"augment", "ada"},
                   {"augment_strength", "0"},
                   {"ada_target", "0.6"},
                   {"ada_kimg", "500"},
                   {"ema_decay", "0.99778"},
                   {"ema_ramp", "0.05"},
                   {"sample_every", "1000"}},
     // The authors' rule, γ = .0002·32²/16, is for tens of thousands of pictures: with it the
     // generator kept to one motif on emoji (KID .86 after 4,000 steps, .16 so after 8,000).
     .small = {{"size", "32"},
               {"width", "4"},
               {"latent", "64"},
               {"batch", "16"},
               {"steps", "8000"},
               {"flips", "true"},
               {"r1_gamma", "1"},
               {"ada_kimg", "50"},
               {"ema_decay", "0.998"},
               {"sample_every", "200"}},
     .expect = "On emoji: shaded blobs after 2,000 steps, faces and signs with clean outlines "
               "after 5,000; all 8,000 take about eight minutes on two processors."});

}  // namespace
}  // namespace pentimento::gan::stylegan2
