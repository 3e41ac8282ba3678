// Convolutions with an activation, and their derivatives, against LibTorch's operations.
#include <gtest/gtest.h>

#include "core/tensor/compat.h"
#include "core/tensor/convolution.h"

namespace pentimento::tensor {
namespace {

using torch::Tensor;

struct Case {
    const char* name;
    std::int64_t in, out, kernel, height, width;
    ConvolutionGeometry geometry;
};
void PrintTo(const Case& c, std::ostream* to) {
    *to << c.name;
}

constexpr LeakyRelu kActivation{.slope = .2, .gain = 1.5};

/// With a bias and without, on one thread and on two.
class ActivatedConvolution : public testing::TestWithParam<std::tuple<Case, bool, int>> {
  protected:
    ActivatedConvolution() : threads_(at::get_num_threads()) {
        at::set_num_threads(std::get<2>(GetParam()));
        torch::manual_seed(7);
        const Case& c = std::get<0>(GetParam());
        x = torch::randn({3, c.in, c.height, c.width}, torch::requires_grad());
        w = (torch::randn({c.out, c.in / c.geometry.groups, c.kernel, c.kernel}) * .3)
                .requires_grad_();
        variables = {x, w};
        if (!std::get<1>(GetParam())) return;
        b = torch::randn({c.out}, torch::requires_grad());
        variables.push_back(b);
    }
    ~ActivatedConvolution() override { at::set_num_threads(threads_); }

    Tensor ours() const {
        return activated_convolution(x, w, b, std::get<0>(GetParam()).geometry, kActivation);
    }
    static Tensor activated(const Tensor& y) {
        return at::leaky_relu(y, kActivation.slope) * kActivation.gain;
    }
    Tensor native() const {
        const ConvolutionGeometry& g = std::get<0>(GetParam()).geometry;
        return activated(at::conv2d(x, w, b, g.stride, g.padding, 1, g.groups));
    }
    /// What derivatives are compared with. Winograd's algorithm gives a few numbers near zero the
    /// other sign than LibTorch does; that of `convolution` is the same.
    Tensor in_two() const {
        return activated(convolution(x, w, b, std::get<0>(GetParam()).geometry));
    }
    Tensor x, w, b;
    std::vector<Tensor> variables;

  private:
    int threads_;
};

void expect_close(const std::vector<Tensor>& found, const std::vector<Tensor>& wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        ASSERT_EQ(found[i].sizes(), wanted[i].sizes()) << i;
        EXPECT_GT(wanted[i].norm().item<double>(), 0.0) << i;
        EXPECT_LT(((found[i] - wanted[i]).norm() / wanted[i].norm()).item<double>(), 1e-4) << i;
    }
}

TEST_P(ActivatedConvolution, ValueAndGradientsAgree) {
    const Tensor expected = in_two(), actual = ours(), up = torch::randn_like(expected);
    expect_close({actual}, {native()});
    expect_close(torch::autograd::grad({actual}, variables, {up}),
                 torch::autograd::grad({expected}, variables, {up}));
    const torch::NoGradGuard no_grad;
    expect_close({ours()}, {expected});
}

TEST_P(ActivatedConvolution, TakesGradientsThatAreNotContiguous) {
    const Tensor expected = in_two(), actual = ours(),
                 up = torch::randn({expected.size(0), expected.size(1), 1, 1}).expand_as(expected);
    expect_close(torch::autograd::grad({actual}, variables, {up}),
                 torch::autograd::grad({expected}, variables, {up}));
}

TEST_P(ActivatedConvolution, SecondAndThirdDerivativesAgree) {
    const auto penalty = [&](const Tensor& y, bool third) {
        Tensor sum = torch::zeros({});
        for (const Tensor& g :
             torch::autograd::grad({y.tanh().sum()}, variables, {}, true, /*create_graph=*/true))
            sum = sum + g.square().mean();
        if (!third) return torch::autograd::grad({sum}, variables);
        const Tensor by_x = torch::autograd::grad({sum}, {x}, {}, true, /*create_graph=*/true)[0];
        return torch::autograd::grad({by_x.square().mean()}, variables);
    };
    expect_close(penalty(ours(), false), penalty(in_two(), false));
    expect_close(penalty(ours(), true), penalty(in_two(), true));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ActivatedConvolution,
    testing::Combine(testing::Values(Case{"1x1", 36, 72, 1, 8, 8, {}},
                                     Case{"1x1, odd", 5, 3, 1, 7, 9, {}},
                                     Case{"1x1, few pixels", 3, 7, 1, 1, 3, {}},
                                     Case{"1x1, many channels", 130, 5, 1, 32, 32, {}},
                                     Case{"3x3, 9 groups of 8", 72, 72, 3, 8, 8, {1, 1, 9}},
                                     Case{"3x3, groups, wide", 16, 16, 3, 5, 32, {1, 1, 2}},
                                     Case{"3x3, 32 channels", 32, 48, 3, 32, 32, {1, 1}},
                                     Case{"3x3 s2", 4, 6, 3, 9, 9, {2, 0}}),
                     testing::Bool(), testing::Values(1, 2)));

TEST(ActivatedConvolution, TakesDoublesEmptyBatchesAndPlainOperations) {
    const Tensor x = torch::randn({2, 4, 3, 3}, torch::kDouble),
                 w = torch::randn({5, 4, 1, 1}, torch::kDouble).requires_grad_();
    const auto native = [](const Tensor& y) { return at::leaky_relu(y, .2) * 1.5; };
    EXPECT_TRUE(torch::allclose(activated_convolution(x, w, {}, {}, kActivation),
                                native(at::conv2d(x, w)), 1e-12, 1e-12));
    const Tensor none = torch::empty({0, 4, 3, 3}), single = w.to(torch::kFloat32);
    EXPECT_EQ(activated_convolution(none, single, {}, {}, kActivation).sizes(),
              (at::IntArrayRef{0, 5, 3, 3}));
    const PlainOperations plain;
    const Tensor y = x.to(torch::kFloat32);
    EXPECT_TRUE(torch::equal(activated_convolution(y, single, {}, {}, kActivation),
                             native(at::conv2d(y, single))));
}

TEST(ActivatedConvolution, TakesTheTypeOfMixedPrecision) {
    const Tensor x = torch::randn({2, 4, 8, 8}), w = torch::randn({5, 4, 1, 1});
    const Autocast mixed(true, torch::kCPU);
    const Tensor y = activated_convolution(x, w, {}, {}, kActivation),
                 plain = at::leaky_relu(convolution(x, w, {}, {}), .2) * 1.5;
    EXPECT_EQ(y.scalar_type(), plain.scalar_type());
    EXPECT_TRUE(torch::equal(y, plain));
}

}  // namespace
}  // namespace pentimento::tensor
