// Resampling: on the CPU, one pass over memory.
//
// tests/bench/resample_bench.cpp compares the ways to do it, forward and backward, [1, 3, 3, 1], at
// a StyleGAN's shapes, two threads, LibTorch 1.13. Times this loop's, over three runs on a busy
// machine: depthwise convolutions 1.3 to 25 (0.5 once), every channel as a picture of its own
// through oneDNN 5 to 29, shifted slices 1.2 to 27, LibTorch's bilinear enlargement 1.9 to 6, three
// poolings 3 to 11. Not tried: folding the filter into the convolution next to it (6×6 instead of
// 3×3), which takes four times as many products.
#include "core/nn/resample.h"

#include <algorithm>
#include <cmath>

#include "core/nn/resample_plane.h"
#include "core/tensor/parallel.h"
#ifdef PENTIMENTO_CUDA
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "core/nn/resample_kernel.h"
#endif

namespace pentimento::nn {
namespace {

using detail::Plan;
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

template <class T>
void resample_planes(const Tensor& x, const Tensor& y, const Fir& fir) {
    const Plan<T> plan(fir, x.size(2), x.size(3), y.size(2), y.size(3));
    const T* const in = x.data_ptr<T>();
    T* const out = y.data_ptr<T>();
    const std::int64_t in_plane = plan.height * plan.width;
    const std::int64_t out_plane = plan.out_height * plan.out_width;
    const std::int64_t grain =
        std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, out_plane));
    tensor::parallel_for(x.size(0) * x.size(1), grain, [&](std::int64_t begin, std::int64_t end) {
        std::vector<T> row(static_cast<std::size_t>(plan.buffer), T(0));
        std::vector<T> phases(static_cast<std::size_t>(2 * plan.phase_count));
        for (std::int64_t p = begin; p < end; ++p)
            plan.run(in + p * in_plane, out + p * out_plane, row.data(), phases.data());
    });
}

#ifdef PENTIMENTO_CUDA
bool on_card(const Tensor& x) {
    return x.is_cuda() &&
           (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kFloat16 ||
            x.scalar_type() == torch::kBFloat16);
}

/// Channels-last pictures stay so.
Tensor resample_card(const Tensor& input, const Fir& fir, std::int64_t out_height,
                     std::int64_t out_width) {
    const auto layout = input.suggest_memory_format();
    const bool last = layout == torch::MemoryFormat::ChannelsLast;
    const Tensor x = input.contiguous(layout);
    const Tensor y = at::empty({x.size(0), x.size(1), out_height, out_width}, x.options(), layout);
    detail::CardPlan plan{};
    plan.count = last ? x.size(0) : x.size(0) * x.size(1);
    plan.channels = last ? x.size(1) : 1;
    plan.height = x.size(2);
    plan.width = x.size(3);
    plan.out_height = out_height;
    plan.out_width = out_width;
    plan.up = fir.up;
    plan.down = fir.down;
    plan.pad = fir.pad;
    TORCH_CHECK(fir.taps.size() <= detail::CardPlan::kMostTaps, "resample: too many taps");
    plan.tap_count = static_cast<int>(fir.taps.size());
    for (std::size_t i = 0; i < fir.taps.size(); ++i)
        plan.taps[i] = static_cast<float>(fir.taps[i]);
    const auto number = x.scalar_type() == torch::kFloat16    ? detail::CardNumber::Float16
                        : x.scalar_type() == torch::kBFloat16 ? detail::CardNumber::BFloat16
                                                              : detail::CardNumber::Float32;
    const c10::cuda::CUDAGuard guard(x.device());
    C10_CUDA_CHECK(detail::resample_on_card(x.data_ptr(), y.data_ptr(), number, plan,
                                            c10::cuda::getCurrentCUDAStream()));
    return y;
}
#else
bool on_card(const Tensor&) {
    return false;
}
Tensor resample_card(const Tensor& x, const Fir&, std::int64_t, std::int64_t) {
    return x;
}
#endif

/// The same sum read the other way round: x[i] gathers every y[j] it was added to.
Fir adjoint(const Fir& fir) {
    Fir back{{fir.taps.rbegin(), fir.taps.rend()}, fir.down, fir.up, 0};
    back.pad = static_cast<std::int64_t>(fir.taps.size()) - 1 - fir.pad;
    return back;
}

