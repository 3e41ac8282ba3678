// Fully connected generator and discriminator, the lesson's first GAN.
#include "core/gan/registry.h"
#include "core/nn/init.h"

namespace pentimento::gan::fc {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

/// latent → 256 → 512 → 1024 → C·S·S.
class FcGenerator : public Generator {
  public:
    explicit FcGenerator(const NetworkShape& shape) : shape_(shape) {
        int width = shape.latent;
        for (const int next : {256, 512, 1024}) {
            layers_->push_back(tnn::Linear(width, next));
            layers_->push_back(tnn::BatchNorm1d(next));
            layers_->push_back(
                tnn::LeakyReLU(tnn::LeakyReLUOptions().negative_slope(.2).inplace(true)));
            width = next;
        }
        layers_->push_back(tnn::Linear(width, shape.channels * shape.size * shape.size));
        layers_->push_back(tnn::Tanh());
        register_module("layers", layers_);
    }
    Pyramid forward(const Tensor& latents, const Tensor&) override {
        return {layers_->forward(latents).view({-1, shape_.channels, shape_.size, shape_.size})};
    }

  private:
    NetworkShape shape_;
    tnn::Sequential layers_;
};

/// C·S·S → 512 → 256 → 1.
class FcDiscriminator : public Discriminator {
  public:
    explicit FcDiscriminator(const NetworkShape& shape) {
        int width = shape.channels * shape.size * shape.size;
        for (const int next : {512, 256}) {
            layers_->push_back(tnn::Linear(width, next));
            layers_->push_back(
                tnn::LeakyReLU(tnn::LeakyReLUOptions().negative_slope(.2).inplace(true)));
            width = next;
        }
        layers_->push_back(tnn::Linear(width, 1));
        register_module("layers", layers_);
    }
    Tensor forward(const Pyramid& pictures, const Tensor&) override {
        return layers_->forward(pictures[0].flatten(1)).flatten();
    }

  private:
    tnn::Sequential layers_;
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet&, torch::Generator random) {
    auto network = std::make_shared<Network>(shape);
    nn::init_fan_in(*network, std::move(random));
    return network;
}

const bool kRegistered = architecture_registry().add(
    {.entry = {"fc", "Fully connected",
               "Every pixel is computed from every number of the layer before; the network does "
               "not know that neighbouring pixels belong together. Small, fast and good to learn "
               "from; pictures stay grainy above 32 px.",
               "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661",
               {28, 32, 64, 128}},
     .make_generator = make<FcGenerator, Generator>,
     .make_discriminator = make<FcDiscriminator, Discriminator>});

const bool kFamily = family_registry().add(
    {.entry = {"fc", "Fully connected GAN",
               "The first GANs: two plain dense networks, a forger and a detective. It trains in a "
               "minute and shows the whole idea, but each pixel stands alone, so pictures are "
               "grainy.",
               "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661",
               {28, 32, 64, 128}},
     .arch = "fc",
     .published = {{"loss", "bce"},
                   {"latent", "100"},
                   {"batch", "256"},
                   {"lr_g", "2e-4"},
                   {"lr_d", "2e-4"},
                   {"beta1", "0.5"},
                   {"beta2", "0.999"},
                   {"weight_decay", "8e-9"},
                   {"steps", "23500"}},
     .small = {{"batch", "64"}, {"steps", "6000"}, {"ema_decay", "0.995"}},
     .expect = "Blobs of colour within seconds, rough shapes after a few minutes; always grainy."});

}  // namespace
}  // namespace pentimento::gan::fc
