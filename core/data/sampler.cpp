// The order of pictures.
#include "core/data/sampler.h"

#include <limits>
#include <stdexcept>

#include "core/base/random.h"

namespace pentimento {
namespace {
// Purposes of random numbers; part of "same seed, same order", so never renumber them.
constexpr std::uint64_t kOrderStream = 101;
constexpr std::uint64_t kFlipStream = 102;
}  // namespace

Sampler::Sampler(std::int64_t count, std::uint64_t seed, bool flips)
    : count_(count), seed_(seed), flips_(flips) {
    if (count < 1 || count > std::numeric_limits<std::uint32_t>::max())
        throw std::invalid_argument("Sampler: the number of pictures must be 1 … 2^32−1");
}

std::vector<Draw> Sampler::draw(std::int64_t pictures) {
    std::vector<Draw> drawn;
    drawn.reserve(static_cast<std::size_t>(pictures));
    for (; pictures > 0; --pictures, ++cursor_) {
        if (cursor_ / count_ != epoch_) {
            epoch_ = cursor_ / count_;
            order_ = random_permutation(
                static_cast<std::uint32_t>(count_),
                derive_seed(seed_, kOrderStream, static_cast<std::uint64_t>(epoch_)));
        }
        const auto coin = derive_seed(seed_, kFlipStream, static_cast<std::uint64_t>(cursor_));
        drawn.push_back(
            {order_[static_cast<std::size_t>(cursor_ % count_)], flips_ && (coin & 1) != 0});
    }
    return drawn;
}

}  // namespace pentimento
