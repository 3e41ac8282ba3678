// Ways to resample by [1, 3, 3, 1] on the CPU: forward and backward at a StyleGAN's shapes.
// Prints ratios from one run; absolute times on a shared machine are noise.
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "core/base/allocator.h"
#include "core/nn/resample.h"
#include "core/tensor/device.h"
#include "tests/bench/result.h"

namespace {

using torch::Tensor;
namespace nn = pentimento::nn;
using Way = std::function<Tensor(const Tensor&)>;

Tensor pad(const Tensor& x, std::int64_t n) {
    return torch::constant_pad_nd(x, {n, n, n, n});
}

Tensor line(std::int64_t channels, bool down) {
    const Tensor taps = torch::tensor({1.f, 3.f, 3.f, 1.f}) / 8;
    return (down ? taps.view({1, 1, 4, 1}) : taps.view({1, 1, 1, 4}))
        .expand({channels, 1, -1, -1})
        .contiguous();
}

// Depthwise convolutions, one an axis.
Tensor up_depthwise(const Tensor& x) {
    const auto c = x.size(1);
    const Tensor tall = at::conv_transpose2d(x, 2 * line(c, true), {}, {2, 1}, {1, 0}, 0, c);
    return at::conv_transpose2d(tall, 2 * line(c, false), {}, {1, 2}, {0, 1}, 0, c);
}
Tensor down_depthwise(const Tensor& x) {
    const auto c = x.size(1);
    const Tensor flat =
        at::conv2d(x, line(c, true), {}, at::IntArrayRef{2, 1}, at::IntArrayRef{1, 0}, 1, c);
    return at::conv2d(flat, line(c, false), {}, at::IntArrayRef{1, 2}, at::IntArrayRef{0, 1}, 1, c);
}

// Every channel a picture of its own, so that an ordinary convolution does it.
Tensor down_folded(const Tensor& x) {
    const Tensor taps = torch::tensor({1.f, 3.f, 3.f, 1.f}) / 8;
    const Tensor planes = x.view({-1, 1, x.size(2), x.size(3)});
    return at::conv2d(planes, taps.outer(taps).view({1, 1, 4, 4}), {}, 2, 1)
        .view({x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2});
}

// Shifted slices, weighted and added.
Tensor up_slices(const Tensor& x) {
    const auto axis = [](const Tensor& v, int dim) {
        const auto n = v.size(dim);
        std::vector<std::int64_t> room(4, 0);
        room[dim == 3 ? 0 : 2] = room[dim == 3 ? 1 : 3] = 1;
        const Tensor z = torch::constant_pad_nd(v, room);
        const Tensor even = z.narrow(dim, 0, n) * .25 + v * .75;
        const Tensor odd = z.narrow(dim, 2, n) * .25 + v * .75;
        return torch::stack({even, odd}, dim + 1).flatten(dim, dim + 1);
    };
    return axis(axis(x, 2), 3);
}
Tensor down_slices(const Tensor& x) {
    const auto axis = [](const Tensor& z, int dim) {
        const auto end = z.size(dim);
        const auto part = [&](int k) { return z.slice(dim, k, end - 3 + k, 2); };
        return (part(0) + part(3)) * .125 + (part(1) + part(2)) * .375;
    };
    return axis(axis(pad(x, 1), 2), 3);
}

// LibTorch's bilinear enlargement is this filter; zeros around it keep the edges the same.
Tensor up_bilinear(const Tensor& x) {
    const Tensor y =
        at::upsample_bilinear2d(pad(x, 1), {2 * x.size(2) + 4, 2 * x.size(3) + 4}, false);
    return y.narrow(2, 2, 2 * x.size(2)).narrow(3, 2, 2 * x.size(3));
}
// [1,3,3,1] = [1,1]∗[1,1]∗[1,1].
Tensor down_pools(const Tensor& x) {
    return at::avg_pool2d(at::avg_pool2d(at::avg_pool2d(x, 2, 1, 1), 2, 1, 0), 2, 2, 0);
}

constexpr int kRounds = 15;

double median_ms(const Way& way, const Tensor& x, const Tensor& grad) {
    std::vector<double> times;
    for (int i = 0; i <= kRounds; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        torch::autograd::grad({way(x)}, {x}, {grad});
        const auto end = std::chrono::steady_clock::now();
        if (i > 0) times.push_back(std::chrono::duration<double>(end - begin).count());
    }
    std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
    return times[kRounds / 2] * 1e3;
}

void compare(const char* title, const Tensor& x, const Way& ours,
             const std::vector<std::pair<const char*, Way>>& others) {
    const Tensor y = ours(x), grad = torch::randn_like(y);
    const double own = median_ms(ours, x, grad);
    double fastest = INFINITY;
    std::printf("%s %dx%dx%dx%d: ours %.1f ms\n", title, int(x.size(0)), int(x.size(1)),
                int(x.size(2)), int(x.size(3)), own);
    for (const auto& [name, way] : others) {
        const double error = (way(x) - y).abs().max().item<double>();
        const double time = median_ms(way, x, grad);
        fastest = std::min(fastest, time / own);
        std::printf("  %-12s %8.1f ms  %6.2f times ours   max difference %.1e\n", name, time,
                    time / own, error);
    }
    tell_result(std::string(title) + " from " + std::to_string(x.size(3)) + " px, best alternative",
                fastest, "times");
}

}  // namespace

int main() {
    pentimento::keep_freed_memory();  // as both programs do
    pentimento::tensor::set_threads(0);
    torch::manual_seed(1);
    std::printf("%d threads, forward and backward, median of %d\n", torch::get_num_threads(),
                kRounds);
    for (const auto& [channels, size] :
         {std::pair{256, 8}, std::pair{128, 16}, std::pair{64, 32}}) {
        const Tensor x = torch::randn({16, channels, size, size}).requires_grad_();
        compare("upsample2", x, [](const Tensor& v) { return nn::upsample2(v); },
                {{"depthwise", up_depthwise}, {"slices", up_slices}, {"bilinear", up_bilinear}});
    }
    for (const auto& [channels, size] :
         {std::pair{256, 16}, std::pair{128, 32}, std::pair{64, 64}}) {
        const Tensor x = torch::randn({16, channels, size, size}).requires_grad_();
        compare("downsample2", x, [](const Tensor& v) { return nn::downsample2(v); },
                {{"depthwise", down_depthwise},
                 {"folded", down_folded},
                 {"slices", down_slices},
                 {"pools", down_pools}});
    }
    return 0;
}
