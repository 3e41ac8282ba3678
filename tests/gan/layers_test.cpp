// The layers of core/nn against references that are written another way.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/nn/conditional.h"
#include "core/nn/equalised.h"
#include "core/nn/init.h"
#include "core/nn/layers.h"
#include "core/nn/modulated_conv.h"
#include "core/nn/module_state.h"
#include "core/nn/resample.h"
#include "core/nn/spectral_norm.h"

namespace pentimento::nn {
namespace {

using torch::Tensor;
using torch::autograd::grad;

torch::Generator seeded(std::uint64_t seed) {
    return at::detail::createCPUGenerator(seed);
}
Tensor normals(at::IntArrayRef sizes, std::uint64_t seed,
               torch::ScalarType type = torch::kFloat64) {
    return torch::randn(sizes, seeded(seed), type);
}
double gap(const Tensor& a, const Tensor& b) {
    EXPECT_EQ(a.sizes(), b.sizes());
    return (a - b).abs().max().item<double>() / std::max(1.0, b.abs().max().item<double>());
}

struct FirCase {
    const char* name;
    Fir fir;
    std::int64_t height, width, out_height, out_width;
};
void PrintTo(const FirCase& c, std::ostream* out) {
    *out << c.name;
}
class Resampling : public testing::TestWithParam<FirCase> {};

TEST_P(Resampling, EqualsAConvolutionInValueAndDerivatives) {
    const FirCase& c = GetParam();
    for (const auto type : {torch::kFloat64, torch::kFloat32}) {
        const double tolerance = type == torch::kFloat64 ? 1e-12 : 1e-5;
        const Tensor x = normals({2, 3, c.height, c.width}, 1, type).requires_grad_();
        const auto values_of = [&](const Tensor& y) {
            const Tensor first = grad({y.tanh().sum()}, {x}, {}, true, true)[0];
            return std::vector<Tensor>{y, first, grad({first.square().sum()}, {x})[0]};
        };
        const auto ours = values_of(resample(x, c.fir, c.out_height, c.out_width));
        const auto theirs =
            values_of(detail::resample_by_convolution(x, c.fir, c.out_height, c.out_width));
        for (std::size_t i = 0; i < ours.size(); ++i)
            EXPECT_LT(gap(ours[i], theirs[i]), tolerance) << "derivative " << i;
        EXPECT_GT(ours[2].abs().max().item<double>(), 0.0);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Firs, Resampling,
    testing::Values(FirCase{"up", {{.1, .4, .3, .2}, 2, 1, 2}, 5, 6, 10, 12},
                    FirCase{"up odd", {{.1, .6, .3}, 2, 1, 2}, 4, 4, 7, 9},
                    FirCase{"down", {{.1, .4, .3, .2}, 1, 2, 1}, 8, 6, 4, 3},
                    FirCase{"down odd", {{.1, .6, .3}, 1, 2, 1}, 7, 8, 4, 4},
                    FirCase{"blur", {{.1, .4, .3, .2}, 1, 1, 2}, 5, 5, 6, 6},
                    FirCase{"crop", {{.1, .4, .3, .2}, 1, 2, -2}, 12, 12, 3, 3},
                    FirCase{"long", {{.1, .2, .3, .4, .5, .6, .7}, 2, 1, 5}, 3, 3, 6, 6},
                    FirCase{"one pixel", {{.1, .4, .3, .2}, 2, 1, 2}, 1, 1, 2, 2}));

TEST(Resample, KeepsConstantsAwayFromTheEdgesAndHalvesBack) {
    const Tensor ones = torch::ones({1, 2, 8, 8});
    for (const auto& taps : {taps_1331(), std::vector<double>{.25, .5, .25}}) {
        EXPECT_LT(gap(upsample2(ones, taps).narrow(2, 2, 12).narrow(3, 2, 12),
                      torch::ones({1, 2, 12, 12})),
                  1e-6);
        EXPECT_LT(
            gap(downsample2(ones, taps).narrow(2, 1, 2).narrow(3, 1, 2), torch::ones({1, 2, 2, 2})),
            1e-6);
    }
    // [1, 3, 3, 1] is what LibTorch calls bilinear, edges aside.
    const Tensor x = normals({1, 1, 6, 6}, 2);
    const Tensor bilinear = at::upsample_bilinear2d(x, {12, 12}, false);
    EXPECT_LT(gap(upsample2(x).narrow(2, 1, 10).narrow(3, 1, 10),
                  bilinear.narrow(2, 1, 10).narrow(3, 1, 10)),
              1e-12);
}

TEST(Resample, WorksOnManyPlanesAndOddMemoryOrders) {
    const Tensor x = normals({9, 37, 16, 16}, 3, torch::kFloat32);
    const Tensor y = upsample2(x);
    EXPECT_TRUE(torch::equal(y[8][36], upsample2(x.narrow(0, 8, 1))[0][36]));
    EXPECT_TRUE(torch::equal(upsample2(x.contiguous(at::MemoryFormat::ChannelsLast)), y));
    EXPECT_EQ(upsample2(x.narrow(0, 0, 0)).sizes(), torch::IntArrayRef({0, 37, 32, 32}));
}

TEST(EqualisedLayers, ScaleTheirWeightsWhenTheyAreUsed) {
    EqualisedLinear linear(400, 300, Equalised{.gain = 2, .lr_multiplier = .01, .first_bias = 1});
    init_equalised(*linear, seeded(1));
    EXPECT_NEAR(linear->weight.std().item<double>(), 100, 1);
    EXPECT_NEAR(linear->effective_weight().std().item<double>(), 2 / std::sqrt(400.), 1e-3);
    EXPECT_NEAR(linear->effective_bias().mean().item<double>(), 1, 1e-6);
    const Tensor x = normals({5, 400}, 2, torch::kFloat32);
    const Tensor expected = x.mm(linear->weight.t()) * (.01 * 2 / 20.) + 1;
    EXPECT_LT(gap(linear->forward(x), expected), 1e-5);

    EqualisedConv2d conv(16, 32, 3, Equalised{.bias = false}, /*stride=*/2);
    init_equalised(*conv, seeded(1));
    EXPECT_FALSE(conv->bias.defined());
    const Tensor picture = normals({2, 16, 8, 8}, 3, torch::kFloat32);
    EXPECT_LT(gap(conv->forward(picture),
                  at::conv2d(picture, conv->weight / 12., {}, /*stride=*/2, /*padding=*/1)),
              1e-5);
}

TEST(PixelNorm, MakesEveryPixelsVectorEquallyLong) {
    const Tensor y = pixel_norm(normals({2, 8, 3, 3}, 1) * 50);
    EXPECT_LT(gap(y.square().mean(1), torch::ones({2, 3, 3}, torch::kFloat64)), 1e-6);
}

TEST(MinibatchStddev, MeasuresTheSpreadWithinGroups) {
    // Pictures 0, 2, 4, 6 are alike; 1, 3, 5, 7 are 1 and −1.
    const Tensor alike = torch::full({2, 3, 3}, 5.), one = torch::ones({2, 3, 3});
    const Tensor x = torch::stack({alike, one, alike, -one, alike, one, alike, -one});
    const Tensor y = minibatch_stddev(x);
    ASSERT_EQ(y.sizes(), torch::IntArrayRef({8, 3, 3, 3}));
    EXPECT_TRUE(torch::equal(y.narrow(1, 0, 2), x));
    for (int i = 0; i < 8; ++i) {
        EXPECT_NEAR(y[i][2].min().item<double>(), i % 2, 2e-4) << i;
        EXPECT_NEAR(y[i][2].max().item<double>(), i % 2, 2e-4) << i;
    }
}

TEST(MinibatchStddev, TakesSmallerGroupsWhereFourDoNotFit) {
    const Tensor x = normals({6, 2, 2, 2}, 1);
    const Tensor y = minibatch_stddev(x);  // groups of three: 0, 2, 4 and 1, 3, 5
    const Tensor group = torch::stack({x[1], x[3], x[5]});
    EXPECT_NEAR(y[3][2][0][0].item<double>(),
                group.std(0, /*unbiased=*/false).mean().item<double>(), 1e-6);
    EXPECT_NEAR(minibatch_stddev(x.narrow(0, 0, 5))[0][2][0][0].item<double>(), 0, 2e-4);
    const Tensor single = minibatch_stddev(x.narrow(0, 0, 1).clone().requires_grad_());
    EXPECT_TRUE(torch::isfinite(single).all().item<bool>());
}

/// Weights made for each picture, one group a picture: equation 3 of the paper as it stands.
Tensor fused(const Tensor& x, const Tensor& weight, const Tensor& styles, bool demodulate,
             Scale scale) {
    const auto n = x.size(0), out = weight.size(0), in = weight.size(1), k = weight.size(2);
    Tensor w = weight.unsqueeze(0) * styles.view({n, 1, in, 1, 1});
    if (demodulate) w = w / (w.square().sum({2, 3, 4}, true) + 1e-8).sqrt();
    const Tensor row = x.reshape({1, n * in, x.size(2), x.size(3)});
    if (scale == Scale::Keep)
        return at::conv2d(row, w.view({n * out, in, k, k}), {}, 1, k / 2, 1, n)
            .view({n, out, x.size(2), x.size(3)});
    const Tensor up =
        at::conv_transpose2d(row, w.transpose(1, 2).reshape({n * in, out, k, k}), {}, 2, 0, 0, n);
    return detail::resample_by_convolution(up.view({n, out, up.size(2), up.size(3)}),
                                           {{.25, .75, .75, .25}, 1, 1, 1}, 2 * x.size(2),
                                           2 * x.size(3));
}

TEST(ModulatedConv, EqualsTheFusedFormUpToSecondDerivatives) {
    for (const auto type : {torch::kFloat64, torch::kFloat32})
        for (const Scale scale : {Scale::Keep, Scale::Up})
            for (const bool demodulate : {true, false}) {
                const Tensor x = normals({3, 4, 6, 6}, 1, type).requires_grad_();
                const Tensor w = (normals({5, 4, 3, 3}, 2, type) / 6).requires_grad_();
                const Tensor s = (normals({3, 4}, 3, type) + 1).detach().requires_grad_();
                const auto values_of = [&](const Tensor& y) {
                    // Path length: how far pictures move with the styles, and its gradients.
                    const Tensor noise = normals(y.sizes(), 4, type);
                    const Tensor path = grad({(y.tanh() * noise).sum()}, {s}, {}, true, true)[0];
                    auto all = grad({path.square().sum().sqrt()}, {x, w, s});
                    all.push_back(path);
                    all.push_back(y);
                    return all;
                };
                const auto ours = values_of(modulated_conv2d(x, w, s, demodulate, scale));
                const auto theirs = values_of(fused(x, w, s, demodulate, scale));
                for (std::size_t i = 0; i < ours.size(); ++i)
                    EXPECT_LT(gap(ours[i], theirs[i]), type == torch::kFloat64 ? 1e-10 : 1e-5)
                        << i << (demodulate ? " demodulated" : "") << int(scale);
            }
}

TEST(ModulatedConv, KeepsUnitVarianceAtTheBeginning) {
    ModulatedConv2d conv(32, 32, 3, 16, ModulatedConv2dImpl::Options{});
    init_equalised(*conv, seeded(1));
    const Tensor y = conv->forward(normals({4, 32, 16, 16}, 2, torch::kFloat32),
                                   normals({4, 16}, 3, torch::kFloat32));
    EXPECT_NEAR(y.narrow(2, 1, 14).narrow(3, 1, 14).std().item<double>(), 1, .1);
    ASSERT_EQ(conv->named_parameters().size(), 3u);
    y.sum().backward();
    for (const auto& parameter : conv->parameters())
        EXPECT_GT(parameter.grad().abs().max().item<double>(), 0.0);
}

double largest_singular(const Tensor& weight) {
    return std::get<1>(torch::linalg_svd(weight.flatten(1), false)).max().item<double>();
}

TEST(SpectralNorm, DividesByTheLargestSingularValue) {
    SpectralConv2d conv(6, 8, 3, SpectralConv2dImpl::Options{.padding = 1});
    init_normal(*conv, .5, seeded(1));
    const Tensor x = normals({2, 6, 5, 5}, 2, torch::kFloat32);
    for (int i = 0; i < 100; ++i) conv->forward(x);
    EXPECT_NEAR(largest_singular(conv->normalised_weight()), 1, 1e-4);
    EXPECT_LT(gap(conv->forward(x),
                  at::conv2d(x, conv->weight / largest_singular(conv->weight), {}, 1, 1)),
              1e-4);
    // Already after the beginning it is near.
    SpectralLinear linear(20, 30);
    init_xavier_uniform(*linear, 1, seeded(3));
    EXPECT_NEAR(largest_singular(linear->normalised_weight()), 1, .1);
    SpectralEmbedding embedding(10, 16);
    init_normal(*embedding, 1, seeded(4));
    const Tensor rows = embedding->forward(torch::tensor({3, 3, 7}, torch::kInt64));
    EXPECT_EQ(rows.sizes(), torch::IntArrayRef({3, 16}));
    EXPECT_TRUE(torch::equal(rows[0], rows[1]));
}

TEST(SpectralNorm, LeavesNoGradientAlongTheWeight) {
    // W/σ(W) does not change with the length of W, so its gradient is orthogonal to W.
    SpectralLinear linear(7, 9, /*bias=*/false);
    init_normal(*linear, 1, seeded(1));
    linear->eval();
    const Tensor x = normals({4, 7}, 2, torch::kFloat32), up = normals({4, 9}, 3, torch::kFloat32);
    (linear->forward(x) * up).sum().backward();
    const Tensor g = linear->weight.grad();
    EXPECT_GT(g.norm().item<double>(), .1);
    EXPECT_NEAR((g * linear->weight).sum().item<double>(), 0, 1e-4);
    // Finite differences with u and v held, as algorithm 1 has it.
    torch::NoGradGuard no_grad;
    const Tensor direction = normals({9, 7}, 4, torch::kFloat32);
    const auto value_at = [&](double step) {
        linear->weight.add_(direction, step);
        const double value = (linear->forward(x) * up).sum().item<double>();
        linear->weight.add_(direction, -step);
        return value;
    };
    const double slope = (value_at(1e-2) - value_at(-1e-2)) / 2e-2;
    EXPECT_NEAR((g * direction).sum().item<double>(), slope, 2e-3 * std::max(1., std::abs(slope)));
}

TEST(SpectralNorm, EvaluationChangesNothingAndSeveralPassesShareABackward) {
    SpectralLinear linear(7, 9);
    init_normal(*linear, 1, seeded(1));
    const Tensor x = normals({4, 7}, 2, torch::kFloat32);
    linear->eval();
    const Tensor before = linear->u.clone();
    EXPECT_TRUE(torch::equal(linear->forward(x), linear->forward(x)));
    EXPECT_TRUE(torch::equal(linear->u, before));
    linear->train();
    const Tensor real = linear->forward(x), fake = linear->forward(-x);
    EXPECT_FALSE(torch::equal(linear->u, before));
    (real.sum() + fake.square().sum()).backward();
    EXPECT_TRUE(torch::isfinite(linear->weight.grad()).all().item<bool>());
}

TEST(SpectralNorm, ResumesFromItsBuffers) {
    SpectralLinear linear(7, 9), copy(7, 9);
    init_normal(*linear, 1, seeded(1));
    const Tensor x = normals({4, 7}, 2, torch::kFloat32);
    linear->forward(x);
    TensorMap saved;
    for (const auto& [name, tensor] : module_state(*linear)) saved[name] = tensor.clone();
    EXPECT_EQ(saved.count("u") + saved.count("v"), 2u);
    ASSERT_TRUE(load_module_state(*copy, saved, "it").ok());
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(torch::equal(linear->forward(x), copy->forward(x)));
}

TEST(ConditionalBatchNorm, GivesEachClassItsGainAndShift) {
    ConditionalBatchNorm2d norm(4, 3);
    const Tensor x = normals({6, 4, 5, 5}, 1, torch::kFloat32) * 3 + 1;
    const Tensor classes = torch::tensor({0, 1, 2, 0, 1, 2}, torch::kInt64);
    const Tensor plain = at::batch_norm(x, {}, {}, {}, {}, true, .1, 1e-5, false);
    EXPECT_LT(gap(norm->forward(x, classes), plain), 1e-5);
    {
        torch::NoGradGuard no_grad;
        norm->gain[1].fill_(2);
        norm->shift[1].fill_(-5);
    }
    const Tensor y = norm->forward(x, classes);
    EXPECT_LT(gap(y[4], plain[4] * 2 - 5), 1e-5);
    EXPECT_LT(gap(y[3], plain[3]), 1e-5);
}

TEST(Dropout, DrawsFromTheGivenGeneratorOnly) {
    Dropout dropout(.25);
    const Tensor x = torch::ones({100, 100});
    torch::manual_seed(9);
    const Tensor state = torch::rand({1});
    torch::manual_seed(9);
    const Tensor y = dropout->forward(x, seeded(1));
    EXPECT_TRUE(torch::equal(torch::rand({1}), state)) << "the global generator was used";
    EXPECT_TRUE(torch::equal(y, dropout->forward(x, seeded(1))));
    EXPECT_FALSE(torch::equal(y, dropout->forward(x, seeded(2))));
    EXPECT_NEAR(y.mean().item<double>(), 1, .03);
    EXPECT_NEAR((y == 0).to(torch::kFloat32).mean().item<double>(), .25, .03);
    dropout->eval();
    EXPECT_TRUE(torch::equal(dropout->forward(x, seeded(1)), x));
}

TEST(Noise, IsTheSameForAllChannelsAndScaledByTheStrength) {
    const Tensor x = torch::zeros({3, 4, 16, 16});
    const Tensor y = add_noise(x, torch::tensor({0.f, 1.f, 2.f, 2.f}), seeded(1));
    EXPECT_TRUE(torch::equal(y.select(1, 0), x.select(1, 0)));
    EXPECT_TRUE(torch::equal(y.select(1, 1) * 2, y.select(1, 2)));
    EXPECT_NEAR(y.select(1, 1).std().item<double>(), 1, .1);
    EXPECT_FALSE(torch::equal(y[0], y[1]));
    const Tensor strength = torch::zeros({}, torch::requires_grad());
    EXPECT_TRUE(torch::equal(add_noise(x, strength, seeded(1)), x));
}

TEST(Excitation, WeighsTheChannelsOfTheLargerPicture) {
    SkipLayerExcitation excitation(6, 4);
    init_orthogonal(*excitation, 1, seeded(1));
    const Tensor high = torch::ones({2, 4, 16, 16});
    const Tensor y = excitation->forward(normals({2, 6, 8, 8}, 2, torch::kFloat32), high);
    ASSERT_EQ(y.sizes(), high.sizes());
    EXPECT_GT(y.min().item<double>(), 0);
    EXPECT_LT(y.max().item<double>(), 1);
    EXPECT_TRUE(torch::equal(y.amax({2, 3}), y.amin({2, 3}))) << "one weight a channel";
    EXPECT_GT(y.std().item<double>(), 0);
}

TEST(Gated, IsDifferentiableTwice) {
    const Tensor x = normals({2, 6, 3, 3}, 1).requires_grad_();
    const Tensor y = gated(x);
    EXPECT_LT(gap(y, x.narrow(1, 0, 3) * x.narrow(1, 3, 3).sigmoid()), 1e-12);
    const Tensor first = grad({y.square().sum()}, {x}, {}, true, true)[0];
    EXPECT_GT(grad({first.square().sum()}, {x})[0].abs().max().item<double>(), 0);
}

TEST(Init, FollowsItsRules) {
    torch::nn::Sequential network(
        torch::nn::Conv2d(torch::nn::Conv2dOptions(8, 24, 3)), torch::nn::Linear(50, 30),
        ConvTranspose2d(8, 6, 4, tensor::ConvTransposeGeometry{2, 1, 0}), SpectralLinear(40, 20));
    const auto values = [&] {
        auto named = network->named_parameters();
        return std::vector<Tensor>{named["0.weight"].clone(), named["1.weight"].clone(),
                                   named["2.weight"].clone(), named["3.weight"].clone()};
    };
    init_normal(*network, .02, seeded(1));
    for (const Tensor& w : values()) EXPECT_NEAR(w.std().item<double>(), .02, .002);
    EXPECT_EQ(network->named_parameters()["1.bias"].abs().max().item<double>(), 0);

    init_xavier_uniform(*network, 2, seeded(1));
    const double fans[] = {(8 + 24) * 9, 80, (8 + 6) * 16, 60};
    for (int i = 0; i < 4; ++i) {
        const double bound = 2 * std::sqrt(6 / fans[i]),
                     most = values()[i].abs().max().item<double>();
        EXPECT_LE(most, bound);
        EXPECT_GT(most, .95 * bound);
    }

    init_orthogonal(*network, 3, seeded(1));
    for (const Tensor& w : values()) {
        const Tensor m = w.flatten(1);
        const Tensor gram = m.size(0) < m.size(1) ? m.mm(m.t()) : m.t().mm(m);
        EXPECT_LT(gap(gram, 9 * torch::eye(gram.size(0))), 1e-5);
    }
    const auto first = values();
    init_orthogonal(*network, 3, seeded(1));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(torch::equal(first[i], values()[i]));
    EXPECT_NEAR(network->named_buffers()["3.u"].norm().item<double>(), 1, 1e-5);
}

}  // namespace
}  // namespace pentimento::nn
