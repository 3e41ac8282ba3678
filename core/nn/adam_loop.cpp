// The loop of Adam.
#include "core/nn/adam_loop.h"

#include <cmath>

#include "core/tensor/registers.h"

namespace pentimento::nn::detail {
namespace {

// Compiled for any processor of the architecture and for wider registers.
PENTIMENTO_INLINE void loop(const AdamStep& s, const float* __restrict gradient,
                            float* __restrict first, float* __restrict second,
                            float* __restrict weight, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        const float w = weight[i] * s.shrink;
        const float g = gradient[i] + s.decay * w;
        const float m = first[i] + s.first_share * (g - first[i]);
        const float v = s.second_keep * second[i] + s.second_share * g * g;
        first[i] = m;
        second[i] = v;
        weight[i] = w - s.rate * m / (std::sqrt(v) * s.root_scale + s.epsilon);
    }
}

PENTIMENTO_AVX2 void loop_wide(const AdamStep& s, const float* gradient, float* first,
                               float* second, float* weight, std::int64_t count) {
    loop(s, gradient, first, second, weight, count);
}

}  // namespace

void adam_loop(const AdamStep& step, const float* gradient, float* first, float* second,
               float* weight, std::int64_t count) {
    tensor::widest() >= tensor::Width::Avx2
        ? loop_wide(step, gradient, first, second, weight, count)
        : loop(step, gradient, first, second, weight, count);
}

}  // namespace pentimento::nn::detail
