// What every registered architecture and loss must hold to, whoever wrote it.
#include "toy.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

struct Combination {
    std::string arch;
    int size;
    int channels;
};

void PrintTo(const Combination& c, std::ostream* out) {
    *out << c.arch << " " << c.size << "px " << c.channels << "ch";
}

std::vector<Combination> combinations() {
    std::vector<Combination> all;
    for (const Entry& entry : architectures())
        for (const int size : entry.sizes)
            for (const int channels : {1, 3}) all.push_back({entry.id, size, channels});
    return all;
}

class Architectures : public testing::TestWithParam<Combination> {
  protected:
    ParamSet params_ = params_with(small(GetParam().arch, GetParam().size, GetParam().channels));
    const Architecture& architecture_ = *architecture_registry().find(GetParam().arch);
    torch::Generator random_ = at::detail::createCPUGenerator(5);
    NetworkShape shape_ = shape_from(params_);
};

TEST_P(Architectures, MakePicturesInRangeAndLogits) {
    const auto g = architecture_.make_generator(shape_, params_, random_);
    const auto d = architecture_.make_discriminator(shape_, params_, random_);
    g->set_random(random_);
    d->set_random(random_);
    const Pyramid made = g->forward(torch::randn({4, shape_.latent}), {});
    const Tensor pictures = made[0];
    const auto [arch, size, channels] = GetParam();
    ASSERT_EQ(pictures.sizes(), torch::IntArrayRef({4, channels, size, size}));
    EXPECT_LE(pictures.abs().max().item<double>(), 1.0);
    EXPECT_GT(pictures.std().item<double>(), 0.0);
    const Tensor logits = d->forward(made, {});
    ASSERT_EQ(logits.size(0), 4);
    EXPECT_TRUE(torch::isfinite(logits).all().item<bool>());
}

TEST_P(Architectures, GradientsReachEveryParameterAndAreFinite) {
    const auto g = architecture_.make_generator(shape_, params_, random_);
    const auto d = architecture_.make_discriminator(shape_, params_, random_);
    g->set_random(random_);
    d->set_random(random_);
    const Judgement judged = d->judge_reals(g->forward(torch::randn({4, shape_.latent}), {}), {});
    Tensor loss = torch::softplus(-judged.logits).mean();
    if (judged.auxiliary.defined()) loss = loss + judged.auxiliary;
    loss.backward();
    for (torch::nn::Module* network :
         {static_cast<torch::nn::Module*>(g.get()), static_cast<torch::nn::Module*>(d.get())})
        for (const auto& entry : network->named_parameters()) {
            ASSERT_TRUE(entry.value().grad().defined()) << entry.key();
            EXPECT_TRUE(torch::isfinite(entry.value().grad()).all().item<bool>()) << entry.key();
            EXPECT_GT(entry.value().grad().abs().max().item<double>(), 0.0) << entry.key();
        }
}

TEST_P(Architectures, SaveAndLoadBitForBit) {
    const auto [arch, size, channels] = GetParam();
    const auto data = stripes(size, channels, 8);
    const auto settings = with(small(arch, size, channels), {{"batch", "4"}});
    const auto trained = start(settings, data);
    step(*trained);
    const TemporaryDirectory dir;
    ASSERT_TRUE(trained->save(dir / ".").ok());
    const auto fresh = start(settings, data);
    EXPECT_FALSE(same(*trained, *fresh));
    const Status restored = fresh->restore(dir / ".");
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    EXPECT_TRUE(same(*trained, *fresh));
    EXPECT_EQ(fresh->steps_done(), 1);
}

INSTANTIATE_TEST_SUITE_P(All, Architectures, testing::ValuesIn(combinations()));

TEST(Registry, EveryEntrySaysWhatItIsAndWhereItComesFrom) {
    ASSERT_GE(architectures().size(), 2u);
    ASSERT_GE(losses().size(), 2u);
    auto all = architectures();
    for (const Entry& entry : losses()) all.push_back(entry);
    for (const Entry& entry : all) {
        EXPECT_FALSE(entry.label.empty()) << entry.id;
        EXPECT_GT(entry.help.size(), 60u) << entry.id;
        EXPECT_NE(entry.reference.find("arXiv:"), std::string::npos) << entry.id;
    }
}

