// DCGAN: Radford, Metz, Chintala 2015 (arXiv:1511.06434), with the odd 28 px net of the lesson's
// notebook.
#include "core/gan/arch/shared_params.h"
#include "core/gan/registry.h"
#include "core/nn/init.h"
#include "core/nn/layers.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

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
    DcganDiscriminator(const NetworkShape& shape, int width) {
        block(shape.channels, width, /*norm=*/false);
        int channels = width;
        // 28 px halve to 14, 7 and 3; powers of two go down to 4.
        const int norm_blocks = shape.size == 28 ? 2 : doublings(shape.size) - 1;
        for (int i = 0; i < norm_blocks; ++i, channels *= 2)
            block(channels, 2 * channels, /*norm=*/true);
        const bool odd = shape.size == 28;
        layers_->push_back(tnn::Conv2d(tnn::Conv2dOptions(channels, 1, 4)
                                           .stride(odd ? 2 : 1)
                                           .padding(odd ? 1 : 0)
                                           .bias(false)));
        register_module("layers", layers_);
    }
    Tensor forward(const Pyramid& pictures, const Tensor&) override {
        return layers_->forward(pictures[0]).flatten();
    }

  private:
    void block(int in, int out, bool norm) {
        layers_->push_back(
            tnn::Conv2d(tnn::Conv2dOptions(in, out, 4).stride(2).padding(1).bias(false)));
        if (norm) layers_->push_back(tnn::BatchNorm2d(out));
        layers_->push_back(
            tnn::LeakyReLU(tnn::LeakyReLUOptions().negative_slope(.2).inplace(true)));
    }
    tnn::Sequential layers_;
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet& params,
                           torch::Generator random) {
    auto network = std::make_shared<Network>(shape, static_cast<int>(params.get(kWidth)));
    nn::init_dcgan(*network, std::move(random));
    return network;
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
     Schema().add(kWidth),
     make<DcganGenerator, Generator>,
     make<DcganDiscriminator, Discriminator>});

}  // namespace
}  // namespace pentimento::gan
