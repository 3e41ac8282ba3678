// Path length regularisation: a step in W shall change the picture by the same amount everywhere.
// Karras et al. 2019 (arXiv:1912.04958), equation 4.
#include <cmath>

#include "core/gan/registry.h"
#include "core/tensor/random.h"

namespace pentimento::gan::path_length {
namespace {

using torch::Tensor;

constexpr double kDecay = 0.01;  // of the running mean

Tensor penalty(const RegulariserInput& in) {
    auto& generator = dynamic_cast<StyleGenerator&>(in.generator);
    // Half of the batch is enough (appendix B) and halves the cost.
    const std::int64_t count = std::max<std::int64_t>(1, in.latents.size(0) / 2);
    const Tensor labels =
        in.latent_labels.defined() ? in.latent_labels.narrow(0, 0, count) : Tensor();
    const Tensor styles = generator.map(in.latents.narrow(0, 0, count), labels);
    const Tensor picture = generator.synthesise(styles)[0];
    // Jᵀy is the gradient of ⟨picture, y⟩; y ~ N(0, 1) scaled by the picture's extent.
    const Tensor y = torch::randn(picture.sizes(), in.random, tensor::drawn_by(in.random))
                         .to(picture.options())
                         .div(std::sqrt(static_cast<double>(picture.size(2) * picture.size(3))));
    const Tensor slope = torch::autograd::grad({(picture * y).sum()}, {styles}, {},
                                               /*retain_graph=*/true, /*create_graph=*/true)[0];
    const Tensor length = slope.square().sum(2).mean(1).sqrt();
    {
        torch::NoGradGuard no_grad;
        generator.path_length_mean.lerp_(length.detach().mean(), kDecay);
    }
    return (length - generator.path_length_mean.detach().clone()).square().mean();
}

std::string refuses(const Architecture& architecture) {
    if (architecture.entry.styled) return {};
    return "path length regularisation needs a generator with intermediate latents, such as "
           "StyleGAN2";
}

const bool kRegistered = regulariser_registry().add(
    {.entry = {"path_length", "Path length",
               "Asks that equal steps in the generator's latent space change the picture equally "
               "much, which makes walks smooth and projection easier.",
               "Karras et al. 2019, Analyzing and Improving the Image Quality of StyleGAN, "
               "arXiv:1912.04958, equation 4"},
     .player = Player::Generator,
     .weight = Param<double>("path_length_weight", 0)
                   .label("Path length")
                   .help("Weight of the path length penalty. 2 is the paper's; 0 is off.")
                   .range(0, 100)
                   .step(0.5)
                   .live(),
     .every = Param<std::int64_t>("path_length_every", 4)
                  .label("Path length every")
                  .help("Computes the penalty at every n-th step and counts it n times.")
                  .unit("steps")
                  .range(1, 64)
                  .live()
                  .advanced(),
     .penalty = penalty,
     .refuses = refuses});

}  // namespace
}  // namespace pentimento::gan::path_length
