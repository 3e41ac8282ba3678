// Training on a graphics card: the same mathematics as on the CPU, and recordings that repeat it.
// Skipped where there is no card.
#include <ATen/CPUGeneratorImpl.h>

#include "core/gan/step_rules.h"
#include "core/nn/layers.h"
#include "core/nn/resample.h"
#include "core/tensor/device.h"
#include "toy.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

#define NEEDS_CARD() \
    if (!tensor::cuda_available()) GTEST_SKIP() << "there is no CUDA device"

/// Products in full float32 while it lives.
class FullPrecision {
  public:
    FullPrecision() { set(false); }
    ~FullPrecision() { set(true); }
    FullPrecision(const FullPrecision&) = delete;
    FullPrecision& operator=(const FullPrecision&) = delete;

  private:
    static void set(bool rounded) {
        at::globalContext().setAllowTF32CuBLAS(rounded);
        at::globalContext().setAllowTF32CuDNN(rounded);
    }
};

double apart(const Tensor& a, const Tensor& b) {
    const Tensor left = a.detach().cpu().to(torch::kFloat64);
    const Tensor right = b.detach().cpu().to(torch::kFloat64);
    return ((left - right).norm() / right.norm().clamp_min(1e-12)).item<double>();
}

TEST(OnCard, ResamplingEqualsConvolutions) {
    NEEDS_CARD();
    const torch::Device card(torch::kCUDA);
    const std::vector<nn::Fir> filters = {{{.25, .75, .75, .25}, 2, 1, 2},
                                          {{.125, .375, .375, .125}, 1, 2, 1},
                                          {{.125, .375, .375, .125}, 1, 1, 2},
                                          {{.1, .2, .3, .2, .1, .05}, 2, 1, -1}};
    for (const auto& fir : filters)
        for (const std::int64_t channels : {3, 16}) {
            const auto x = torch::randn({2, channels, 10, 12}, torch::kFloat64);
            const std::int64_t height = fir.up == 2 ? 20 : fir.down == 2 ? 5 : 11;
            const std::int64_t width = fir.up == 2 ? 24 : fir.down == 2 ? 6 : 13;
            const auto expected = nn::detail::resample_by_convolution(x, fir, height, width);
            for (const auto type : {torch::kFloat32, torch::kBFloat16, torch::kFloat16})
                for (const auto layout :
                     {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
                    const auto there = x.to(card, type).contiguous(layout);
                    const auto made = nn::resample(there, fir, height, width);
                    EXPECT_EQ(made.scalar_type(), type);
                    EXPECT_LT(apart(made, expected), type == torch::kFloat32 ? 1e-5 : 6e-3)
                        << channels << " channels, up " << fir.up << ", down " << fir.down;
                }
            auto leaf = x.to(card, torch::kFloat32).requires_grad_();
            auto plain = x.clone().requires_grad_();
            const auto weight = torch::randn({height, width}, torch::kFloat64);
            (nn::resample(leaf, fir, height, width) * weight.to(leaf.options())).sum().backward();
            (nn::detail::resample_by_convolution(plain, fir, height, width) * weight)
                .sum()
                .backward();
            EXPECT_LT(apart(leaf.grad(), plain.grad()), 1e-5);
        }
}

class Families : public testing::TestWithParam<std::string> {
  protected:
    static Settings settings() {
        const Family& family = *family_registry().find(GetParam());
        Settings all = with(with({{"arch", family.arch}}, family.published), family.small);
        return with(all, with(small(family.arch, edge(), channels()), {{"width", "8"}}));
    }
    static int edge() { return GetParam() == "fastgan" ? 64 : lesson() ? 28 : 32; }
    static int channels() { return lesson() ? 1 : 3; }
    static bool lesson() { return GetParam() == "lesson_tf"; }
    static PackedDataset data() { return stripes(edge(), channels(), 64); }
};

std::vector<std::string> family_names() {
    std::vector<std::string> names;
    for (const auto& [id, family] : family_registry().items()) names.push_back(id);
    return names;
}

/// One step with fixed pictures and chance from the CPU: gradients must be the CPU's.
TEST_P(Families, GradientsAreTheCpus) {
    NEEDS_CARD();
    const FullPrecision full;
    const auto params = params_with(with(settings(), {{"precision", "float32"}}));
    const auto shape = shape_from(params);
    const auto real = torch::rand({8, shape.channels, shape.size, shape.size},
                                  at::detail::createCPUGenerator(7)) *
                          2 -
                      1;
    const auto latents = torch::randn({8, shape.latent}, at::detail::createCPUGenerator(8));
    const auto gradients = [&](const torch::Device& device) {
        Players players = make_players(params, device);
        if (architecture_registry().find(params.get(arch_param()))->growth) {
            players.generator->set_growth({32, 1});
            players.discriminator->set_growth({32, 1});
        }
        Batches batches;
        batches.reals = [&](std::int64_t) { return RealBatch{real.to(device), {}}; };
        batches.noise = [&](std::int64_t) { return NoiseBatch{latents.to(device), {}}; };
        batches.random = [] { return at::detail::createCPUGenerator(9); };
        auto rules = rules_at(params, 0, 0.5, 1, device, true);
        train_step(players, rules, batches);
        std::map<std::string, Tensor> found;
        for (const auto& entry : players.generator->named_parameters())
            if (entry.value().grad().defined()) found["g." + entry.key()] = entry.value().grad();
        for (const auto& entry : players.discriminator->named_parameters())
            if (entry.value().grad().defined()) found["d." + entry.key()] = entry.value().grad();
        return found;
    };
    const auto here = gradients(torch::kCPU), there = gradients(torch::kCUDA);
    ASSERT_EQ(here.size(), there.size());
    Tensor squares = torch::zeros({}, torch::kFloat64), all = squares.clone();
    for (const auto& [name, gradient] : here) {
        squares += (there.at(name).cpu() - gradient).to(torch::kFloat64).square().sum();
        all += gradient.to(torch::kFloat64).square().sum();
    }
    EXPECT_LT((squares / all).sqrt().item<double>(), 5e-3);
}

/// Trains in mixed precision from recordings; losses stay finite and the weights move.
TEST_P(Families, TrainsFromRecordings) {
    NEEDS_CARD();
    const auto run = start(with(settings(), {{"device", "cuda"}}), data());
    const auto before = run->average().parameters()[0].detach().clone();
    StepReport last;
    for (int i = 0; i < 40; ++i) last = step(*run);
    EXPECT_TRUE(std::isfinite(metric(last, "loss_g")));
    EXPECT_TRUE(std::isfinite(metric(last, "loss_d")));
    EXPECT_GT(apart(run->average().parameters()[0], before), 0);
    // Several scales that are augmented, and scales that fade in, cannot be recorded.
    if (GetParam() != "progan" && GetParam() != "msggan") {
        EXPECT_GT(run->recordings(), 0u);
    }
    EXPECT_TRUE(run->preview().ok());
}

INSTANTIATE_TEST_SUITE_P(All, Families, testing::ValuesIn(family_names()));

Settings dcgan() {
    return with(small("dcgan", 32, 3),
                {{"device", "cuda"}, {"precision", "float32"}, {"flips", "true"}});
}

/// How far weights are apart, in units of how far they have moved.
double apart(const GanTraining& a, const GanTraining& b, const GanTraining& start) {
    double most = 0;
    const auto left = a.average().parameters(), right = b.average().parameters(),
               first = start.average().parameters();
    for (std::size_t i = 0; i < left.size(); ++i)
        most = std::max(most,
                        ((left[i] - right[i]).norm() / (right[i] - first[i]).norm().clamp_min(1e-9))
                            .item<double>());
    return most;
}

TEST(OnCard, RecordedStepsEqualPlainOnes) {
    NEEDS_CARD();
    const FullPrecision full;
    for (const char* arch : {"dcgan", "stylegan2"}) {
        const auto settings = with(dcgan(), {{"arch", arch}, {"metrics_every", "4"}});
        const auto recorded = start(settings, stripes(32, 3)),
                   first = start(settings, stripes(32, 3));
        // A loss below which nothing ever is: but only plain steps can look.
        const auto plain = start(with(settings, {{"skip_d_below", "1e-30"}}), stripes(32, 3));
        steps(*recorded, 9);
        steps(*plain, 9);
        EXPECT_GT(recorded->recordings(), 0u);
        EXPECT_EQ(plain->recordings(), 0u);
        EXPECT_LT(apart(*recorded, *plain, *first), 0.05) << arch;
    }
}

TEST(OnCard, RatesAndWeightsOfPenaltiesStayLiveInRecordings) {
    NEEDS_CARD();
    const auto settings = with(dcgan(), {{"r1_gamma", "0.1"}, {"norm_d", "none"}});
    const auto run = start(settings, stripes(32, 3));
    steps(*run, 6);
    const auto recordings = run->recordings();
    ASSERT_TRUE(run->apply({{"lr_g", *kLrG.spec().min}, {"r1_gamma", 5.0}}).ok());
    const auto before = run->players().generator->parameters()[0].detach().clone();
    const double mild = metric(step(*run), "penalty_r1");
    EXPECT_LT(apart(run->players().generator->parameters()[0], before), 1e-4);
    EXPECT_EQ(run->recordings(), recordings) << "nothing was recorded anew";
    ASSERT_TRUE(run->apply({{"r1_gamma", 10.0}}).ok());
    step(*run);
    const double strong = metric(step(*run), "penalty_r1");
    EXPECT_GT(strong, 1.2 * mild);
}

TEST(OnCard, ResumesWhereItWas) {
    NEEDS_CARD();
    const FullPrecision full;
    const auto whole = start(dcgan(), stripes(32, 3)), first = start(dcgan(), stripes(32, 3));
    steps(*whole, 8);
    const TemporaryDirectory dir;
    {
        const auto half = start(dcgan(), stripes(32, 3));
        steps(*half, 4);
        ASSERT_TRUE(half->save(dir / ".").ok());
    }
    const auto rest = start(dcgan(), stripes(32, 3));
    ASSERT_TRUE(rest->restore(dir / ".").ok());
    steps(*rest, 4);
    EXPECT_LT(apart(*rest, *whole, *first), 0.05);
    // And on the CPU.
    const auto moved = start(with(dcgan(), {{"device", "cpu"}}), stripes(32, 3));
    ASSERT_TRUE(moved->restore(dir / ".").ok());
    steps(*moved, 1);
}

}  // namespace
}  // namespace pentimento::gan
