// Recordings and dials where there is no graphics card: nothing is recorded, and numbers are
// numbers. What happens on a card, tests/gan/device_test.cpp and tests/style/device_test.cpp see.
#include "core/tensor/recorder.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/tensor/dial.h"
#include "core/tensor/random.h"

namespace pentimento::tensor {
namespace {

TEST(Recorder, DoesAllWorkAsItIsOnTheCpu) {
    Recorder recorder{torch::Device(torch::kCPU)};
    EXPECT_FALSE(recorder.records());
    std::vector<int> done;
    for (int i = 0; i < 5; ++i) recorder.run("same", [&] { done.push_back(i); });
    recorder.run_plainly([&] { done.push_back(9); });
    EXPECT_EQ(done, (std::vector<int>{0, 1, 2, 3, 4, 9}));
    EXPECT_EQ(recorder.count(), 0u);
    recorder.forget();
    Recorder moved = std::move(recorder);
    moved.run("same", [&] { done.clear(); });
    EXPECT_TRUE(done.empty());
}

TEST(Recorder, LetsExceptionsThrough) {
    Recorder recorder{torch::Device(torch::kCPU)};
    EXPECT_THROW(recorder.run("bad", [] { throw std::runtime_error("no"); }), std::runtime_error);
    int done = 0;
    recorder.run("bad", [&] { ++done; });
    EXPECT_EQ(done, 1);
}

TEST(Dial, IsANumberOnTheCpu) {
    Dial dial(0.1, torch::kCPU);
    EXPECT_FALSE(dial.lasts());
    const auto x = torch::randn({3, 4});
    EXPECT_TRUE(torch::equal(x * dial, x * 0.1)) << "bit for bit";
    dial.set(2);
    EXPECT_EQ(dial.value(), 2);
    EXPECT_TRUE(torch::equal(x * dial, x * 2));
    EXPECT_EQ(dial.tensor().item<double>(), 2);
    EXPECT_EQ(dial.tensor().scalar_type(), torch::kFloat64);
    EXPECT_EQ(dial.tensor().dim(), 0);
}

TEST(Random, IsDrawnWhereTheGeneratorIs) {
    const auto options = drawn_by(make_generator(1, Stream::Noise, 0));
    EXPECT_TRUE(options.device().is_cpu());
    EXPECT_EQ(options.dtype(), torch::kFloat32);
    EXPECT_TRUE(drawn_by(torch::Generator()).device().is_cpu());
}

}  // namespace
}  // namespace pentimento::tensor
