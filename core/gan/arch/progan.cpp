// Progressive growing: Karras et al. 2017 (arXiv:1710.10196).
#include <algorithm>

#include "core/gan/arch/progan_blocks.h"
#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/init.h"

namespace pentimento::gan::progan {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

const Param<double> kFadeKimg =
    Param<double>("grow_fade_kimg", 600)
        .label("Fade in over")
        .help(
            "Thousands of pictures in which a new size is blended in. Longer is gentler. The paper "
            "takes 600 to 800.")
        .unit("kimg")
        .group("Model")
        .range(0.1, 100'000)
        .log_scale();
const Param<double> kStableKimg =
    Param<double>("grow_stable_kimg", 600)
        .label("Settle for")
        .help(
            "Thousands of pictures that each size is trained on before the next one fades in. The "
            "paper takes 600 to 800.")
        .unit("kimg")
        .group("Model")
        .range(0.1, 100'000)
        .log_scale();

/// 4 px settle; then each further size fades in and settles; the last one stays.
Growth growth(const NetworkShape& shape, const ParamSet& params, std::int64_t pictures) {
    const double fade = 1000 * params.get(kFadeKimg), stable = 1000 * params.get(kStableKimg);
    double left = static_cast<double>(pictures) - stable;
    Growth now{4, 1};
    while (left >= 0 && now.size < shape.size) {
        now.size *= 2;
        now.fade = left < fade ? left / fade : 1;
        left -= fade + stable;
    }
    return now;
}

/// The level a network is at: 0 for 4 px.
class Progress {
  public:
    explicit Progress(const NetworkShape& shape) : most_(doublings(shape.size)), level_(most_) {}
    void set(const Growth& growth) {
        level_ = std::min(doublings(growth.size), most_);
        fade_ = level_ > 0 ? growth.fade : 1;
    }
    std::size_t level() const { return static_cast<std::size_t>(level_); }
    std::int64_t size() const { return std::int64_t{4} << level_; }
    bool fading() const { return fade_ < 1; }
    double fade() const { return fade_; }

  private:
    int most_, level_;
    double fade_ = 1;
};

class ProganGenerator : public Generator {
  public:
    ProganGenerator(const NetworkShape& shape, std::int64_t width) : progress_(shape) {
        trunk_ = register_module("trunk", progan::Trunk(shape, width));
        for (std::int64_t size = 4; size <= shape.size; size *= 2)
            colours_->push_back(progan::to_colours(channels_at(size, width), shape.channels));
        register_module("colours", colours_);
    }
    void set_growth(const Growth& growth) override { progress_.set(growth); }

    Pyramid forward(const Tensor& latents, const Tensor&) override {
        const std::size_t level = progress_.level();
        const auto features = trunk_->forward(latents, level);
        Tensor picture = colours(level, features[level]);
        if (progress_.fading())
            picture = torch::lerp(progan::enlarged(colours(level - 1, features[level - 1])),
                                  picture, progress_.fade());
        return {finished(picture, is_training())};
    }

  private:
    Tensor colours(std::size_t level, const Tensor& x) {
        return colours_->ptr(level)->as<nn::EqualisedConv2d>()->forward(x);
    }
    Progress progress_;
    progan::Trunk trunk_{nullptr};
    tnn::ModuleList colours_;
};

class ProganDiscriminator : public Discriminator {
  public:
    ProganDiscriminator(const NetworkShape& shape, std::int64_t width) : progress_(shape) {
        for (std::int64_t size = 4; size <= shape.size; size *= 2) {
            const auto channels = channels_at(size, width);
            colours_->push_back(progan::from_colours(shape.channels, channels));
            if (size > 4)
                blocks_->push_back(progan::HalvingBlock(channels, channels_at(size / 2, width)));
        }
        register_module("colours", colours_);
        register_module("blocks", blocks_);
        verdict_ = register_module("verdict", progan::Verdict(channels_at(4, width)));
    }
    void set_growth(const Growth& growth) override { progress_.set(growth); }
    std::vector<std::int64_t> scales() const override { return {progress_.size()}; }

    Tensor forward(const Pyramid& pictures, const Tensor&) override {
        Tensor x = colours(progress_.level(), pictures[0]);
        for (std::size_t level = progress_.level(); level > 0; --level) {
            x = blocks_->ptr(level - 1)->as<progan::HalvingBlock>()->forward(x);
            if (level == progress_.level() && progress_.fading())
                x = torch::lerp(colours(level - 1, progan::reduced(pictures[0])), x,
                                progress_.fade());
        }
        return verdict_->forward(x);
    }

  private:
    Tensor colours(std::size_t level, const Tensor& x) {
        return progan::activate(colours_->ptr(level)->as<nn::EqualisedConv2d>()->forward(x));
    }
    Progress progress_;
    tnn::ModuleList colours_, blocks_;
    progan::Verdict verdict_{nullptr};
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet& params,
                           torch::Generator random) {
    auto network = std::make_shared<Network>(shape, params.get(kWidth));
    nn::init_equalised(*network, std::move(random));
    return network;
}

const std::vector<int> kSizes = {32, 64, 128, 256};

const bool kRegistered = architecture_registry().add(
    {.entry = {"progan", "ProGAN (growing)",
               "Begins with 4 px and adds one size after another while it trains, each blended in "
               "gently: first the colours, then the outline, then detail. Early steps are very "
               "quick.",
               "Karras et al. 2017, Progressive Growing of GANs for Improved Quality, Stability, "
               "and Variation, arXiv:1710.10196",
               kSizes},
     .params = Schema().add(kWidth).add(kFadeKimg).add(kStableKimg),
     .make_generator = make<ProganGenerator, Generator>,
     .make_discriminator = make<ProganDiscriminator, Discriminator>,
     .growth = growth});

const bool kFamily = family_registry().add(
    {.entry = {"progan", "ProGAN",
               "Grows from 4 px to the full size while it trains, judged by a critic with a "
               "gradient penalty. Nice to watch: one sees the picture come into focus.",
               "Karras et al. 2017, Progressive Growing of GANs for Improved Quality, Stability, "
               "and Variation, arXiv:1710.10196",
               kSizes},
     .arch = "progan",
     .published = {{"loss", "wasserstein"},
                   {"latent", "512"},
                   {"width", "64"},
                   {"grow_fade_kimg", "600"},
                   {"grow_stable_kimg", "600"},
                   {"batch", "16"},
                   {"steps", "750000"},
                   {"lr_g", "1e-3"},
                   {"lr_d", "1e-3"},
                   {"beta1", "0"},
                   {"beta2", "0.99"},
                   {"gp_weight", "10"},
                   {"drift_weight", "0.001"},
                   {"ema_decay", "0.999"},
                   {"sample_every", "1000"}},
     .small = {{"size", "32"},
               {"width", "4"},
               {"latent", "64"},
               {"steps", "5000"},
               {"flips", "true"},
               {"grow_fade_kimg", "8"},
               {"grow_stable_kimg", "8"},
               {"ema_decay", "0.995"},
               {"sample_every", "200"}},
     .expect = "Grows to 8 px from step 500, to 16 px from 1,500 and to 32 px from 2,500; each "
               "size fades in over 500 steps."});

}  // namespace
}  // namespace pentimento::gan::progan