TEST(Registry, ADuplicateIdThrows) {
    Registry<Loss> registry("loss");
    Loss loss;
    loss.entry.id = "mine";
    EXPECT_TRUE(registry.add(loss));
    EXPECT_THROW(registry.add(loss), std::logic_error);
    EXPECT_THROW(registry.add(Loss{}), std::logic_error);
    EXPECT_THROW(loss_registry().add(*loss_registry().find("bce")), std::logic_error);
    EXPECT_THROW(architecture_registry().add(*architecture_registry().find("fc")),
                 std::logic_error);
}

TEST(Registry, DcganHasThePublishedNumberOfParameters) {
    // The PyTorch DCGAN tutorial's networks: 64 px, 64 channels, latent 100, colour.
    const auto params =
        params_with({{"arch", "dcgan"}, {"size", "64"}, {"width", "64"}, {"latent", "100"}});
    const auto& dcgan = *architecture_registry().find("dcgan");
    const auto random = at::detail::createCPUGenerator(1);
    EXPECT_EQ(nn::parameter_count(*dcgan.make_generator(shape_from(params), params, random)),
              3'576'704);
    EXPECT_EQ(nn::parameter_count(*dcgan.make_discriminator(shape_from(params), params, random)),
              2'765'568);
}

TEST(Registry, FcHasTheLessonsNumberOfParameters) {
    const auto params =
        params_with({{"arch", "fc"}, {"size", "28"}, {"channels", "1"}, {"latent", "100"}});
    const auto& fc = *architecture_registry().find("fc");
    const auto random = at::detail::createCPUGenerator(1);
    const auto linear = [](int in, int out) { return in * out + out; };
    EXPECT_EQ(nn::parameter_count(*fc.make_generator(shape_from(params), params, random)),
              linear(100, 256) + linear(256, 512) + linear(512, 1024) + linear(1024, 784) +
                  2 * (256 + 512 + 1024));
    EXPECT_EQ(nn::parameter_count(*fc.make_discriminator(shape_from(params), params, random)),
              linear(784, 512) + linear(512, 256) + linear(256, 1));
}

TEST(Registry, DcganBeginsAsThePaperSays) {
    const auto params = params_with({{"arch", "dcgan"}, {"size", "64"}, {"width", "32"}});
    const auto g = architecture_registry().find("dcgan")->make_generator(
        shape_from(params), params, at::detail::createCPUGenerator(1));
    const auto named = g->named_parameters();
    EXPECT_NEAR(named["layers.0.weight"].std().item<double>(), 0.02, 0.001);
    EXPECT_NEAR(named["layers.0.weight"].mean().item<double>(), 0.0, 0.001);
    EXPECT_NEAR(named["layers.1.weight"].mean().item<double>(), 1.0, 0.01);
    EXPECT_NEAR(named["layers.1.weight"].std().item<double>(), 0.02, 0.005);
    EXPECT_EQ(named["layers.1.bias"].abs().max().item<double>(), 0.0);
}

class Losses : public testing::TestWithParam<std::string> {};

TEST_P(Losses, AreFiniteForHugeLogitsAndPushTheRightWay) {
    const Loss& loss = *loss_registry().find(GetParam());
    for (const float extreme : {-1e4f, 0.f, 1e4f}) {
        const Tensor logits = torch::full({3}, extreme);
        const auto parts = loss.discriminator(logits, logits, {});
        EXPECT_TRUE(std::isfinite(parts.real.item<double>()));
        EXPECT_TRUE(std::isfinite(parts.fake.item<double>()));
        EXPECT_TRUE(std::isfinite(loss.generator(logits, logits).item<double>()));
    }
    const Tensor real = torch::zeros({2}, torch::requires_grad());
    const Tensor fake = torch::zeros({2}, torch::requires_grad());
    const auto parts = loss.discriminator(real, fake, {});
    (parts.real + parts.fake).backward();
    EXPECT_LT(real.grad().max().item<double>(), 0.0) << "real logits must rise";
    EXPECT_GT(fake.grad().min().item<double>(), 0.0) << "fake logits must fall";
    const Tensor fooled = torch::zeros({2}, torch::requires_grad());
    loss.generator(fooled, torch::zeros({2})).backward();
    EXPECT_LT(fooled.grad().max().item<double>(), 0.0) << "the generator wants higher logits";
}

INSTANTIATE_TEST_SUITE_P(All, Losses, testing::ValuesIn([] {
                             std::vector<std::string> ids;
                             for (const Entry& entry : losses()) ids.push_back(entry.id);
                             return ids;
                         }()));

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

