// Text, JSON, random numbers and channels.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "core/base/channels.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/base/text.h"

namespace pentimento {
namespace {

TEST(Text, NearestSuggestsOnlyWhatIsNear) {
    const std::vector<std::string> ids{"lr_g", "lr_d", "batch", "label_smoothing"};
    EXPECT_EQ(nearest("batc", ids), "batch");
    EXPECT_EQ(nearest("lr", ids), "lr_g");
    EXPECT_EQ(nearest("label_smothing", ids), "label_smoothing");
    EXPECT_EQ(nearest("zzzzzz", ids), "");
}

TEST(Text, FormatsForPeople) {
    EXPECT_EQ(format_bytes(999), "999 bytes");
    EXPECT_EQ(format_bytes(1'200'000), "1.2 MB");
    EXPECT_EQ(format_duration(3.4), "3 s");
    EXPECT_EQ(format_duration(250), "4 min 10 s");
    EXPECT_EQ(format_duration(7500), "2 h 5 min");
    EXPECT_EQ(format_duration(-1), "–");
    EXPECT_EQ(format_count(70000), "70,000");
    EXPECT_EQ(format_count(-1234567), "-1,234,567");
    EXPECT_EQ(format_count(999), "999");
}

TEST(Text, InvalidUtf8IsReplaced) {
    EXPECT_EQ(to_valid_utf8("grün €"), "grün €");
    EXPECT_EQ(to_valid_utf8("a\xff"
                            "b"),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(to_valid_utf8("\xC3"), "\xEF\xBF\xBD");
    EXPECT_EQ(to_valid_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")
        << "a surrogate";
}

TEST(Json, HostileTextIsAnErrorNotACrash) {
    EXPECT_FALSE(parse_json("{\"a\": ", "settings"));
    EXPECT_FALSE(parse_json(std::string(100'000, '['), "settings"));
    EXPECT_FALSE(parse_json("\"\xff\"", "settings"));
    const auto good = parse_json(R"({"b": 1, "a": [true, null]})", "settings");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->begin().key(), "b") << "keys keep their order";
}

TEST(Random, DependsOnSeedStreamAndIndexOnly) {
    EXPECT_EQ(derive_seed(1, 2, 3), derive_seed(1, 2, 3));
    std::set<std::uint64_t> all;
    for (std::uint64_t a = 0; a < 10; ++a)
        for (std::uint64_t b = 0; b < 10; ++b)
            for (std::uint64_t c = 0; c < 10; ++c) all.insert(derive_seed(a, b, c));
    EXPECT_EQ(all.size(), 1000u);
}

TEST(Random, PermutationHoldsEachIndexOnceAndIsShuffled) {
    auto order = random_permutation(1000, 7);
    EXPECT_EQ(order, random_permutation(1000, 7));
    EXPECT_NE(order, random_permutation(1000, 8));
    EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (std::uint32_t i = 0; i < 1000; ++i) ASSERT_EQ(order[i], i);
}

TEST(Random, UniformHasTheRightMeanAndVariance) {
    SplitMix64 random(3);
    double sum = 0, squares = 0;
    const int n = 100'000;
    for (int i = 0; i < n; ++i) {
        const double u = random.uniform();
        sum += u;
        squares += u * u;
    }
    EXPECT_NEAR(sum / n, 0.5, 0.005);
    EXPECT_NEAR(squares / n - 0.25, 1.0 / 12, 0.005);
}

TEST(Channels, LatestSlotKeepsTheNewestAndQueueKeepsAll) {
    LatestSlot<int> slot;
    AppendQueue<int> queue;
    std::thread writer([&] {
        for (int i = 1; i <= 10'000; ++i) {
            slot.put(i);
            queue.append(i);
        }
    });
    int last = 0;
    std::vector<int> seen;
    while (seen.size() < 10'000) {
        if (const auto value = slot.take()) {
            EXPECT_GT(*value, last);
            last = *value;
        }
        for (const int value : queue.take_all()) seen.push_back(value);
    }
    writer.join();
    if (const auto value = slot.take()) last = *value;
    EXPECT_EQ(last, 10'000);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    EXPECT_FALSE(slot.pending());
}

TEST(Channels, BoundedQueueDropsTheOldest) {
    AppendQueue<int> queue(10);
    for (int i = 0; i < 25; ++i) queue.append(i);
    const auto kept = queue.take_all();
    EXPECT_LE(kept.size(), 10u);
    EXPECT_EQ(kept.back(), 24);
    EXPECT_EQ(queue.dropped() + kept.size(), 25u);
}

}  // namespace
}  // namespace pentimento
