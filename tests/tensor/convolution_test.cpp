// Convolutions with derivatives of any order against LibTorch's.
#include "core/tensor/convolution.h"

#include <gtest/gtest.h>

namespace pentimento::tensor {
namespace {

using torch::Tensor;

struct Case {
    const char* name;
    std::int64_t in, out, kernel, extent;
    ConvolutionGeometry geometry;
};
void PrintTo(const Case& c, std::ostream* to) {
    *to << c.name;
}

class ConvolutionDerivatives : public testing::TestWithParam<Case> {
  protected:
    ConvolutionDerivatives() {
        torch::manual_seed(6);
        const Case& c = GetParam();
        x = torch::randn({3, c.in, c.extent, c.extent}, torch::requires_grad());
        w = (torch::randn({c.out, c.in / c.geometry.groups, c.kernel, c.kernel}) * .3)
                .requires_grad_();
        b = torch::randn({c.out}, torch::requires_grad());
    }
    Tensor ours(const Tensor& bias) const { return convolution(x, w, bias, GetParam().geometry); }
    Tensor native(const Tensor& bias) const {
        const ConvolutionGeometry& g = GetParam().geometry;
        return at::conv2d(x, w, bias, g.stride, g.padding, 1, g.groups);
    }
    Tensor x, w, b;
};

void expect_close(const std::vector<Tensor>& found, const std::vector<Tensor>& wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_GT(wanted[i].norm().item<double>(), 0.0) << i;
        EXPECT_LT(((found[i] - wanted[i]).norm() / wanted[i].norm()).item<double>(), 1e-4) << i;
    }
}

TEST_P(ConvolutionDerivatives, ValueAndGradientsAgree) {
    const Tensor expected = native(b), actual = ours(b);
    ASSERT_EQ(actual.sizes(), expected.sizes());
    expect_close({actual}, {expected});
    const Tensor up = torch::randn_like(expected);
    expect_close(torch::autograd::grad({actual}, {x, w, b}, {up}),
                 torch::autograd::grad({expected}, {x, w, b}, {up}));
}

TEST_P(ConvolutionDerivatives, SecondDerivativesAgree) {
    // Through the gradients by input, weight and bias.
    const auto second = [&](const Tensor& y) {
        const auto first = torch::autograd::grad({y.tanh().sum()}, {x, w, b}, {}, true, true);
        Tensor sum = torch::zeros({});
        for (const Tensor& gradient : first) sum = sum + gradient.square().mean();
        return torch::autograd::grad({sum}, {x, w, b});
    };
    expect_close(second(ours(b)), second(native(b)));
}

TEST_P(ConvolutionDerivatives, ThirdDerivativesAgree) {
    const auto third = [&](const Tensor& y) {
        const Tensor first = torch::autograd::grad({y.tanh().sum()}, {x}, {}, true, true)[0];
        const auto second =
            torch::autograd::grad({first.square().mean()}, {x, w}, {}, true, /*create_graph=*/true);
        return torch::autograd::grad({second[0].square().mean() + second[1].square().mean()},
                                     {x, w});
    };
    expect_close(third(ours({})), third(native({})));
}

TEST_P(ConvolutionDerivatives, GradientByInputIsATransposedConvolution) {
    const Case& c = GetParam();
    const ConvolutionGeometry& g = c.geometry;
    const Tensor y = torch::randn_like(native({})).requires_grad_();
    const std::int64_t extent = (y.size(2) - 1) * g.stride - 2 * g.padding + c.kernel;
    const Tensor expected = at::conv_transpose2d(y, w, {}, g.stride, g.padding,
                                                 /*output_padding=*/c.extent - extent, g.groups);
    const Tensor actual = convolution_by_input(y, w, x.sizes(), g);
    expect_close({actual}, {expected});
    const Tensor up = torch::randn_like(expected);
    expect_close(torch::autograd::grad({actual}, {y, w}, {up}),
                 torch::autograd::grad({expected}, {y, w}, {up}));
}

INSTANTIATE_TEST_SUITE_P(Shapes, ConvolutionDerivatives,
                         testing::Values(Case{"3x3", 5, 7, 3, 9, {1, 1}},
                                         Case{"1x1", 6, 4, 1, 8, {}},
                                         Case{"1x1, many channels", 40, 72, 1, 12, {}},
                                         Case{"3x3 s2", 4, 6, 3, 9, {2, 0}},
                                         Case{"4x4 s2", 4, 6, 4, 8, {2, 1}},
                                         Case{"4x4 s2, odd", 4, 6, 4, 9, {2, 1}},
                                         Case{"3x3, 3 groups", 12, 24, 3, 8, {1, 1, 3}},
                                         Case{"3x3, 3 groups of 4", 12, 12, 3, 7, {1, 1, 3}},
                                         Case{"3x3, 2 groups of 16", 32, 32, 3, 5, {1, 1, 2}}));

TEST(Convolution, TakesLibTorchsWayWhereNothingLearns) {
    const Tensor x = torch::randn({2, 4, 8, 8}), w = torch::randn({4, 4, 3, 3});
    const Tensor y = convolution(x, w, {}, {1, 1});
    EXPECT_FALSE(y.requires_grad());
    EXPECT_TRUE(torch::equal(y, at::conv2d(x, w, {}, 1, 1)));
}

TEST(Convolution, TakesLibTorchsWayWhenPlainOperationsAreWanted) {
    const Tensor x = torch::randn({2, 4, 8, 8}), w = torch::randn({5, 4, 1, 1}).requires_grad_();
    const PlainOperations plain;
    EXPECT_TRUE(torch::equal(convolution(x, w, {}, {}), at::conv2d(x, w)));
}

TEST(Convolution, PointwiseTakesPicturesThatAreNotContiguous) {
    const Tensor x = torch::randn({1, 4, 8, 8}).expand({3, -1, -1, -1}).transpose(2, 3);
    const Tensor w = torch::randn({5, 4, 1, 1}).requires_grad_();
    EXPECT_TRUE(torch::allclose(convolution(x, w, {}, {}), at::conv2d(x, w), 1e-5, 1e-5));
}

TEST(Convolution, PointwiseTakesDoublesAndEmptyBatches) {
    const auto all = torch::dtype(torch::kDouble);
    const Tensor x = torch::randn({2, 4, 3, 3}, all),
                 w = torch::randn({5, 4, 1, 1}, all).requires_grad_(), b = torch::randn({5}, all);
    EXPECT_TRUE(torch::allclose(convolution(x, w, b, {}), at::conv2d(x, w, b), 1e-12, 1e-12));
    const Tensor none = torch::empty({0, 4, 3, 3}, all);
    EXPECT_EQ(convolution(none, w, b, {}).sizes(), at::conv2d(none, w, b).sizes());
}

}  // namespace
}  // namespace pentimento::tensor