TEST(LossValues, EqualTheirClosedForms) {
    const double r = 0.7, f = -1.3;
    const Tensor real = torch::full({4}, r, torch::kFloat64),
                 fake = torch::full({4}, f, torch::kFloat64);
    for (const char* id : {"bce", "minimax"}) {
        const Loss& loss = *loss_registry().find(id);
        const auto plain = loss.discriminator(real, fake, {});
        EXPECT_NEAR(plain.real.item<double>(), -std::log(sigmoid(r)), 1e-12);
        EXPECT_NEAR(plain.fake.item<double>(), -std::log(1 - sigmoid(f)), 1e-12);
        const auto smoothed = loss.discriminator(real, fake, {.label_smoothing = 0.1});
        EXPECT_NEAR(smoothed.real.item<double>(),
                    -0.9 * std::log(sigmoid(r)) - 0.1 * std::log(1 - sigmoid(r)), 1e-12);
        EXPECT_NEAR(smoothed.fake.item<double>(), plain.fake.item<double>(), 1e-12) << "one-sided";
    }
    EXPECT_NEAR(loss_registry().find("bce")->generator(fake, {}).item<double>(),
                -std::log(sigmoid(f)), 1e-12);
    EXPECT_NEAR(loss_registry().find("minimax")->generator(fake, {}).item<double>(),
                std::log(1 - sigmoid(f)), 1e-12);
}

TEST(LossValues, OfTheOtherLossesEqualTheirClosedForms) {
    // Two different values each, so that means and pairs are told apart.
    const Tensor real = torch::tensor({0.7, -0.2}, torch::kFloat64),
                 fake = torch::tensor({-1.3, 0.4}, torch::kFloat64);
    const auto soft = [](double x) { return std::log1p(std::exp(x)); };
    const auto hinge = [](double x) { return std::max(0.0, x); };
    const auto check = [&](const char* id, double on_real, double on_fake, double generator) {
        const Loss& loss = *loss_registry().find(id);
        const auto parts = loss.discriminator(real, fake, {});
        EXPECT_NEAR(parts.real.item<double>(), on_real, 1e-12) << id;
        EXPECT_NEAR(parts.fake.item<double>(), on_fake, 1e-12) << id;
        EXPECT_NEAR(loss.generator(fake, real).item<double>(), generator, 1e-12) << id;
    };
    check("logistic", (soft(-0.7) + soft(0.2)) / 2, (soft(-1.3) + soft(0.4)) / 2,
          (soft(1.3) + soft(-0.4)) / 2);
    check("lsgan", (0.3 * 0.3 + 1.2 * 1.2) / 2, (1.3 * 1.3 + 0.4 * 0.4) / 2,
          (2.3 * 2.3 + 0.6 * 0.6) / 2);
    check("wasserstein", -0.25, -0.45, 0.45);
    check("hinge", (hinge(0.3) + hinge(1.2)) / 2, (hinge(-0.3) + hinge(1.4)) / 2, 0.45);
    // Means: real 0.25, fake −0.45.
    check("relativistic_average", (hinge(1 - 1.15) + hinge(1 - 0.25)) / 2,
          (hinge(1 - 1.55) + hinge(1 + 0.15)) / 2,
          (hinge(1 + 1.15) + hinge(1 + 0.25)) / 2 + (hinge(1 + 1.55) + hinge(1 - 0.15)) / 2);
    check("relativistic_pairing", (soft(-2.0) + soft(0.6)) / 2, 0, (soft(2.0) + soft(-0.6)) / 2);
    const auto smoothed =
        loss_registry().find("lsgan")->discriminator(real, fake, {.label_smoothing = 0.1});
    EXPECT_NEAR(smoothed.real.item<double>(), (0.2 * 0.2 + 1.1 * 1.1) / 2, 1e-12);
}

TEST(LossValues, RandomMarginsOfTheHingeStayInTheirRange) {
    const Tensor zeros = torch::zeros({1000});
    LossContext context;
    context.label_smoothing = 0.2;
    context.random = at::detail::createCPUGenerator(3);
    const auto parts = loss_registry().find("hinge")->discriminator(zeros, zeros, context);
    // Mean of U(0.8, 1) within five standard errors.
    EXPECT_NEAR(parts.real.item<double>(), 0.9, 5 * 0.2 / std::sqrt(12.0 * 1000));
    EXPECT_NEAR(parts.fake.item<double>(), 0.9, 5 * 0.2 / std::sqrt(12.0 * 1000));
}

}  // namespace
}  // namespace pentimento::gan
