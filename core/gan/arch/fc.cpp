// Fully connected generator and discriminator, the lesson's first GAN.
#include "core/gan/registry.h"
#include "core/nn/init.h"

namespace pentimento::gan {
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
    Tensor forward(const Tensor& latents) override {
        return layers_->forward(latents).view({-1, shape_.channels, shape_.size, shape_.size});
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
    Tensor forward(const Tensor& pictures) override {
        return layers_->forward(pictures.flatten(1)).flatten();
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
    {{"fc",
      "Fully connected",
      "Every pixel is computed from every number of the layer before; the network does not know "
      "that neighbouring "
      "pixels belong together. Small, fast and good to learn from; pictures stay grainy above 32 "
      "px.",
      "Goodfellow et al. 2014, Generative Adversarial Networks, arXiv:1406.2661",
      {28, 32, 64, 128}},
     Schema(),
     make<FcGenerator, Generator>,
     make<FcDiscriminator, Discriminator>});

}  // namespace
}  // namespace pentimento::gan
