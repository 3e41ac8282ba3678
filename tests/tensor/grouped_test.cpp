// 3×3 convolutions in narrow groups, for every kind of register that this processor has, against
// LibTorch's.
#include "core/tensor/grouped.h"

#include <gtest/gtest.h>

#include "core/tensor/grouped_plane.h"

namespace pentimento::tensor::grouped {
namespace {

using torch::Tensor;

/// More rows than fit into one band, fewer columns than a register has numbers, rows of one and of
/// two registers, an odd number of them, a single pixel.
struct Case {
    std::int64_t channels, height, width;
};

class GroupedLoops : public testing::TestWithParam<std::tuple<Width, Case>> {
  protected:
    void SetUp() override {
        if (width() > widest()) GTEST_SKIP() << "this processor has no such registers";
        torch::manual_seed(3);
        const Planes p = planes();
        x = torch::randn({1, p.channels, p.height, p.width});
        w = torch::randn({p.channels, p.channels, 3, 3}) * .2;
        b = torch::randn({p.channels});
        scratch.assign(static_cast<std::size_t>(scratch_size(p)), 1e30f);  // nobody reads that
    }
    static Width width() { return std::get<0>(GetParam()); }
    static Planes planes() {
        const Case& c = std::get<1>(GetParam());
        return {c.channels, c.height, c.width};
    }
    std::vector<float> filters(bool turned) const {
        std::vector<float> packed(static_cast<std::size_t>(w.numel()));
        pack(w.data_ptr<float>(), planes().channels, turned, packed.data());
        return packed;
    }
    static void expect_close(const Tensor& found, const Tensor& wanted) {
        EXPECT_LT(((found - wanted).norm() / wanted.norm()).item<double>(), 1e-5);
    }
    Tensor x, w, b;
    std::vector<float> scratch;
};

TEST_P(GroupedLoops, Convolve) {
    const Tensor y = torch::empty_like(x);
    const LeakyRelu activation{.slope = .2, .gain = 1.5};
    Finish finish{.bias = b.data_ptr<float>()};
    convolve(planes(), x.data_ptr<float>(), filters(false).data(), finish, y.data_ptr<float>(),
             scratch.data(), width());
    expect_close(y, at::conv2d(x, w, b, 1, 1));
    finish.activation = &activation;
    convolve(planes(), x.data_ptr<float>(), filters(false).data(), finish, y.data_ptr<float>(),
             scratch.data(), width());
    expect_close(y, at::leaky_relu(at::conv2d(x, w, b, 1, 1), .2) * 1.5);
}

TEST_P(GroupedLoops, GradientByTheInput) {
    const Tensor gradient = torch::empty_like(x);
    convolve(planes(), x.data_ptr<float>(), filters(true).data(), {}, gradient.data_ptr<float>(),
             scratch.data(), width());
    expect_close(gradient, at::conv_transpose2d(x, w, {}, 1, 1));
}

TEST_P(GroupedLoops, GradientByTheWeights) {
    const Tensor y = torch::randn_like(x), gradient = torch::empty_like(w);
    std::vector<float> sums(static_cast<std::size_t>(sums_size(planes().channels, width())));
    for (int picture = 0; picture < 2; ++picture)
        weight_gradient(planes(), x.data_ptr<float>(), y.data_ptr<float>(), sums.data(),
                        scratch.data(), width());
    finish_weight_gradient(planes().channels, sums.data(), gradient.data_ptr<float>(), width());
    w.requires_grad_();
    const Tensor once = torch::autograd::grad({at::conv2d(x, w, {}, 1, 1)}, {w}, {y})[0];
    expect_close(gradient, 2 * once);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, GroupedLoops,
    testing::Combine(testing::Values(Width::Any, Width::Avx2, Width::Avx512),
                     testing::Values(Case{4, 5, 3}, Case{8, 32, 32}, Case{8, 1, 1},
                                     Case{8, 150, 37}, Case{16, 4, 4}, Case{16, 40, 50},
                                     Case{8, 5, 16}, Case{16, 3, 48}, Case{4, 130, 32})));

TEST(Grouped, SuitsNarrowGroupsOnly) {
    const auto suits_groups = [](std::int64_t channels, std::int64_t groups,
                                 ConvolutionGeometry geometry, std::int64_t kernel = 3) {
        geometry.groups = groups;
        return suits(torch::empty({2, channels, 8, 8}),
                     torch::empty({channels, channels / groups, kernel, kernel}), geometry);
    };
    EXPECT_TRUE(suits_groups(72, 9, {1, 1}));
    EXPECT_TRUE(suits_groups(32, 2, {1, 1}));
    EXPECT_FALSE(suits_groups(8, 1, {1, 1})) << "no groups";
    EXPECT_FALSE(suits_groups(64, 2, {1, 1})) << "groups of 32";
    EXPECT_FALSE(suits_groups(8, 8, {1, 1})) << "one channel each";
    EXPECT_FALSE(suits_groups(16, 2, {2, 1})) << "a stride";
    EXPECT_FALSE(suits_groups(16, 2, {1, 0})) << "no padding";
    EXPECT_FALSE(suits_groups(16, 2, {1, 1}, 5)) << "a wide kernel";
    EXPECT_FALSE(suits(torch::empty({2, 16, 8, 8}, torch::kDouble),
                       torch::empty({16, 8, 3, 3}, torch::kDouble), {1, 1, 2}));
}

TEST(Grouped, TakesPicturesThatAreNotContiguousAndEmptyBatches) {
    const Tensor x = torch::randn({3, 16, 6, 5}).transpose(2, 3), w = torch::randn({16, 8, 3, 3});
    EXPECT_TRUE(torch::allclose(convolve(x, w, {}), at::conv2d(x, w, {}, 1, 1, 1, 2), 1e-4, 1e-4));
    EXPECT_EQ(convolve(x.narrow(0, 0, 0), w, {}).numel(), 0);
}

}  // namespace
}  // namespace pentimento::tensor::grouped
