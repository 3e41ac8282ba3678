// Leaky ReLUs as part of convolutions, without LibTorch.
#pragma once

#include <cstdint>

#include "core/tensor/registers.h"

namespace pentimento::tensor {

/// gain · (x > 0 ? x : slope · x). With a positive slope and gain, the result has the sign of x.
struct LeakyRelu {
    double slope = .2;
    double gain = 1;
};

/// What becomes of sums before they are written: a bias by channel, an activation, if there are.
struct Finish {
    const float* bias = nullptr;
    const LeakyRelu* activation = nullptr;

    /// From `channel` on.
    Finish from(std::int64_t channel) const { return {bias ? bias + channel : bias, activation}; }
};

template <int kLanes>
PENTIMENTO_INLINE void activate(const LeakyRelu& f, typename Lanes<kLanes>::Numbers& x) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    const auto above = static_cast<float>(f.gain), below = static_cast<float>(f.gain * f.slope);
    x *= x > 0 ? Numbers{} + above : Numbers{} + below;
}

/// x = f(x + bias).
void activate(const LeakyRelu& f, float bias, std::int64_t count, float* x, Width width = widest());
/// to = the gradient by x where that by y = f(x) is `gradient`. Returns the sum of `to`.
float gradient_by_input(const LeakyRelu& f, std::int64_t count, const float* y,
                        const float* gradient, float* to, Width width = widest());

}  // namespace pentimento::tensor