class Resample : public torch::autograd::Function<Resample> {
  public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Fir& fir,
                          std::int64_t out_height, std::int64_t out_width) {
        context->saved_data["taps"] = fir.taps;
        context->saved_data["shape"] =
            std::vector<std::int64_t>{fir.up, fir.down, fir.pad, x.size(2), x.size(3)};
        if (on_card(x)) return resample_card(x, fir, out_height, out_width);
        const Tensor y = at::empty({x.size(0), x.size(1), out_height, out_width}, x.options());
        if (y.numel() == 0) return y;
        if (x.scalar_type() == torch::kFloat64)
            resample_planes<double>(x.contiguous(), y, fir);
        else
            resample_planes<float>(x.contiguous(), y, fir);
        return y;
    }

    static tensor_list backward(AutogradContext* context, tensor_list grad_outputs) {
        const auto shape = context->saved_data["shape"].toIntVector();
        const Fir fir{context->saved_data["taps"].toDoubleVector(), static_cast<int>(shape[0]),
                      static_cast<int>(shape[1]), shape[2]};
        return {apply(grad_outputs[0], adjoint(fir), shape[3], shape[4]), {}, {}, {}};
    }
};

}  // namespace

namespace detail {
Tensor resample_by_convolution(const Tensor& x, const Fir& fir, std::int64_t out_height,
                               std::int64_t out_width) {
    const auto channels = x.size(1), taps = static_cast<std::int64_t>(fir.taps.size());
    const Tensor line = torch::tensor(fir.taps, torch::kFloat64).to(x.options());
    const Tensor kernel = line.outer(line).expand({channels, 1, taps, taps});
    Tensor z = x;
    if (fir.up == 2) {  // a zero after each sample
        z = torch::stack({z, torch::zeros_like(z)}, -1).flatten(-2);
        z = torch::stack({z, torch::zeros_like(z)}, -2).flatten(-3, -2);
    }
    const auto after = [&](std::int64_t extent, std::int64_t wanted) {
        return (wanted - 1) * fir.down + taps - fir.pad - extent;
    };
    z = torch::constant_pad_nd(
        z, {fir.pad, after(z.size(3), out_width), fir.pad, after(z.size(2), out_height)});
    return at::conv2d(z, kernel, {}, fir.down, /*padding=*/at::IntArrayRef{0}, 1, channels);
}
}  // namespace detail

Tensor resample(const Tensor& x, const Fir& fir, std::int64_t out_height, std::int64_t out_width) {
    TORCH_CHECK(x.dim() == 4 && !fir.taps.empty() && fir.up * fir.down <= 2, "resample: x ",
                x.sizes(), ", ", fir.taps.size(), " taps, up ", fir.up, ", down ", fir.down);
    const bool own =
        on_card(x) ||
        (x.is_cpu() && (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kFloat64));
    return own ? Resample::apply(x, fir, out_height, out_width)
               : detail::resample_by_convolution(x, fir, out_height, out_width);
}

std::vector<double> taps_1331() {
    return {.125, .375, .375, .125};
}

Tensor upsample2(const Tensor& x, const std::vector<double>& taps) {
    Fir fir{taps, 2, 1, (static_cast<std::int64_t>(taps.size()) + 1) / 2};
    for (double& tap : fir.taps) tap *= 2;  // half of the samples are zeros
    return resample(x, fir, 2 * x.size(2), 2 * x.size(3));
}

Tensor downsample2(const Tensor& x, const std::vector<double>& taps) {
    const Fir fir{taps, 1, 2, (static_cast<std::int64_t>(taps.size()) - 1) / 2};
    return resample(x, fir, x.size(2) / 2, x.size(3) / 2);
}

Tensor blur(const Tensor& x, std::int64_t before, std::int64_t after,
            const std::vector<double>& taps, double gain) {
    Fir fir{taps, 1, 1, before};
    if (gain != 1)
        for (double& tap : fir.taps) tap *= std::sqrt(gain);  // once for each axis
    const auto change = before + after + 1 - static_cast<std::int64_t>(taps.size());
    return resample(x, fir, x.size(2) + change, x.size(3) + change);
}

}  // namespace pentimento::nn
