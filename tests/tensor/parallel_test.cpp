#include "core/tensor/parallel.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <atomic>
#include <thread>
#include <vector>

namespace pentimento::tensor {
namespace {

/// How often each number was visited.
std::vector<int> visits(std::int64_t count, std::int64_t grain) {
    std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
    parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
    });
    return {seen.begin(), seen.end()};
}
std::vector<int> ones(std::int64_t count) {
    return std::vector<int>(static_cast<std::size_t>(count), 1);
}

TEST(Parallel, VisitsEachNumberOnce) {
    for (const std::int64_t count : {0, 1, 2, 5, 1000, 7})  // not in order: what is kept grows
        for (const std::int64_t grain : {1, 3, 2000}) EXPECT_EQ(visits(count, grain), ones(count));
}

TEST(Parallel, MayBeNested) {
    std::atomic<int> wrong = 0;
    parallel_for(4, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) wrong += visits(5000 + i, 1) != ones(5000 + i);
    });
    EXPECT_EQ(wrong, 0);
}

TEST(Parallel, MayBeCalledFromSeveralThreads) {
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (std::int64_t i = 0; i < 4; ++i)
        threads.emplace_back([&wrong, i] {
            for (std::int64_t n = 1; n < 50; ++n) wrong += visits(n * i, 1) != ones(n * i);
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace pentimento::tensor
