// The networks of the lesson in its TensorFlow form, 28 px: upsampling and convolutions, and a
// discriminator with dropout. After Radford et al. 2015 (arXiv:1511.06434), as often taught.
#include "core/gan/registry.h"
#include "core/nn/conditional.h"
#include "core/nn/init.h"

namespace pentimento::gan::lesson_tf {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

constexpr double kSlope = .2;
constexpr double kDropout = .25;

/// TensorFlow's defaults; its momentum .8 is what the old average keeps, ours what the new value
/// brings.
tnn::BatchNorm2d norm(std::int64_t channels) {
    return tnn::BatchNorm2d(tnn::BatchNorm2dOptions(channels).eps(1e-3).momentum(.2));
}

tnn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t stride) {
    return tnn::Conv2d(tnn::Conv2dOptions(in, out, 3).stride(stride).padding(stride == 1 ? 1 : 0));
}

/// latent → 128×7×7 → 128×14×14 → 64×28×28 → C×28×28; 856,193 numbers with the averages of the
/// norms, for a latent of 100 and grey pictures.
class LessonGenerator : public Generator {
  public:
    explicit LessonGenerator(const NetworkShape& shape) {
        first_ = register_module("first", tnn::Linear(shape.latent, 128 * 7 * 7));
        conv1_ = register_module("conv1", convolution(128, 128, 1));
        norm1_ = register_module("norm1", norm(128));
        conv2_ = register_module("conv2", convolution(128, 64, 1));
        norm2_ = register_module("norm2", norm(64));
        last_ = register_module("last", convolution(64, shape.channels, 1));
    }
    Pyramid forward(const Tensor& latents, const Tensor&) override {
        Tensor x = first_->forward(latents).relu().view({-1, 128, 7, 7});
        x = norm1_->forward(conv1_->forward(at::upsample_nearest2d(x, {14, 14}))).relu();
        x = norm2_->forward(conv2_->forward(at::upsample_nearest2d(x, {28, 28}))).relu();
        return {last_->forward(x).tanh()};
    }

  private:
    tnn::Linear first_{nullptr};
    tnn::Conv2d conv1_{nullptr}, conv2_{nullptr}, last_{nullptr};
    tnn::BatchNorm2d norm1_{nullptr}, norm2_{nullptr};
};

/// C×28×28 → 32×14×14 → 64×8×8 → 128×4×4 → 256×4×4 → one logit.
class LessonDiscriminator : public Discriminator {
  public:
    explicit LessonDiscriminator(const NetworkShape& shape) {
        std::int64_t in = shape.channels;
        for (const std::int64_t out : {32, 64, 128, 256}) {
            convolutions_->push_back(convolution(in, out, out < 256 ? 2 : 1));
            if (out > 32) norms_->push_back(norm(out));
            in = out;
        }
        register_module("convolutions", convolutions_);
        register_module("norms", norms_);
        dropout_ = register_module("dropout", nn::Dropout(kDropout));
        last_ = register_module("last", tnn::Linear(256 * 4 * 4, 1));
    }
    Tensor forward(const Pyramid& pictures, const Tensor&) override {
        Tensor x = pictures[0];
        for (std::size_t i = 0; i < convolutions_->size(); ++i) {
            // TensorFlow pads the far sides only when a stride halves an even picture …
            if (i < 3) x = at::constant_pad_nd(x, {0, 1, 0, 1});
            x = (*convolutions_)[i]->as<tnn::Conv2d>()->forward(x);
            // … and the lesson brings 7 px to 8.
            if (i == 1) x = at::constant_pad_nd(x, {0, 1, 0, 1});
            if (i > 0) x = (*norms_)[i - 1]->as<tnn::BatchNorm2d>()->forward(x);
            x = dropout_->forward(at::leaky_relu(x, kSlope), random_);
        }
        return last_->forward(x.flatten(1)).flatten();
    }

  private:
    tnn::ModuleList convolutions_, norms_;
    nn::Dropout dropout_{nullptr};
    tnn::Linear last_{nullptr};
};

template <class Network, class Base>
std::shared_ptr<Base> make(const NetworkShape& shape, const ParamSet&, torch::Generator random) {
    auto network = std::make_shared<Network>(shape);
    nn::init_xavier_uniform(*network, 1, std::move(random));
    return network;
}

const bool kRegistered = architecture_registry().add(
    {.entry = {"lesson_tf",
               "Lesson's TensorFlow networks",
               "The lesson's second form: the generator doubles small pictures and smooths them "
               "with convolutions; the discriminator forgets a quarter of what it sees at every "
               "layer (dropout), so that it stays modest. For 28 px.",
               "Radford, Metz, Chintala 2015, arXiv:1511.06434; lesson notebook in TensorFlow",
               {28}},
     .make_generator = make<LessonGenerator, Generator>,
     .make_discriminator = make<LessonDiscriminator, Discriminator>});

const bool kFamily = family_registry().add(
    {.entry = {"lesson_tf", "Lesson: TensorFlow networks on digits",
               "The lesson's TensorFlow notebook: upsampling instead of transposed convolutions, "
               "dropout in the discriminator, Adam with its usual β1 of 0.9 and small batches.",
               "Radford, Metz, Chintala 2015, arXiv:1511.06434; lesson notebook in TensorFlow"},
     .arch = "lesson_tf",
     .published = {{"loss", "bce"},
                   {"size", "28"},
                   {"channels", "1"},
                   {"latent", "100"},
                   {"batch", "32"},
                   {"lr_g", "1e-4"},
                   {"lr_d", "1e-4"},
                   {"beta1", "0.9"},
                   {"beta2", "0.999"},
                   {"average_d_loss", "true"},
                   {"ema_decay", "0"},
                   {"steps", "30000"},
                   {"sample_every", "500"}},
     .small = {{"batch", "16"},
               {"lr_g", "4e-4"},
               {"lr_d", "2e-4"},
               {"beta1", "0.5"},
               {"ema_decay", "0.995"},
               {"steps", "1500"},
               {"sample_every", "100"}},
     .expect = "Grey blobs at first; clothes or digits can be told apart after about three "
               "minutes."});

}  // namespace
}  // namespace pentimento::gan::lesson_tf
