// Our transposed convolution against LibTorch's own: forward and backward at a DCGAN's shapes.
// Prints ratios from one run; absolute times on a shared machine are noise.
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

#include "core/base/allocator.h"
#include "core/tensor/conv_transpose.h"
#include "core/tensor/device.h"
#include "tests/bench/result.h"

namespace {

double seconds(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

struct Shape {
    int in, out, size;
};

}  // namespace

int main() {
    pentimento::keep_freed_memory();  // as both programs do
    pentimento::tensor::set_threads(0);
    torch::manual_seed(1);
    std::printf(
        "Transposed convolution k4 s2 p1, batch 64, %d threads: forward and backward, median of "
        "5\n",
        torch::get_num_threads());
    std::printf("%-24s %12s %12s %8s %12s\n", "shape", "LibTorch ms", "ours ms", "ratio",
                "max error");
    for (const Shape& shape :
         {Shape{512, 256, 4}, Shape{256, 128, 8}, Shape{128, 64, 16}, Shape{64, 3, 32}}) {
        const auto make = [](at::IntArrayRef sizes) {
            return torch::randn(sizes).requires_grad_(true);
        };
        torch::Tensor x = make({64, shape.in, shape.size, shape.size}),
                      w = make({shape.in, shape.out, 4, 4});
        const torch::Tensor grad = torch::randn({64, shape.out, 2 * shape.size, 2 * shape.size});
        torch::Tensor gradients[2][2];
        const auto run = [&](bool ours) {
            x.mutable_grad() = torch::Tensor();
            w.mutable_grad() = torch::Tensor();
            const torch::Tensor y =
                ours ? pentimento::tensor::conv_transpose2d(x, w, {.stride = 2, .padding = 1})
                     : torch::conv_transpose2d(x, w, {}, 2, 1);
            y.backward(grad);
            gradients[ours][0] = x.grad().clone();
            gradients[ours][1] = w.grad().clone();
        };
        // The same mathematics before any time is taken.
        run(false);
        run(true);
        double error = 0;
        for (int k = 0; k < 2; ++k)
            error = std::max(error,
                             ((gradients[0][k] - gradients[1][k]).norm() / gradients[0][k].norm())
                                 .item<double>());
        std::vector<double> native, ours;
        for (int i = 0; i < 5; ++i) {  // in turn, so that a drift of the machine hits both
            native.push_back(seconds([&] { run(false); }));
            ours.push_back(seconds([&] { run(true); }));
        }
        std::nth_element(native.begin(), native.begin() + 2, native.end());
        std::nth_element(ours.begin(), ours.begin() + 2, ours.end());
        char name[48];
        std::snprintf(name, sizeof name, "%d→%d, %d→%d px", shape.in, shape.out, shape.size,
                      2 * shape.size);
        std::printf("%-24s %12.1f %12.1f %8.2f %12.1e\n", name, native[2] * 1e3, ours[2] * 1e3,
                    native[2] / ours[2], error);
        tell_result(std::string("transposed convolution ") + name, native[2] / ours[2], "times");
    }
    return 0;
}
