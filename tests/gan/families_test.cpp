// What is special about single families: published sizes, classes, what they refuse; and that
// training each of them can be resumed exactly.
#include <algorithm>

#include "core/nn/spectral_norm.h"
#include "toy.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

torch::Generator seeded(std::uint64_t seed) {
    return at::detail::createCPUGenerator(seed);
}

class FamilyTraining : public testing::TestWithParam<std::string> {
  protected:
    static bool lesson() { return GetParam() == "lesson_tf"; }
    static Settings settings() {
        const Family& family = *family_registry().find(GetParam());
        Settings all = with(with({{"arch", family.arch}}, family.published), family.small);
        all = with(all, lesson() ? small(family.arch, 28, 1) : small(family.arch, 32, 3));
        return with(all, {{"width", "4"}, {"batch", "4"}, {"d_steps", "2"}, {"flips", "true"}});
    }
    PackedDataset data_ = lesson() ? stripes(28, 1) : stripes(32, 3);
};

TEST_P(FamilyTraining, ResumedEqualsUninterruptedBitForBit) {
    const auto whole = start(settings(), data_);
    steps(*whole, 4);
    const TemporaryDirectory dir;
    {
        const auto first = start(settings(), data_);
        steps(*first, 2);
        ASSERT_TRUE(first->preview().ok());
        const Status saved = first->save(dir / ".");
        ASSERT_TRUE(saved.ok()) << saved.error().message;
    }
    const auto second = start(settings(), data_);
    EXPECT_FALSE(same(*whole, *second));
    const Status restored = second->restore(dir / ".");
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    steps(*second, 2);
    EXPECT_EQ(second->steps_done(), 4);
    EXPECT_TRUE(same(*whole, *second));
}

INSTANTIATE_TEST_SUITE_P(All, FamilyTraining,
                         testing::Values("dcgan", "lsgan", "wgan_gp", "sngan", "fastgan", "r3gan",
                                         "lesson_tf"));

struct Pair {
    std::shared_ptr<Generator> g;
    std::shared_ptr<Discriminator> d;
    NetworkShape shape;
};
Pair build(const Settings& settings, int classes = 0) {
    const auto params = params_with(settings);
    const Architecture& architecture = *architecture_registry().find(params.get(arch_param()));
    Pair pair;
    pair.shape = shape_from(params);
    pair.shape.classes = classes;
    pair.g = architecture.make_generator(pair.shape, params, seeded(1));
    pair.d = architecture.make_discriminator(pair.shape, params, seeded(2));
    pair.g->set_random(seeded(3));
    pair.d->set_random(seeded(4));
    return pair;
}

