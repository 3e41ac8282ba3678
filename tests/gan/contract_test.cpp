// What every registered architecture and loss must hold to, whoever wrote it.
#include "core/tensor/safetensors.h"
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
    const auto [arch, size, channels] = GetParam();
    ASSERT_EQ(made[0].sizes(), torch::IntArrayRef({4, channels, size, size}));
    EXPECT_GT(made[0].std().item<double>(), 0.0);
    if (const auto scales = d->scales(); !scales.empty()) {
        ASSERT_EQ(made.size(), scales.size());
        for (std::size_t i = 0; i < scales.size(); ++i) EXPECT_EQ(made[i].size(3), scales[i]);
    }
    const Tensor logits = d->forward(made, {});
    ASSERT_EQ(logits.size(0), 4);
    EXPECT_TRUE(torch::isfinite(logits).all().item<bool>());
    // In training, networks without tanh may overshoot, or saturated pixels could not learn; where
    // pictures are looked at, they are in range.
    g->eval();
    const Tensor latents = 3 * torch::randn({4, shape_.latent});
    const Tensor pictures = g->forward(latents, {})[0];
    EXPECT_LE(pictures.abs().max().item<double>(), 1.0);
    EXPECT_TRUE(torch::equal(pictures, g->forward(latents, {})[0])) << "chance in evaluation mode";
}

TEST_P(Architectures, GradientsReachEveryParameterAndAreFinite) {
    const int size = GetParam().size;
    const auto g = architecture_.make_generator(shape_, params_, random_);
    const auto d = architecture_.make_discriminator(shape_, params_, random_);
    g->set_random(random_);
    d->set_random(random_);
    {
        // Layers that begin at zero would hide those before them.
        torch::NoGradGuard no_grad;
        for (torch::nn::Module* network :
             {static_cast<torch::nn::Module*>(g.get()), static_cast<torch::nn::Module*>(d.get())})
            for (auto& parameter : network->parameters())
                if (parameter.dim() > 1 && parameter.abs().max().item<double>() == 0)
                    parameter.normal_(0, 0.1, random_);
    }
    // A growing network uses other layers at each size.
    std::vector<Growth> stages = {Growth{size, 1}};
    if (architecture_.growth)
        for (std::int64_t at = architecture_.growth(shape_, params_, 0).size; at <= size; at *= 2)
            stages.push_back({at, 0.5});
    for (const Growth& stage : stages) {
        g->set_growth(stage);
        d->set_growth(stage);
        const Judgement judged =
            d->judge_reals(g->forward(torch::randn({4, shape_.latent}), {}), {});
        Tensor loss = torch::softplus(-judged.logits).mean();
        if (judged.auxiliary.defined()) loss = loss + judged.auxiliary;
        loss.backward();
    }
    for (torch::nn::Module* network :
         {static_cast<torch::nn::Module*>(g.get()), static_cast<torch::nn::Module*>(d.get())})
        for (const auto& entry : network->named_parameters()) {
            ASSERT_TRUE(entry.value().grad().defined()) << entry.key();
            EXPECT_TRUE(torch::isfinite(entry.value().grad()).all().item<bool>()) << entry.key();
            EXPECT_GT(entry.value().grad().abs().max().item<double>(), 0.0) << entry.key();
        }
}

TEST_P(Architectures, SaveAndLoadBitForBit) {
    // The weights alone; whole trainings are resumed in training_test.cpp.
    const TemporaryDirectory dir;
    const auto through_a_file = [&](const torch::nn::Module& from, torch::nn::Module& to) {
        EXPECT_FALSE(same(from, to));
        const Status written = write_safetensors(dir / "weights", nn::module_state(from));
        ASSERT_TRUE(written.ok()) << written.error().message;
        const auto file = read_safetensors(dir / "weights");
        ASSERT_TRUE(file.ok()) << file.error().message;
        const Status loaded = nn::load_module_state(
            to, {file->tensors.begin(), file->tensors.end()}, "the file");
        ASSERT_TRUE(loaded.ok()) << loaded.error().message;
        EXPECT_TRUE(same(from, to));
    };
    const auto other = at::detail::createCPUGenerator(6);
    through_a_file(*architecture_.make_generator(shape_, params_, random_),
                   *architecture_.make_generator(shape_, params_, other));
    through_a_file(*architecture_.make_discriminator(shape_, params_, random_),
                   *architecture_.make_discriminator(shape_, params_, other));
}

INSTANTIATE_TEST_SUITE_P(All, Architectures, testing::ValuesIn(combinations()));

TEST(ConditionalArchitectures, MakeAndJudgeByClass) {
    for (const Entry& entry : architectures()) {
        if (!entry.conditional) continue;
        SCOPED_TRACE(entry.id);
        const auto params = params_with(with(small(entry.id, entry.sizes.front(), 3),
                                             {{"conditional", "true"}, {"classes", "3"}}));
        const NetworkShape shape = shape_from(params);
        ASSERT_EQ(shape.classes, 3);
        const Architecture& architecture = *architecture_registry().find(entry.id);
        const auto random = at::detail::createCPUGenerator(5);
        const auto g = architecture.make_generator(shape, params, random);
        const auto d = architecture.make_discriminator(shape, params, random);
        g->set_random(random);
        d->set_random(random);
        const Tensor latents = torch::randn({6, shape.latent}), labels = labels_in_turn(6, 3);
        const Judgement judged = d->judge_reals(g->forward(latents, labels), labels);
        Tensor loss = torch::softplus(-judged.logits).mean();
        if (judged.auxiliary.defined()) loss = loss + judged.auxiliary;
        loss.backward();
        for (torch::nn::Module* network :
             {static_cast<torch::nn::Module*>(g.get()), static_cast<torch::nn::Module*>(d.get())})
            for (const auto& parameter : network->named_parameters())
                ASSERT_TRUE(parameter.value().grad().defined()) << parameter.key();
        torch::NoGradGuard no_grad;
        g->eval();
        d->eval();
        const Pyramid made = g->forward(latents, labels);
        const Tensor others = (labels + 1).remainder(3);
        EXPECT_FALSE(torch::equal(d->forward(made, labels), d->forward(made, others)));
        // What a class changes may be zero at the beginning (gains of 1), not after some learning.
        for (auto& parameter : g->parameters())
            parameter.add_(torch::randn(parameter.sizes(), random, torch::kFloat32), 0.1);
        EXPECT_FALSE(torch::equal(g->forward(latents, labels)[0], g->forward(latents, others)[0]));
    }
}

