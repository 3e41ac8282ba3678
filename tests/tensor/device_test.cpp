// Devices, threads, generators, and how LibTorch's exceptions become errors.
#include "core/tensor/device.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "core/tensor/guard.h"
#include "core/tensor/random.h"

namespace pentimento::tensor {
namespace {

TEST(Device, CgroupQuotaCutsTheNumberOfProcessors) {
    EXPECT_EQ(processors_from_cpu_max("max 100000\n", 8), 8);
    EXPECT_EQ(processors_from_cpu_max("200000 100000\n", 8), 2);
    EXPECT_EQ(processors_from_cpu_max("150000 100000\n", 8), 2);
    EXPECT_EQ(processors_from_cpu_max("10000 100000\n", 8), 1);
    EXPECT_EQ(processors_from_cpu_max("900000 100000\n", 4), 4);
    EXPECT_EQ(processors_from_cpu_max("", 3), 3);
    EXPECT_EQ(processors_from_cpu_max("-1 100000", 3), 3);
    EXPECT_EQ(processors_from_cpu_max("nonsense", 0), 1);
}

TEST(Device, ThreadsAreSet) {
    EXPECT_GE(usable_processors(), 1);
    set_threads(1);
    EXPECT_EQ(threads(), 1);
    set_threads(0);
    EXPECT_EQ(threads(), usable_processors());
}

TEST(Device, ProductsOfMatricesDoNotFightForProcessors) {
    const auto call = [](const char* name) {
        const auto function = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, name));
        return function ? function() : -1;
    };
    const int kind = call("openblas_get_parallel");
    if (kind == -1) GTEST_SKIP() << "this LibTorch does not use OpenBLAS";
#ifdef PENTIMENTO_OPENBLAS_OPENMP
    EXPECT_EQ(kind, 2) << "CMake found OpenBLAS for OpenMP, and another one was loaded";
#endif
    set_threads(2);
    EXPECT_EQ(call("openblas_get_num_threads"), kind == 2 ? 2 : 1);
    set_threads(1);
    EXPECT_EQ(call("openblas_get_num_threads"), 1);
    set_threads(0);
}

TEST(Device, ChoicesResolveOrSayWhyNot) {
    EXPECT_EQ(*resolve_device("cpu"), "cpu");
    EXPECT_EQ(*resolve_device("auto"), cuda_available() ? "cuda" : "cpu");
    if (!cuda_available()) {
        EXPECT_EQ(resolve_device("cuda").error().code, ErrorCode::Unsupported);
    }
    EXPECT_EQ(resolve_device("tpu").error().code, ErrorCode::InvalidArgument);
}

TEST(Generators, DependOnSeedStreamAndIndexOnly) {
    const auto a = draw_latents(4, 8, 1, Stream::Noise, 3);
    torch::randn({100});
    EXPECT_TRUE(torch::equal(a, draw_latents(4, 8, 1, Stream::Noise, 3)));
    EXPECT_FALSE(torch::equal(a, draw_latents(4, 8, 2, Stream::Noise, 3)));
    EXPECT_FALSE(torch::equal(a, draw_latents(4, 8, 1, Stream::PreviewLatents, 3)));
    EXPECT_FALSE(torch::equal(a, draw_latents(4, 8, 1, Stream::Noise, 4)));
}

TEST(Generators, LeaveTheDefaultGeneratorAlone) {
    torch::manual_seed(9);
    const auto expected = torch::randn({4});
    torch::manual_seed(9);
    draw_latents(64, 100, 1, Stream::Noise, 0);
    EXPECT_TRUE(torch::equal(torch::randn({4}), expected));
}

TEST(Generators, NumberedLatentsDoNotDependOnTheCount) {
    const auto many = draw_numbered_latents(0, 10, 6, 5, Stream::SampleLatents);
    EXPECT_TRUE(torch::equal(many.narrow(0, 4, 3),
                             draw_numbered_latents(4, 3, 6, 5, Stream::SampleLatents)));
    EXPECT_FALSE(torch::equal(many[0], many[1]));
}

TEST(Guard, OutOfMemoryIsSaidPlainly) {
    const auto result = guarded("Building the networks", []() -> Status {
        torch::empty({std::int64_t{1} << 55}, torch::kFloat32);
        return {};
    });
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::OutOfMemory);
    EXPECT_NE(result.error().message.find("Building the networks"), std::string::npos);
}

TEST(Guard, OtherExceptionsAreInternalAndKeepTheirText) {
    const auto result = guarded("A test", []() -> Result<int> {
        return torch::zeros({2}).add(torch::zeros({3})).size(0) > 0 ? 1 : 0;
    });
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::Internal);
    EXPECT_FALSE(result.error().detail.empty());
}

}  // namespace
}  // namespace pentimento::tensor
