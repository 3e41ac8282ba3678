// Penalties through the networks they are used with: second derivatives against finite differences,
// in double precision.
#include "toy.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

struct Case {
    const char* arch;
    const char* regulariser;
    Growth growth = {};
};
void PrintTo(const Case& c, std::ostream* out) {
    *out << c.arch << " " << c.regulariser << " " << c.growth.size;
}

class Penalties : public testing::TestWithParam<Case> {
  protected:
    void SetUp() override {
        torch::set_num_threads(1);  // such networks gain nothing from more
        const auto [arch, id, growth] = GetParam();
        const auto params = params_with(with(small(arch, 32, 3), {{"width", "4"}}));
        const NetworkShape shape = shape_from(params);
        const auto& architecture = *architecture_registry().find(arch);
        generator_ = architecture.make_generator(shape, params, seeded(1));
        discriminator_ = architecture.make_discriminator(shape, params, seeded(2));
        generator_->to(torch::kFloat64);
        discriminator_->to(torch::kFloat64);
        if (growth.size > 0) {
            generator_->set_growth(growth);
            discriminator_->set_growth(growth);
        }
        regulariser_ = regulariser_registry().find(id);
        latents_ = torch::randn({4, shape.latent}, seeded(3), torch::kFloat64);
        generator_->set_random(seeded(4));
        torch::NoGradGuard no_grad;
        made_ = generator_->forward(latents_, {});
        for (const Tensor& scale : made_)
            real_.push_back(torch::randn(scale.sizes(), seeded(5), torch::kFloat64).tanh());
    }
    static torch::Generator seeded(std::uint64_t seed) {
        return at::detail::createCPUGenerator(seed);
    }
    torch::nn::Module& penalised() {
        if (regulariser_->player == Player::Generator) return *generator_;
        return *discriminator_;
    }

    Tensor penalty() {
        Pyramid reals, fakes;
        Tensor on_reals, on_fakes;
        if (regulariser_->player == Player::Discriminator) {
            for (std::size_t i = 0; i < made_.size(); ++i) {
                reals.push_back(real_[i].clone().requires_grad_());
                fakes.push_back(made_[i].clone().requires_grad_());
            }
            on_reals = discriminator_->forward(reals, {});
            on_fakes = discriminator_->forward(fakes, {});
        } else {
            generator_->set_random(seeded(6));
            // The penalty moves it.
            dynamic_cast<StyleGenerator&>(*generator_).path_length_mean.fill_(0.5);
        }
        return regulariser_->penalty({*generator_,
                                      *discriminator_,
                                      reals,
                                      fakes,
                                      on_reals,
                                      on_fakes,
                                      {},
                                      latents_,
                                      {},
                                      seeded(7)});
    }

    std::shared_ptr<Generator> generator_;
    std::shared_ptr<Discriminator> discriminator_;
    const Regulariser* regulariser_ = nullptr;
    Tensor latents_;
    Pyramid made_, real_;
};

TEST_P(Penalties, TheirGradientByTheWeightsIsTheirSlope) {
    const Tensor value = penalty();
    ASSERT_TRUE(std::isfinite(value.item<double>()));
    ASSERT_GT(value.item<double>(), 0.0);
    value.backward();
    // Along a random direction in each weight tensor.
    const auto parameters = penalised().parameters();
    std::vector<Tensor> directions;
    std::vector<double> slopes;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        directions.push_back(torch::randn(parameters[i].sizes(), seeded(100 + i), torch::kFloat64));
        const Tensor gradient = parameters[i].grad();
        slopes.push_back(gradient.defined() ? (gradient * directions[i]).sum().item<double>() : 0);
    }
    // So small that hardly any activation changes side within it: LeakyReLU bends there.
    constexpr double kStep = 1e-8;
    const auto move = [&](std::size_t i, double by) {
        torch::NoGradGuard no_grad;
        Tensor parameter = parameters[i];
        parameter.add_(directions[i], by);
    };
    // The path length penalty moves the mean that it compares with by a hundredth.
    const double tolerance = regulariser_->player == Player::Generator ? 0.02 : 1e-3;
    double largest = 0;
    for (const double slope : slopes) largest = std::max(largest, std::abs(slope));
    ASSERT_GT(largest, 0.0);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        move(i, kStep);
        const double above = penalty().item<double>();
        move(i, -2 * kStep);
        const double below = penalty().item<double>();
        move(i, kStep);
        EXPECT_NEAR(slopes[i], (above - below) / (2 * kStep), tolerance * largest)
            << penalised().named_parameters()[i].key();
    }
}

INSTANTIATE_TEST_SUITE_P(All, Penalties,
                         testing::Values(Case{"stylegan2", "r1"}, Case{"stylegan2", "path_length"},
                                         Case{"progan", "gradient_penalty", {16, 0.5}},
                                         Case{"progan", "gradient_penalty", {32, 1}},
                                         Case{"progan", "drift", {32, 1}}, Case{"msggan", "r1"},
                                         Case{"msggan", "r2"}, Case{"msggan", "gradient_penalty"}));

TEST(PathLength, IsTheLengthOfTheJacobianTimesNoise) {
    // One style direction at a time: ‖Jᵀy‖ from differences of pictures.
    const auto params =
        params_with(with(small("stylegan2", 32, 1), {{"width", "4"}, {"latent", "4"}}));
    const auto made =
        architecture_registry()
            .find("stylegan2")
            ->make_generator(shape_from(params), params, at::detail::createCPUGenerator(1));
    auto& g = dynamic_cast<StyleGenerator&>(*made);
    g.to(torch::kFloat64);
    const auto seeded = [](std::uint64_t seed) { return at::detail::createCPUGenerator(seed); };
    const Tensor latents = torch::randn({2, 4}, seeded(2), torch::kFloat64);
    const Regulariser& penalty = *regulariser_registry().find("path_length");
    g.path_length_mean.fill_(0);
    g.set_random(seeded(3));
    const auto d = architecture_registry()
                       .find("stylegan2")
                       ->make_discriminator(shape_from(params), params, seeded(4));
    const double value =
        penalty.penalty({g, *d, {}, {}, {}, {}, {}, latents, {}, seeded(5)}).item<double>();

    torch::NoGradGuard no_grad;
    const Tensor styles = g.map(latents.narrow(0, 0, 1), {}).contiguous();
    const auto project = [&](const Tensor& at) {
        g.set_random(seeded(3));
        const Tensor picture = g.synthesise(at)[0];
        const Tensor y =
            torch::randn(picture.sizes(), seeded(5), torch::kFloat32).to(torch::kFloat64);
        return ((picture * y).sum() / 32).item<double>();
    };
    double squares = 0;
    for (std::int64_t layer = 0; layer < styles.size(1); ++layer)
        for (std::int64_t i = 0; i < 4; ++i) {
            const auto at = [&](double by) {
                Tensor moved = styles.clone();
                moved[0][layer][i] += by;
                return project(moved);
            };
            const double slope = (at(1e-6) - at(-1e-6)) / 2e-6;
            squares += slope * slope;
        }
    const double length = std::sqrt(squares / static_cast<double>(styles.size(1)));
    // The mean of the lengths has moved from 0 towards this one by a hundredth.
    EXPECT_NEAR(value, std::pow(0.99 * length, 2), 1e-4 * value);
}

}  // namespace
}  // namespace pentimento::gan
