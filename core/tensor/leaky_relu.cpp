#include "core/tensor/leaky_relu.h"

#include <numeric>

namespace pentimento::tensor {
namespace {

template <int kLanes>
PENTIMENTO_INLINE void activate_all(const LeakyRelu& f, float bias, std::int64_t count, float* x) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    std::int64_t at = 0;
    for (; at + kLanes <= count; at += kLanes) {
        Numbers numbers = *reinterpret_cast<const Numbers*>(x + at) + bias;
        activate<kLanes>(f, numbers);
        *reinterpret_cast<Numbers*>(x + at) = numbers;
    }
    for (; at < count; ++at) {
        const float sum = x[at] + bias;
        x[at] = sum * static_cast<float>(sum > 0 ? f.gain : f.gain * f.slope);
    }
}

template <int kLanes>
PENTIMENTO_INLINE float gradient_of_all(const LeakyRelu& f, std::int64_t count, const float* y,
                                        const float* gradient, float* to) {
    using Numbers = typename Lanes<kLanes>::Numbers;
    const auto above = static_cast<float>(f.gain), below = static_cast<float>(f.gain * f.slope);
    Numbers sums{};
    std::int64_t at = 0;
    for (; at + kLanes <= count; at += kLanes) {
        const Numbers by_y = *reinterpret_cast<const Numbers*>(gradient + at),
                      value = *reinterpret_cast<const Numbers*>(y + at),
                      by_x = by_y * (value > 0 ? Numbers{} + above : Numbers{} + below);
        *reinterpret_cast<Numbers*>(to + at) = by_x;
        sums += by_x;
    }
    float numbers[kLanes];
    *reinterpret_cast<Numbers*>(numbers) = sums;
    float sum = std::accumulate(numbers, numbers + kLanes, 0.0f);
    for (; at < count; ++at) sum += to[at] = gradient[at] * (y[at] > 0 ? above : below);
    return sum;
}

PENTIMENTO_AVX512 void activate_avx512(const LeakyRelu& f, float bias, std::int64_t count,
                                       float* x) {
    activate_all<16>(f, bias, count, x);
}
PENTIMENTO_AVX2 void activate_avx2(const LeakyRelu& f, float bias, std::int64_t count, float* x) {
    activate_all<8>(f, bias, count, x);
}
PENTIMENTO_AVX512 float gradient_avx512(const LeakyRelu& f, std::int64_t count, const float* y,
                                        const float* gradient, float* to) {
    return gradient_of_all<16>(f, count, y, gradient, to);
}
PENTIMENTO_AVX2 float gradient_avx2(const LeakyRelu& f, std::int64_t count, const float* y,
                                    const float* gradient, float* to) {
    return gradient_of_all<8>(f, count, y, gradient, to);
}

}  // namespace

void activate(const LeakyRelu& f, float bias, std::int64_t count, float* x, Width width) {
    switch (width) {
        case Width::Avx512:
            return activate_avx512(f, bias, count, x);
        case Width::Avx2:
            return activate_avx2(f, bias, count, x);
        case Width::Any:
            return activate_all<4>(f, bias, count, x);
    }
}

float gradient_by_input(const LeakyRelu& f, std::int64_t count, const float* y,
                        const float* gradient, float* to, Width width) {
    switch (width) {
        case Width::Avx512:
            return gradient_avx512(f, count, y, gradient, to);
        case Width::Avx2:
            return gradient_avx2(f, count, y, gradient, to);
        case Width::Any:
            break;
    }
    return gradient_of_all<4>(f, count, y, gradient, to);
}

}  // namespace pentimento::tensor
