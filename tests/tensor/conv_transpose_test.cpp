// The fast transposed convolution against LibTorch's own, in value and in every gradient.
#include "core/tensor/conv_transpose.h"

#include <gtest/gtest.h>

namespace pentimento::tensor {
namespace {

using torch::Tensor;

struct Case {
    const char* name;
    std::int64_t batch, in, out, extent, kernel;
    ConvTransposeGeometry geometry;
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}

class ConvTranspose : public testing::TestWithParam<Case> {};

Tensor native(const Tensor& x, const Tensor& w, const ConvTransposeGeometry& g) {
    return torch::conv_transpose2d(x, w, {}, g.stride, g.padding, g.output_padding);
}

TEST_P(ConvTranspose, EqualsTheNativeOneInValueAndGradients) {
    const Case& c = GetParam();
    torch::manual_seed(3);
    const Tensor x = torch::randn({c.batch, c.in, c.extent, c.extent}, torch::requires_grad());
    const Tensor w = (torch::randn({c.in, c.out, c.kernel, c.kernel}) * .1).requires_grad_();
    const Tensor expected = native(x, w, c.geometry);
    const Tensor actual = conv_transpose2d(x, w, c.geometry);
    ASSERT_EQ(actual.sizes(), expected.sizes());
    EXPECT_TRUE(torch::allclose(actual, expected, 1e-4, 1e-4));

    const Tensor up = torch::randn_like(expected);
    const auto g_expected = torch::autograd::grad({expected}, {x, w}, {up});
    const auto g_actual = torch::autograd::grad({actual}, {x, w}, {up});
    EXPECT_TRUE(torch::allclose(g_actual[0], g_expected[0], 1e-4, 1e-4));
    EXPECT_TRUE(torch::allclose(g_actual[1], g_expected[1], 1e-4, 1e-3));
    EXPECT_GT(g_actual[1].abs().max().item<double>(), 0.0);
}

TEST_P(ConvTranspose, SecondDerivativesAgree) {
    const Case& c = GetParam();
    torch::manual_seed(4);
    const Tensor x = torch::randn({c.batch, c.in, c.extent, c.extent}, torch::requires_grad());
    const Tensor w = (torch::randn({c.in, c.out, c.kernel, c.kernel}) * .1).requires_grad_();
    const auto penalty_gradient = [&](const Tensor& y) {
        const Tensor g = torch::autograd::grad({y.tanh().sum()}, {x}, {}, true, true)[0];
        return torch::autograd::grad({g.square().sum()}, {w})[0];
    };
    EXPECT_TRUE(torch::allclose(penalty_gradient(conv_transpose2d(x, w, c.geometry)),
                                penalty_gradient(native(x, w, c.geometry)), 1e-3, 1e-3));
}

TEST_P(ConvTranspose, SecondDerivativesOfBothGradientsByBothInputsAgree) {
    const Case& c = GetParam();
    torch::manual_seed(5);
    const Tensor x = torch::randn({c.batch, c.in, c.extent, c.extent}, torch::requires_grad());
    const Tensor w = (torch::randn({c.in, c.out, c.kernel, c.kernel}) * .1).requires_grad_();
    const auto second = [&](const Tensor& y) {
        const auto first = torch::autograd::grad({y.tanh().sum()}, {x, w}, {}, true, true);
        return torch::autograd::grad({first[0].square().sum() + first[1].square().mean()}, {x, w});
    };
    const auto ours = second(conv_transpose2d(x, w, c.geometry));
    const auto theirs = second(native(x, w, c.geometry));
    for (int i = 0; i < 2; ++i) {
        const double scale = theirs[i].abs().max().item<double>();
        EXPECT_GT(scale, 0.0);
        EXPECT_LT((ours[i] - theirs[i]).abs().max().item<double>(), 1e-4 * scale) << i;
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ConvTranspose,
                         testing::Values(Case{"k4s2p1", 4, 16, 8, 8, 4, {2, 1, 0}},
                                         Case{"k4s2p1 to colour", 4, 8, 3, 16, 4, {2, 1, 0}},
                                         Case{"k4s1p0 from one pixel", 4, 20, 8, 1, 4, {1, 0, 0}},
                                         Case{"k3s2 from one pixel", 4, 20, 8, 1, 3, {2, 0, 0}},
                                         Case{"k3s2p0", 4, 16, 8, 3, 3, {2, 0, 0}},
                                         Case{"k3s2p2 out 1", 4, 16, 1, 15, 3, {2, 2, 1}},
                                         Case{"batch of one", 1, 4, 2, 5, 4, {2, 1, 0}}));

TEST(ConvTranspose, OtherNumberTypesGoThroughTheNativeOne) {
    const Tensor x = torch::randn({2, 3, 4, 4}, torch::kFloat64);
    const Tensor w = torch::randn({3, 2, 4, 4}, torch::kFloat64);
    EXPECT_TRUE(torch::equal(conv_transpose2d(x, w, {2, 1, 0}), native(x, w, {2, 1, 0})));
}

TEST(ConvTranspose, RefusesShapesThatDoNotFit) {
    EXPECT_THROW(
        conv_transpose2d(torch::zeros({1, 3, 4, 4}), torch::zeros({4, 3, 4, 4}), {2, 1, 0}),
        c10::Error);
}

}  // namespace
}  // namespace pentimento::tensor