TEST(LessonTf, HasTheLessonsNumberOfParameters) {
    const auto pair = build({{"arch", "lesson_tf"}, {"size", "28"}, {"channels", "1"}});
    std::int64_t averages = 0;
    for (const auto& buffer : pair.g->named_buffers())
        if (buffer.value().dim() == 1) averages += buffer.value().numel();
    // TensorFlow counts the running means and variances, too.
    EXPECT_EQ(nn::parameter_count(*pair.g) + averages, 856'193);
    EXPECT_EQ(averages, 2 * (128 + 64));
}

TEST(LessonTf, DropsOutByItsOwnChanceAndOnlyInTraining) {
    const auto pair = build({{"arch", "lesson_tf"}, {"size", "28"}, {"channels", "1"}});
    const Tensor pictures = torch::rand({4, 1, 28, 28}, seeded(5), torch::kFloat32);
    const auto judged = [&](std::uint64_t seed) {
        pair.d->set_random(seeded(seed));
        return pair.d->forward({pictures}, {});
    };
    EXPECT_TRUE(torch::equal(judged(1), judged(1)));
    EXPECT_FALSE(torch::equal(judged(1), judged(2)));
    pair.d->eval();
    EXPECT_TRUE(torch::equal(judged(1), judged(2)));
}

TEST(Dcgan, RefusesTheGradientPenaltyWithBatchNormOnly) {
    const auto check = [](const std::string& norm) {
        return check_params(params_with(
            {{"arch", "dcgan"}, {"loss", "wasserstein"}, {"gp_weight", "10"}, {"norm_d", norm}}));
    };
    const Status batch = check("batch");
    ASSERT_FALSE(batch.ok());
    EXPECT_NE(batch.error().message.find("batch norm"), std::string::npos);
    for (const char* norm : {"none", "layer", "spectral"}) EXPECT_TRUE(check(norm).ok()) << norm;
    EXPECT_TRUE(check_params(params_with({{"arch", "dcgan"}})).ok());
    EXPECT_FALSE(check_params(params_with({{"arch", "fastgan"}, {"gp_weight", "10"}})).ok());
}

TEST(Dcgan, JudgesPicturesOneByOneUnlessAskedOtherwise) {
    const Tensor pictures = torch::rand({4, 3, 32, 32}, seeded(5), torch::kFloat32);
    for (const auto& [settings, alone] : std::vector<std::pair<Settings, bool>>{
             {{{"norm_d", "none"}}, true},
             {{{"norm_d", "layer"}}, true},
             {{{"norm_d", "spectral"}}, true},
             {{{"norm_d", "batch"}}, false},
             {{{"norm_d", "none"}, {"minibatch_stddev", "true"}}, false}}) {
        const auto pair = build(with(small("dcgan", 32, 3), settings));
        for (const auto& module : pair.d->modules())  // no power iterations
            if (module->as<nn::SpectralModule>() != nullptr) module->eval();
        const Tensor together = pair.d->forward({pictures}, {});
        const Tensor single = pair.d->forward({pictures.narrow(0, 0, 2)}, {});
        EXPECT_EQ(torch::allclose(together.narrow(0, 0, 2), single, 1e-4, 1e-7), alone)
            << settings.front().second;
        EXPECT_GT(together.std().item<double>(), 0.0);
    }
}

TEST(Sngan, EachClassHasItsOwnGainsAndOnlyThoseShownLearn) {
    const auto pair = build(small("sngan", 32, 3), 3);
    const Tensor labels = torch::tensor({0, 2, 0, 2}, torch::kInt64);
    const Pyramid made = pair.g->forward(torch::randn({4, pair.shape.latent}), labels);
    pair.d->forward(made, labels).sum().backward();
    int tables = 0;
    const auto check = [&](const torch::nn::Module& network) {
        for (const auto& entry : network.named_parameters()) {
            const Tensor& p = entry.value();
            if (p.dim() != 2 || p.size(0) != 3) continue;
            ++tables;
            EXPECT_GT(p.grad()[0].abs().max().item<double>(), 0.0) << entry.key();
            EXPECT_GT(p.grad()[2].abs().max().item<double>(), 0.0) << entry.key();
            // The projection's table is divided by its norm, which all of its rows take part in.
            if (entry.key() != "classes.weight") {
                EXPECT_EQ(p.grad()[1].abs().max().item<double>(), 0.0) << entry.key();
            }
        }
    };
    check(*pair.g);
    EXPECT_EQ(tables, 3 * 2 * 2) << "two norms with gain and shift in each of three blocks";
    check(*pair.d);
    EXPECT_EQ(tables, 3 * 2 * 2 + 1);
}

TEST(Sngan, TheClassTermIsTheInnerProductOfEmbeddingAndFeatures) {
    // So it is linear in the embedding: the difference of two classes' logits turns around with it.
    const auto pair = build(small("sngan", 32, 3), 2);
    pair.d->eval();
    torch::NoGradGuard no_grad;
    const Tensor pictures = torch::rand({4, 3, 32, 32}, seeded(5), torch::kFloat32);
    const Tensor first = torch::zeros({4}, torch::kInt64), second = first + 1;
    const auto gap = [&] {
        return pair.d->forward({pictures}, first) - pair.d->forward({pictures}, second);
    };
    const Tensor before = gap();
    EXPECT_GT(before.abs().min().item<double>(), 0.0);
    pair.d->named_parameters()["classes.weight"].copy_(
        pair.d->named_parameters()["classes.weight"].flip(0));
    pair.d->named_buffers()["classes.u"].copy_(pair.d->named_buffers()["classes.u"].flip(0));
    EXPECT_TRUE(torch::allclose(gap(), -before, 1e-4, 1e-5));
}

TEST(R3gan, HasThePublishedWidthsAndBeginsAsTheIdentity) {
    const auto pair =
        build({{"arch", "r3gan"}, {"size", "64"}, {"width", "128"}, {"latent", "64"}});
    auto named = pair.g->named_parameters();
    EXPECT_EQ(named["basis"].sizes(), torch::IntArrayRef({768, 4, 4}));
    EXPECT_EQ(named["stages.blocks.0.wide.weight"].sizes(), torch::IntArrayRef({1536, 768, 1, 1}));
    EXPECT_EQ(named["stages.blocks.0.grouped.weight"].sizes(),
              torch::IntArrayRef({1536, 16, 3, 3}));
    EXPECT_EQ(named["stages.blocks.9.grouped.weight"].sizes(), torch::IntArrayRef({768, 16, 3, 3}));
    EXPECT_EQ(named["bridges.32.weight"].sizes(), torch::IntArrayRef({384, 768, 1, 1}));
    EXPECT_EQ(named["stages.blocks.4.narrow.weight"].abs().max().item<double>(), 0.0);
    const double gain = std::sqrt(2 / 1.04) * std::pow(10, -.25);
    EXPECT_NEAR(named["stages.blocks.4.wide.weight"].std().item<double>(), gain / std::sqrt(768),
                1e-3 * gain);
    EXPECT_NEAR(named["stages.blocks.4.grouped.weight"].std().item<double>(), gain / 12,
                1e-2 * gain);
}

TEST(R3gan, ResamplesWithoutAShift) {
    // As long as the blocks are the identity, a mirrored basis is a mirrored picture.
    const auto pair = build(small("r3gan", 32, 3));
    torch::NoGradGuard no_grad;
    const Tensor latents = torch::randn({4, pair.shape.latent}, seeded(5), torch::kFloat32);
    const Tensor made = pair.g->forward(latents, {})[0];
    const Tensor judged = pair.d->forward({made}, {});
    for (Tensor basis : {pair.g->named_parameters()["basis"], pair.d->named_parameters()["basis"]})
        basis.copy_(basis.flip(2));
    EXPECT_TRUE(torch::allclose(pair.g->forward(latents, {})[0], made.flip(3), 1e-4, 1e-5));
    EXPECT_TRUE(torch::allclose(pair.d->forward({made.flip(3)}, {}), judged, 1e-4, 1e-5));
}

TEST(Fastgan, LearnsToDrawWhatItSees) {
    const auto pair = build(with(small("fastgan", 32, 3), {{"width", "4"}}));
    const Tensor large = torch::rand({4, 3, 32, 32}, seeded(5), torch::kFloat32) - .5;
    const Pyramid pictures = {large, at::avg_pool2d(large, {2, 2})};
    torch::optim::Adam adam(pair.d->parameters(), torch::optim::AdamOptions(5e-3));
    double begin = 0, end = 0;
    for (int i = 0; i < 30; ++i) {
        pair.d->set_random(seeded(100 + i));
        const Judgement judged = pair.d->judge_reals(pictures, {});
        EXPECT_EQ(judged.logits.sizes(), torch::IntArrayRef({4, 50}));
        adam.zero_grad();
        judged.auxiliary.backward();
        adam.step();
        (i == 0 ? begin : end) = judged.auxiliary.item<double>();
    }
    EXPECT_LT(end, .8 * begin);
}

}  // namespace
}  // namespace pentimento::gan
