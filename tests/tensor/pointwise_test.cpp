// 1×1 convolutions, for every kind of register that this processor has, against LibTorch's.
#include "core/tensor/pointwise.h"

#include <gtest/gtest.h>

#include "core/tensor/parallel.h"
#include "core/tensor/pointwise_plane.h"

namespace pentimento::tensor::pointwise {
namespace {

using torch::Tensor;

void expect_close(const Tensor& found, const Tensor& wanted) {
    ASSERT_EQ(found.sizes(), wanted.sizes());
    EXPECT_LE((found - wanted).norm().item<double>(), 1e-5 * wanted.norm().item<double>());
}

/// Channels of both sides; pixels in units of a register.
struct Case {
    std::int64_t in, out, registers, pictures = 2;
};

class PointwiseLoops : public testing::TestWithParam<std::tuple<Width, Case>> {
  protected:
    void SetUp() override {
        if (width() > widest()) GTEST_SKIP() << "this processor has no such registers";
        torch::manual_seed(4);
        const Shape s = shape();
        x = torch::randn({s.pictures, s.in, s.pixels});
        y = torch::randn({s.pictures, s.out, s.pixels});
        w = torch::randn({s.out, s.in});
        b = torch::randn({s.out});
    }
    static Width width() { return std::get<0>(GetParam()); }
    static Shape shape() {
        const Case& c = std::get<1>(GetParam());
        return {c.pictures, c.in, c.out, c.registers * lanes(width())};
    }
    /// In two stretches, as two threads would.
    static Tensor multiplied(const Tensor& a, bool transposed, const Finish& finish,
                             const Tensor& by) {
        const Shape s = shape();
        std::vector<float> packed(static_cast<std::size_t>(a.numel()));
        pack(a.data_ptr<float>(), s.out, s.in, transposed, packed.data(), width());
        const Tensor result = torch::full({s.pictures, s.out, s.pixels}, 1e30f);
        const std::int64_t all = panels(s, width());
        for (const auto& [first, last] : {std::pair{all / 2, all}, {std::int64_t{0}, all / 2}})
            multiply(s, by.data_ptr<float>(), packed.data(), finish, first, last,
                     result.data_ptr<float>(), width());
        return result;
    }
    Tensor x, y, w, b;
};

TEST_P(PointwiseLoops, Multiply) {
    const Tensor wanted = at::matmul(w, x) + b.unsqueeze(1);
    Finish finish{.bias = b.data_ptr<float>()};
    expect_close(multiplied(w, false, {}, x), at::matmul(w, x));
    expect_close(multiplied(w, false, finish, x), wanted);
    const LeakyRelu activation{.slope = .2, .gain = 1.5};
    finish.activation = &activation;
    expect_close(multiplied(w, false, finish, x), at::leaky_relu(wanted, .2) * 1.5);
}

TEST_P(PointwiseLoops, MultiplyTheTranspose) {
    expect_close(multiplied(w.t().contiguous(), true, {}, x), at::matmul(w, x));
}

TEST_P(PointwiseLoops, GradientByTheWeights) {
    const Shape s = shape();
    const Tensor gradient = torch::zeros_like(w);
    const std::int64_t all = blocks(s, width());
    for (const auto& [first, last] : {std::pair{all / 2, all}, {std::int64_t{0}, all / 2}})
        weight_gradient(s, x.data_ptr<float>(), y.data_ptr<float>(), first, last,
                        gradient.data_ptr<float>(), width());
    expect_close(gradient, at::matmul(y, x.transpose(1, 2)).sum(0));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PointwiseLoops,
    testing::Combine(testing::Values(Width::Any, Width::Avx2, Width::Avx512),
                     testing::Values(Case{1, 1, 1}, Case{3, 5, 1}, Case{5, 3, 2},
                                     Case{36, 72, 1, 9}, Case{72, 36, 3}, Case{3, 36, 65},
                                     Case{36, 3, 150}, Case{7, 13, 4, 70}, Case{17, 9, 4, 0})));

/// The maps themselves, whichever way they take.
class Pointwise : public testing::TestWithParam<int> {
  protected:
    Pointwise() : before_(at::get_num_threads()) { at::set_num_threads(GetParam()); }
    ~Pointwise() override { at::set_num_threads(before_); }

    static void compare(std::int64_t pictures, std::int64_t in, std::int64_t out,
                        at::IntArrayRef extent) {
        SCOPED_TRACE(testing::Message()
                     << pictures << " pictures " << extent << ", " << in << " channels to " << out);
        const Tensor x = torch::randn({pictures, in, extent[0], extent[1]}).requires_grad_(),
                     w = torch::randn({out, in, 1, 1}).requires_grad_(), b = torch::randn({out}),
                     y = torch::randn({pictures, out, extent[0], extent[1]});
        const Tensor wanted = at::conv2d(x, w, b);
        const auto gradients = torch::autograd::grad({wanted}, {x, w}, {y});
        const torch::NoGradGuard no_grad;
        expect_close(convolve(x, w, b), wanted);
        expect_close(convolve(x, w, {}), at::conv2d(x, w));
        expect_close(by_input(y, w), gradients[0]);
        expect_close(by_weight(x, y), gradients[1]);
    }

  private:
    int before_;
};

TEST_P(Pointwise, AgreesForOddSizes) {
    constexpr std::int64_t kChannels[]{1, 3, 5, 36, 72};
    constexpr std::int64_t kExtents[][2]{{1, 1}, {4, 4}, {1, 17}, {7, 7}, {9, 11}, {32, 32}};
    for (const auto in : kChannels)
        for (const auto out : kChannels)
            for (const auto& extent : kExtents) compare(3, in, out, extent);
}

TEST_P(Pointwise, AgreesForOnePictureNoneAndManyChannels) {
    compare(1, 36, 72, {64, 64});
    compare(1, 130, 5, {32, 32});
    compare(2, 130, 140, {4, 4});
    const Tensor none = torch::empty({0, 3, 4, 4}), w = torch::randn({5, 3, 1, 1});
    EXPECT_EQ(convolve(none, w, {}).sizes(), (at::IntArrayRef{0, 5, 4, 4}));
    EXPECT_TRUE(by_weight(none, torch::empty({0, 5, 4, 4})).equal(torch::zeros_like(w)));
}

TEST_P(Pointwise, WorksWithinAParallelRegion) {
    const Tensor x = torch::randn({4, 36, 16, 16}), w = torch::randn({72, 36, 1, 1});
    const Tensor wanted = at::conv2d(x, w);
    std::vector<Tensor> found(4);
    parallel_for(4, 1, [&](std::int64_t begin, std::int64_t end) {
        const torch::NoGradGuard no_grad;
        for (std::int64_t i = begin; i < end; ++i)
            found[static_cast<std::size_t>(i)] = convolve(x.narrow(0, i, 1), w, {});
    });
    expect_close(torch::cat(found), wanted);
}

INSTANTIATE_TEST_SUITE_P(Threads, Pointwise, testing::Values(1, 2));

}  // namespace
}  // namespace pentimento::tensor::pointwise