TEST(Growing, ProganGrowsByPicturesAndBlendsEachSizeIn) {
    const auto params = params_with(
        with(small("progan", 32, 3), {{"grow_fade_kimg", "2"}, {"grow_stable_kimg", "1"}}));
    const auto& progan = *architecture_registry().find("progan");
    const NetworkShape shape = shape_from(params);
    const auto at = [&](std::int64_t pictures) { return progan.growth(shape, params, pictures); };
    EXPECT_EQ(at(0), (Growth{4, 1}));
    EXPECT_EQ(at(999), (Growth{4, 1}));
    EXPECT_EQ(at(1000), (Growth{8, 0}));
    EXPECT_EQ(at(2000), (Growth{8, 0.5}));
    EXPECT_EQ(at(3000), (Growth{8, 1}));
    EXPECT_EQ(at(4000), (Growth{16, 0}));
    EXPECT_EQ(at(8500), (Growth{32, 0.75}));
    EXPECT_EQ(at(1'000'000'000), (Growth{32, 1}));

    // A size that begins to fade in shows what the size before it showed.
    const auto g = progan.make_generator(shape, params, at::detail::createCPUGenerator(1));
    const auto d = progan.make_discriminator(shape, params, at::detail::createCPUGenerator(2));
    const Tensor latents =
        torch::randn({4, shape.latent}, at::detail::createCPUGenerator(3), torch::kFloat32);
    const auto see = [&](const Growth& growth) {
        g->set_growth(growth);
        d->set_growth(growth);
        const Pyramid made = g->forward(latents, {});
        EXPECT_EQ(made[0].size(3), growth.size);
        EXPECT_EQ(d->scales(), std::vector<std::int64_t>{growth.size});
        return std::make_pair(made[0], d->forward(made, {}));
    };
    const auto [before, before_logits] = see({8, 1});
    const auto [begun, begun_logits] = see({16, 0});
    const auto [settled, settled_logits] = see({16, 1});
    EXPECT_TRUE(torch::allclose(begun, before.repeat_interleave(2, 2).repeat_interleave(2, 3)));
    EXPECT_TRUE(torch::allclose(begun_logits, before_logits, 1e-4, 1e-5));
    EXPECT_FALSE(torch::allclose(settled, begun));
    EXPECT_FALSE(torch::allclose(settled_logits, begun_logits, 1e-3, 1e-4));
}

TEST(Registry, FamiliesAreValidSettingsOfTheirArchitecture) {
    for (const Family& family : families()) {
        ASSERT_NE(architecture_registry().find(family.arch), nullptr) << family.entry.id;
        EXPECT_GT(family.entry.help.size(), 60u) << family.entry.id;
        EXPECT_GT(family.expect.size(), 20u) << family.entry.id;
        Settings settings = {{"arch", family.arch}};
        settings = with(settings, family.published);
        EXPECT_TRUE(check_params(params_with(settings)).ok()) << family.entry.id;
        EXPECT_TRUE(check_params(params_with(with(settings, family.small))).ok())
            << family.entry.id;
    }
}

TEST(Registry, StyleGan2AtSixtyFourPixelsHasThePublishedChannels) {
    const auto params = params_with({{"arch", "stylegan2"}, {"size", "64"}, {"latent", "512"}});
    const auto g =
        architecture_registry()
            .find("stylegan2")
            ->make_generator(shape_from(params), params, at::detail::createCPUGenerator(1));
    const auto named = g->named_parameters();
    EXPECT_EQ(named["constant"].sizes(), torch::IntArrayRef({1, 512, 4, 4}));
    EXPECT_EQ(named["layers.6.conv.weight"].sizes(), torch::IntArrayRef({512, 512, 3, 3}));
    EXPECT_EQ(named["layers.8.conv.weight"].sizes(), torch::IntArrayRef({256, 256, 3, 3}));
    auto& styled = dynamic_cast<StyleGenerator&>(*g);
    EXPECT_EQ(styled.map(torch::randn({2, 512}), {}).sizes(), torch::IntArrayRef({2, 10, 512}));
}

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
    // Where the discriminator is in doubt; least squares are at rest elsewhere.
    const Tensor real = torch::full({2}, loss.boundary).requires_grad_();
    const Tensor fake = torch::full({2}, loss.boundary).requires_grad_();
    const auto parts = loss.discriminator(real, fake, {});
    (parts.real + parts.fake).backward();
    EXPECT_LT(real.grad().max().item<double>(), 0.0) << "real logits must rise";
    EXPECT_GT(fake.grad().min().item<double>(), 0.0) << "fake logits must fall";
    const Tensor fooled = torch::full({2}, loss.boundary).requires_grad_();
    loss.generator(fooled, torch::full({2}, loss.boundary)).backward();
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
