// The order of pictures.
#include "core/data/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace pentimento {
namespace {

std::vector<std::int64_t> indices(const std::vector<Draw>& draws) {
    std::vector<std::int64_t> result;
    for (const Draw& draw : draws) result.push_back(draw.index);
    return result;
}

TEST(Sampler, EveryEpochVisitsEachPictureOnceInAnOrderOfItsOwn) {
    Sampler sampler(50, 7, false);
    const auto first = indices(sampler.draw(50)), second = indices(sampler.draw(50));
    EXPECT_EQ(std::set(first.begin(), first.end()).size(), 50u);
    EXPECT_EQ(std::set(second.begin(), second.end()).size(), 50u);
    EXPECT_NE(first, second);
}

TEST(Sampler, TheOrderDependsOnTheSeedAndNotOnTheSizeOfTheBatches) {
    Sampler whole(30, 1, true), parts(30, 1, true), other(30, 2, true);
    const auto expected = whole.draw(75);
    std::vector<Draw> joined;
    for (const int size : {1, 29, 7, 38})
        for (const Draw& draw : parts.draw(size)) joined.push_back(draw);
    ASSERT_EQ(joined.size(), expected.size());
    for (std::size_t i = 0; i < joined.size(); ++i) {
        EXPECT_EQ(joined[i].index, expected[i].index);
        EXPECT_EQ(joined[i].flip, expected[i].flip);
    }
    EXPECT_NE(indices(other.draw(75)), indices(expected));
}

TEST(Sampler, TheCursorIsAllItsState) {
    Sampler first(13, 5, true), second(13, 5, true);
    first.draw(31);
    second.seek(first.cursor());
    const auto a = first.draw(20), b = second.draw(20);
    EXPECT_EQ(indices(a), indices(b));
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].flip, b[i].flip);
}

TEST(Sampler, MirrorsAboutHalfOnlyWhenAsked) {
    const auto flipped = [](bool flips) {
        Sampler sampler(10, 3, flips);
        const auto draws = sampler.draw(4000);
        return std::count_if(draws.begin(), draws.end(), [](const Draw& d) { return d.flip; });
    };
    EXPECT_EQ(flipped(false), 0);
    EXPECT_NEAR(static_cast<double>(flipped(true)), 2000, 150);
}

TEST(Sampler, RefusesAnEmptyDataset) {
    EXPECT_THROW(Sampler(0, 1, false), std::invalid_argument);
}

}  // namespace
}  // namespace pentimento
