// DCGAN: Radford, Metz, Chintala 2015 (arXiv:1511.06434), with the odd 28 px net of the lesson's
// notebook.
#include "core/gan/arch/batch_norm_check.h"
#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/equalised.h"
#include "core/nn/init.h"
#include "core/nn/layers.h"
#include "core/nn/spectral_norm.h"

namespace pentimento::gan::dcgan {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

const Param<std::string> kNormD =
    Param<std::string>("norm_d", "batch")
        .label("Discriminator's normalisation")
        .help(
            "How the discriminator's layers are kept at a sound scale. Batch norm is the paper's; "
            "the others judge each picture by itself, which penalties on the slope need.")
        .group("Model")
        .choice("batch", "Batch norm", "By the mean and spread over the batch, as in the paper")
        .choice("spectral", "Spectral", "No layer may stretch anything; calm, with any loss")
        .choice("layer", "Layer norm", "By the mean and spread within each picture")
        .choice("none", "None", "For the gradient penalty of WGAN-GP");
const Param<bool> kMinibatchStddev =
    Param<bool>("minibatch_stddev", false)
        .label("Show variety to the discriminator")
        .help(
            "Tells the discriminator how much the pictures of a batch differ (minibatch standard "
            "deviation), so that a generator that always makes the same is found out.")
        .group("Model")
        .advanced();

/// latent×1×1 → 4×4 → … → C×S×S. Channels halve as the picture doubles; the last but one layer has
/// `width`.
class DcganGenerator : public Generator {
  public:
    DcganGenerator(const NetworkShape& shape, int width) {
        if (shape.size == 28)
            build_28(shape, width);
        else
            build(shape, width);
        layers_->push_back(tnn::Tanh());
        register_module("layers", layers_);
    }
    Pyramid forward(const Tensor& latents, const Tensor&) override {
        return {layers_->forward(latents.view({latents.size(0), latents.size(1), 1, 1}))};
    }

  private:
    void build(const NetworkShape& shape, int width) {
        int in = shape.latent;
        int out = width << (doublings(shape.size) - 1);
        block(in, out, 4, {1, 0, 0});
        for (; out > width; out /= 2) block(out, out / 2, 4, {2, 1, 0});
        layers_->push_back(
            nn::ConvTranspose2d(width, shape.channels, 4, tensor::ConvTransposeGeometry{2, 1, 0}));
    }
    /// 1 → 3 → 7 → 15 → 28 px.
    void build_28(const NetworkShape& shape, int width) {
        block(shape.latent, 4 * width, 3, {2, 0, 0});
        block(4 * width, 2 * width, 3, {2, 0, 0});
        block(2 * width, width, 3, {2, 0, 0});
        layers_->push_back(
            nn::ConvTranspose2d(width, shape.channels, 3, tensor::ConvTransposeGeometry{2, 2, 1}));
    }
    void block(int in, int out, int kernel, tensor::ConvTransposeGeometry geometry) {
        layers_->push_back(nn::ConvTranspose2d(in, out, kernel, geometry));
        layers_->push_back(tnn::BatchNorm2d(out));
        layers_->push_back(tnn::ReLU(tnn::ReLUOptions(true)));
    }
    tnn::Sequential layers_;
};

/// C×S×S → … → one logit; the mirror image of the generator.
class DcganDiscriminator : public Discriminator {
  public:
    DcganDiscriminator(const NetworkShape& shape, int width, std::string norm, bool stddev)
        : norm_(std::move(norm)) {
        convolution(shape.channels, width, {.stride = 2, .padding = 1});
        leaky_relu();
        int channels = width;
        // 28 px halve to 14, 7 and 3; powers of two go down to 4.
        const bool odd = shape.size == 28;
        const int norm_blocks = odd ? 2 : doublings(shape.size) - 1;
        for (int i = 0; i < norm_blocks; ++i, channels *= 2) {
            convolution(channels, 2 * channels, {.stride = 2, .padding = 1});
            if (norm_ == "batch") layers_->push_back(tnn::BatchNorm2d(2 * channels));
            if (norm_ == "layer")
                layers_->push_back(tnn::GroupNorm(tnn::GroupNormOptions(1, 2 * channels)));
            leaky_relu();
        }
        if (stddev)
            layers_->push_back(
                tnn::Functional([](const Tensor& x) { return nn::minibatch_stddev(x); }));
        convolution(channels + (stddev ? 1 : 0), 1,
                    {.stride = odd ? 2 : 1, .padding = odd ? 1 : 0});
        register_module("layers", layers_);
    }
    Tensor forward(const Pyramid& pictures, const Tensor&) override {
        return layers_->forward(pictures[0]).flatten();
    }

  private:
    /// 4×4. Shifts come from the norms, or from biases where there are none.
    void convolution(int in, int out, nn::SpectralConv2dImpl::Options options) {
        options.bias = norm_ == "spectral" || norm_ == "none";
        if (norm_ == "spectral")
            layers_->push_back(nn::SpectralConv2d(in, out, 4, options));
        else
            layers_->push_back(tnn::Conv2d(tnn::Conv2dOptions(in, out, 4)
                                               .stride(options.stride)
                                               .padding(options.padding)
                                               .bias(options.bias)));
    }
    void leaky_relu() {
        layers_->push_back(
            tnn::LeakyReLU(tnn::LeakyReLUOptions().negative_slope(.2).inplace(true)));
    }
    std::string norm_;
    tnn::Sequential layers_;
};

std::shared_ptr<Generator> make_generator(const NetworkShape& shape, const ParamSet& params,
                                          torch::Generator random) {
    auto network = std::make_shared<DcganGenerator>(shape, static_cast<int>(params.get(kWidth)));
    nn::init_dcgan(*network, std::move(random));
    return network;
}

std::shared_ptr<Discriminator> make_discriminator(const NetworkShape& shape, const ParamSet& params,
                                                  torch::Generator random) {
    const std::string& norm = params.get(kNormD);
    auto network = std::make_shared<DcganDiscriminator>(shape, static_cast<int>(params.get(kWidth)),
                                                        norm, params.get(kMinibatchStddev));
    if (norm == "batch")
        nn::init_dcgan(*network, std::move(random));
    else
        nn::init_normal(*network, 0.02, std::move(random));
    return network;
}

std::string refuses(const ParamSet& params) {
    if (params.get(kNormD) != "batch") return {};
    return refuses_gradient_penalty(
        params, "choose \"None\" or \"Layer norm\" as the discriminator's normalisation");
}

const bool kRegistered = architecture_registry().add(
    {{"dcgan",
      "DCGAN (convolutional)",
      "Convolutions build the picture from coarse to fine, doubling its size at every layer. The "
      "classic that "
      "made GANs reliable, and the best choice here for almost any picture.",
      "Radford, Metz, Chintala 2015, Unsupervised Representation Learning with Deep Convolutional "
      "Generative "
      "Adversarial Networks, arXiv:1511.06434",
      {28, 32, 64, 128}},
     Schema().add(kWidth).add(kNormD).add(kMinibatchStddev),
     make_generator,
     make_discriminator,
     {},
     refuses});

}  // namespace
}  // namespace pentimento::gan::dcgan
