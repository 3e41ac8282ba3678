// MSG-GAN, multi-scale gradients: Karnewar and Wang 2019 (arXiv:1903.06048), built on ProGAN's
// blocks.
#include "core/gan/arch/progan_blocks.h"
#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/init.h"

namespace pentimento::gan::msggan {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

/// Colours at every level.
class MsgGenerator : public Generator {
  public:
    MsgGenerator(const NetworkShape& shape, std::int64_t width) {
        trunk_ = register_module("trunk", progan::Trunk(shape, width));
        for (std::int64_t size = 4; size <= shape.size; size *= 2)
            colours_->push_back(progan::to_colours(channels_at(size, width), shape.channels));
        register_module("colours", colours_);
    }
    Pyramid forward(const Tensor& latents, const Tensor&) override {
        const auto features = trunk_->forward(latents, colours_->size() - 1);
        Pyramid pictures;
        for (std::size_t level = colours_->size(); level-- > 0;)
            pictures.push_back(
                finished(colours_->ptr(level)->as<nn::EqualisedConv2d>()->forward(features[level]),
                         is_training()));
        return pictures;
    }

  private:
    progan::Trunk trunk_{nullptr};
    tnn::ModuleList colours_;
};

/// Each size's picture is put beside the features that come down to it (the paper's φ_simple), and
/// each block sees how much the batch varies.
class MsgDiscriminator : public Discriminator {
  public:
    MsgDiscriminator(const NetworkShape& shape, std::int64_t width) {
        colours_ = register_module(
            "colours", progan::from_colours(shape.channels, channels_at(shape.size, width)));
        for (std::int64_t size = shape.size; size > 4; size /= 2) {
            // The largest picture comes as features, the others as they are.
            const int joined = size == shape.size ? 0 : shape.channels;
            blocks_->push_back(progan::HalvingBlock(channels_at(size, width),
                                                    channels_at(size / 2, width), joined + 1));
            scales_.push_back(size);
        }
        scales_.push_back(4);
        register_module("blocks", blocks_);
        verdict_ =
            register_module("verdict", progan::Verdict(channels_at(4, width), shape.channels));
    }
    std::vector<std::int64_t> scales() const override { return scales_; }

    Tensor forward(const Pyramid& pictures, const Tensor&) override {
        TORCH_CHECK(pictures.size() == scales_.size(), "MSG-GAN's discriminator wants ",
                    scales_.size(), " scales, not ", pictures.size());
        Tensor x = progan::activate(colours_->forward(pictures[0]));
        for (std::size_t i = 0; i < blocks_->size(); ++i) {
            x = blocks_->ptr(i)->as<progan::HalvingBlock>()->forward(nn::minibatch_stddev(x));
            x = torch::cat({pictures[i + 1], x}, 1);
        }
        return verdict_->forward(x);
    }

  private:
    std::vector<std::int64_t> scales_;
    nn::EqualisedConv2d colours_{nullptr};
    tnn::ModuleList blocks_;
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
    {.entry = {"msggan", "MSG-GAN (multi-scale)",
               "Makes the picture at every size at once, and the discriminator looks at all of "
               "them together: it can correct the outline and the detail at the same time. As "
               "steady as growing, without its timetable.",
               "Karnewar, Wang 2019, MSG-GAN: Multi-Scale Gradients for Generative Adversarial "
               "Networks, arXiv:1903.06048",
               kSizes},
     .params = Schema().add(kWidth),
     .make_generator = make<MsgGenerator, Generator>,
     .make_discriminator = make<MsgDiscriminator, Discriminator>});

// Adam without a first moment is RMSprop, which the paper names, with corrected beginnings.
const bool kFamily = family_registry().add(
    {.entry = {"msggan", "MSG-GAN",
               "All sizes from 4 px up are made and judged at once, and real pictures are compared "
               "with made ones rather than called true or false. Hard to break.",
               "Karnewar, Wang 2019, MSG-GAN: Multi-Scale Gradients for Generative Adversarial "
               "Networks, arXiv:1903.06048",
               kSizes},
     .arch = "msggan",
     .published = {{"loss", "relativistic_average"},
                   {"latent", "512"},
                   {"width", "64"},
                   {"batch", "16"},
                   {"steps", "750000"},
                   {"lr_g", "3e-3"},
                   {"lr_d", "3e-3"},
                   {"beta1", "0"},
                   {"beta2", "0.99"},
                   {"ema_decay", "0.999"},
                   {"sample_every", "1000"}},
     .small = {{"size", "32"},
               {"width", "4"},
               {"latent", "64"},
               {"steps", "4000"},
               {"flips", "true"},
               {"ema_decay", "0.995"},
               {"sample_every", "200"}},
     .expect = "4,000 steps, each about 0.2 s of work for one processor."});

}  // namespace
}  // namespace pentimento::gan::msggan
