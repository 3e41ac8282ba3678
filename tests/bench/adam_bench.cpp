// A step of Adam over a network's weights against LibTorch's own optimiser, in turn in one run.
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

#include "core/base/allocator.h"
#include "core/gan/gan_training.h"
#include "core/gan/params.h"
#include "core/nn/optimiser.h"
#include "core/tensor/device.h"
#include "tests/bench/must.h"
#include "tests/bench/result.h"

using namespace pentimento;

namespace {

double milliseconds(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
        .count();
}

std::shared_ptr<gan::Generator> generator_of(const std::string& preset) {
    ParamSet params(gan::schema());
    for (const Preset& known : gan::presets())
        if (known.id == preset) must(known.apply_to(params));
    return gan::build_generator(params);
}

}  // namespace

int main() {
    keep_freed_memory();  // as both programs do
    tensor::set_threads(0);
    torch::manual_seed(1);
    std::printf("A step of Adam, %d threads, median of 25\n", tensor::threads());
    std::printf("%-18s %8s %12s %12s %8s %12s\n", "generator of", "arrays", "numbers",
                "LibTorch ms", "ours ms", "ratio");
    for (const char* preset : {"fc", "dcgan", "stylegan2-small"}) {
        const auto one = generator_of(preset), other = generator_of(preset);
        nn::Optimiser ours(*one, {.lr = 1e-3, .beta1 = .5, .beta2 = .99});
        torch::optim::Adam theirs(other->parameters(),
                                  torch::optim::AdamOptions(1e-3).betas({.5, .99}));
        const auto mine = one->parameters(), its = other->parameters();
        std::int64_t numbers = 0;
        for (std::size_t i = 0; i < mine.size(); ++i) {
            const torch::Tensor gradient = torch::randn_like(mine[i]);
            torch::Tensor(mine[i]).mutable_grad() = gradient;
            torch::Tensor(its[i]).mutable_grad() = gradient.clone();
            numbers += gradient.numel();
        }
        std::vector<double> our_times, their_times;
        for (int i = 0; i < 25; ++i) {
            their_times.push_back(milliseconds([&] { theirs.step(); }));
            our_times.push_back(milliseconds([&] { ours.step(); }));
        }
        double apart = 0;
        for (std::size_t i = 0; i < mine.size(); ++i)
            apart = std::max(apart, (mine[i] - its[i]).abs().max().item<double>());
        if (!(apart < 1e-4)) give_up("the two sides differ by " + std::to_string(apart));
        const double a = median(their_times), b = median(our_times);
        std::printf("%-18s %8zu %12lld %12.2f %12.2f %8.2f\n", preset, mine.size(),
                    static_cast<long long>(numbers), a, b, a / b);
        tell_result(std::string("Adam's step, generator of ") + preset, a / b, "times");
    }
}
