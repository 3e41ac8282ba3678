// Winograd's convolution against LibTorch's, in value and in gradients of first and second order.
#include "core/tensor/convolution.h"

#include <gtest/gtest.h>

namespace pentimento::tensor {
namespace {

using torch::Tensor;

struct Case {
    std::int64_t batch, in, out, height, width, padding;
};
void PrintTo(const Case& c, std::ostream* to) {
    *to << c.batch << "x" << c.in << "→" << c.out << ", " << c.width << "x" << c.height << ", p"
        << c.padding;
}

/// |a − b| relative to b's length.
double off(const Tensor& a, const Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

class Conv3x3 : public testing::TestWithParam<Case> {
  protected:
    Conv3x3() {
        torch::manual_seed(5);
        const Case& c = GetParam();
        x = torch::randn({c.batch, c.in, c.height, c.width}, torch::requires_grad());
        w = (torch::randn({c.out, c.in, 3, 3}) * .1).requires_grad_();
        b = torch::randn({c.out}, torch::requires_grad());
    }
    Tensor ours() const { return conv2d(x, w, b, GetParam().padding); }
    Tensor native() const { return at::conv2d(x, w, b, 1, GetParam().padding); }
    Tensor x, w, b;
};

TEST_P(Conv3x3, EqualsTheNativeOneInValueAndGradients) {
    const Tensor expected = native(), actual = ours();
    ASSERT_EQ(actual.sizes(), expected.sizes());
    EXPECT_LT(off(actual, expected), 1e-5);
    const Tensor up = torch::randn_like(expected);
    const auto wanted = torch::autograd::grad({expected}, {x, w, b}, {up});
    const auto found = torch::autograd::grad({actual}, {x, w, b}, {up});
    for (int i = 0; i < 3; ++i) EXPECT_LT(off(found[i], wanted[i]), 1e-4) << i;
}

TEST_P(Conv3x3, SecondDerivativesAgree) {
    // As a penalty on the discriminator's slope: through the gradient to input, weight and bias.
    const auto penalty = [&](const Tensor& y) {
        const auto slope = torch::autograd::grad({y.tanh().sum()}, {x, w}, {}, true, true);
        return torch::autograd::grad({slope[0].square().sum() + slope[1].square().sum()},
                                     {x, w, b});
    };
    const auto wanted = penalty(native()), found = penalty(ours());
    for (int i = 0; i < 3; ++i) EXPECT_LT(off(found[i], wanted[i]), 1e-3) << i;
}

INSTANTIATE_TEST_SUITE_P(Shapes, Conv3x3,
                         testing::Values(Case{4, 32, 64, 16, 16, 1}, Case{2, 64, 32, 13, 9, 1},
                                         Case{16, 64, 64, 4, 4, 1}, Case{2, 32, 32, 18, 17, 0},
                                         Case{1, 32, 48, 12, 12, 2}, Case{2, 24, 40, 12, 12, 1},
                                         Case{1, 3, 64, 16, 16, 1}));

TEST(Conv3x3Choice, PlainOperationsGiveLibTorchsBits) {
    const Tensor x = torch::randn({2, 32, 16, 16}), w = torch::randn({32, 32, 3, 3});
    const PlainOperations plain;
    EXPECT_TRUE(torch::equal(conv2d(x, w, {}, 1), at::conv2d(x, w, {}, 1, 1)));
}

TEST(Conv3x3Choice, RepeatsBitForBit) {
    const Tensor x = torch::randn({2, 32, 16, 16}), w = torch::randn({32, 32, 3, 3});
    EXPECT_TRUE(torch::equal(conv2d(x, w, {}, 1), conv2d(x, w, {}, 1)));
}

}  // namespace
}  // namespace pentimento::tensor
