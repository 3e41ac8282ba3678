// One thread makes one output pixel of a few neighbouring channels; what it reads, its neighbours
// read as well, so that nearly all of it comes from the caches.
#include "core/nn/resample_kernel.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <algorithm>

namespace pentimento::nn::detail {
namespace {

__device__ float to_float(float x) {
    return x;
}
__device__ float to_float(__half x) {
    return __half2float(x);
}
__device__ float to_float(__nv_bfloat16 x) {
    return __bfloat162float(x);
}
__device__ void assign(float& to, float x) {
    to = x;
}
__device__ void assign(__half& to, float x) {
    to = __float2half(x);
}
__device__ void assign(__nv_bfloat16& to, float x) {
    to = __float2bfloat16(x);
}

/// Neighbouring channels, read and written at once.
template <class T, int kWide>
struct alignas(sizeof(T) * kWide) Pack {
    T values[kWide];
};

template <class T, int kWide>
__global__ void resample(const Pack<T, kWide>* __restrict__ in, Pack<T, kWide>* __restrict__ out,
                         CardPlan plan, std::int64_t total) {
    const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
    const std::int64_t packs = plan.channels / kWide;
    for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
         i < total; i += stride) {
        const std::int64_t pack = i % packs;
        std::int64_t rest = i / packs;
        const int column = static_cast<int>(rest % plan.out_width);
        rest /= plan.out_width;
        const int row = static_cast<int>(rest % plan.out_height);
        const std::int64_t picture = rest / plan.out_height;

        // Where the filter begins, in samples with zeros between them; only every `up`-th is one.
        const int top = row * plan.down - static_cast<int>(plan.pad);
        const int left = column * plan.down - static_cast<int>(plan.pad);
        const int shift = plan.up - 1;
        float sums[kWide] = {};
        for (int ky = top & shift; ky < plan.tap_count; ky += plan.up) {
            const int y = (top + ky) >> shift;
            if (y < 0 || y >= plan.height) continue;
            for (int kx = left & shift; kx < plan.tap_count; kx += plan.up) {
                const int x = (left + kx) >> shift;
                if (x < 0 || x >= plan.width) continue;
                const float tap = plan.taps[ky] * plan.taps[kx];
                const Pack<T, kWide> there =
                    in[((picture * plan.height + y) * plan.width + x) * packs + pack];
#pragma unroll
                for (int k = 0; k < kWide; ++k) sums[k] += tap * to_float(there.values[k]);
            }
        }
        Pack<T, kWide> made;
#pragma unroll
        for (int k = 0; k < kWide; ++k) assign(made.values[k], sums[k]);
        out[i] = made;
    }
}

template <class T, int kWide>
cudaError_t launch(const void* in, void* out, const CardPlan& plan, cudaStream_t stream) {
    const std::int64_t total =
        plan.count * plan.out_height * plan.out_width * (plan.channels / kWide);
    if (total == 0) return cudaSuccess;
    constexpr int kThreads = 256;
    constexpr std::int64_t kMostBlocks = 1 << 20;
    const std::int64_t blocks = std::min(kMostBlocks, (total + kThreads - 1) / kThreads);
    resample<T, kWide><<<static_cast<unsigned>(blocks), kThreads, 0, stream>>>(
        static_cast<const Pack<T, kWide>*>(in), static_cast<Pack<T, kWide>*>(out), plan, total);
    return cudaGetLastError();
}

template <class T>
cudaError_t launch_widest(const void* in, void* out, const CardPlan& plan, cudaStream_t stream) {
    constexpr int kWidest = 16 / sizeof(T);
    if (plan.channels % kWidest == 0) return launch<T, kWidest>(in, out, plan, stream);
    return launch<T, 1>(in, out, plan, stream);
}

}  // namespace

cudaError_t resample_on_card(const void* in, void* out, CardNumber number, const CardPlan& plan,
                             cudaStream_t stream) {
    switch (number) {
        case CardNumber::Float16:
            return launch_widest<__half>(in, out, plan, stream);
        case CardNumber::BFloat16:
            return launch_widest<__nv_bfloat16>(in, out, plan, stream);
        default:
            return launch_widest<float>(in, out, plan, stream);
    }
}

}  // namespace pentimento::nn::detail
