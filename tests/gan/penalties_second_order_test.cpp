// Penalties on the discriminator's slope through the networks of the families: their gradients
// against finite differences, in double precision.
#include "core/nn/spectral_norm.h"
#include "toy.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

struct Case {
    const char* arch;
    const char* regulariser;
    Settings settings = {};
    int classes = 0;
};
void PrintTo(const Case& c, std::ostream* out) {
    *out << c.arch << " " << c.regulariser;
    for (const auto& [id, text] : c.settings) *out << " " << id << "=" << text;
    if (c.classes > 0) *out << " with classes";
}

torch::Generator seeded(std::uint64_t seed) {
    return at::detail::createCPUGenerator(seed);
}

class SecondOrder : public testing::TestWithParam<Case> {
  protected:
    void SetUp() override {
        const Case& c = GetParam();
        const Architecture& architecture = *architecture_registry().find(c.arch);
        auto params = params_with(with(with(small(c.arch, architecture.entry.sizes.front(), 3),
                                            {{"width", "4"}, {"latent", "8"}}),
                                       c.settings));
        NetworkShape shape = shape_from(params);
        if (c.arch == std::string("dcgan")) shape.size = 32;
        shape.classes = c.classes;
        generator_ = architecture.make_generator(shape, params, seeded(1));
        discriminator_ = architecture.make_discriminator(shape, params, seeded(2));
        generator_->to(torch::kFloat64);
        discriminator_->to(torch::kFloat64);
        // Power iterations would move the function between two looks at it.
        for (const auto& module : discriminator_->modules())
            if (module->as<nn::SpectralModule>() != nullptr) module->eval();
        torch::NoGradGuard no_grad;
        // Weights that begin at zero would hide what lies behind them.
        for (auto& parameter : discriminator_->parameters())
            parameter.add_(torch::randn(parameter.sizes(), seeded(3), torch::kFloat64), .05);
        std::vector<std::int64_t> sizes = discriminator_->scales();
        if (sizes.empty()) sizes = {shape.size};
        for (const std::int64_t size : sizes) {
            reals_.push_back(torch::randn({3, 3, size, size}, seeded(4), torch::kFloat64).tanh());
            fakes_.push_back(torch::randn({3, 3, size, size}, seeded(5), torch::kFloat64).tanh());
        }
        labels_ = labels_in_turn(3, c.classes);
    }
    Tensor penalty() {
        discriminator_->set_random(seeded(6));
        Pyramid reals, fakes;
        for (const Tensor& real : reals_) reals.push_back(real.clone().requires_grad_());
        for (const Tensor& fake : fakes_) fakes.push_back(fake.clone().requires_grad_());
        const Tensor on_reals = discriminator_->forward(reals, labels_);
        const Tensor on_fakes = discriminator_->forward(fakes, labels_);
        return regulariser_registry()
            .find(GetParam().regulariser)
            ->penalty({*generator_,
                       *discriminator_,
                       reals,
                       fakes,
                       on_reals,
                       on_fakes,
                       labels_,
                       {},
                       {},
                       seeded(7)});
    }
    std::shared_ptr<Generator> generator_;
    std::shared_ptr<Discriminator> discriminator_;
    Pyramid reals_, fakes_;
    Tensor labels_;
};

TEST_P(SecondOrder, GradientsOfPenaltiesEqualFiniteDifferences) {
    const Tensor value = penalty();
    EXPECT_GT(value.item<double>(), 0.0);
    auto parameters = discriminator_->parameters();
    const auto gradients = torch::autograd::grad({value}, parameters, {}, false, false,
                                                 /*allow_unused=*/true);
    // A step along the gradient changes the penalty by the gradient's length. Small enough that
    // next to no leaky ReLU turns over.
    torch::NoGradGuard no_grad;
    double squared = 0;
    for (const Tensor& gradient : gradients)
        if (gradient.defined()) squared += gradient.square().sum().item<double>();
    ASSERT_GT(squared, 0.0);
    const double step = 1e-7;
    const auto move = [&](double by) {
        for (std::size_t i = 0; i < parameters.size(); ++i)
            if (gradients[i].defined())
                parameters[i].add_(gradients[i], by * step / std::sqrt(squared));
    };
    const auto look = [&] {
        torch::AutoGradMode grad(true);
        return penalty().item<double>();
    };
    move(1);
    const double above = look();
    move(-2);
    const double below = look();
    EXPECT_NEAR((above - below) / (2 * step) / std::sqrt(squared), 1.0, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(
    Families, SecondOrder,
    testing::Values(Case{"dcgan", "r1"}, Case{"dcgan", "r2", {{"norm_d", "spectral"}}},
                    Case{"dcgan", "gradient_penalty", {{"norm_d", "none"}}},
                    Case{"dcgan", "gradient_penalty", {{"norm_d", "layer"}}},
                    Case{"dcgan", "r1", {{"norm_d", "layer"}, {"minibatch_stddev", "true"}}},
                    Case{"sngan", "r1"}, Case{"sngan", "gradient_penalty", {}, 3},
                    Case{"fastgan", "r1"}, Case{"fastgan", "r2"}, Case{"r3gan", "r1"},
                    Case{"r3gan", "r2", {}, 3}, Case{"r3gan", "gradient_penalty"},
                    Case{"lesson_tf", "r1"}));

}  // namespace
}  // namespace pentimento::gan
