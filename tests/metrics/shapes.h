// Pictures that tests draw themselves, and ways to spoil them.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "core/base/random.h"
#include "core/tensor/random.h"

namespace pentimento::metrics {

/// Discs and bars of two kinds of colours before a shaded ground: N×3×size×size in [−1, 1].
inline torch::Tensor shapes(std::int64_t count, std::int64_t size, std::uint64_t seed) {
    torch::Tensor pictures = torch::empty({count, 3, size, size});
    const auto axis = torch::linspace(-1, 1, size);
    const auto x = axis.view({1, size}), y = axis.view({size, 1});
    for (std::int64_t i = 0; i < count; ++i) {
        SplitMix64 random(derive_seed(seed, 77, static_cast<std::uint64_t>(i)));
        const auto between = [&](double low, double high) {
            return low + (high - low) * random.uniform();
        };
        auto picture = pictures[i];
        picture.copy_((x * between(-0.4, 0.4) + y * between(-0.4, 0.4)).unsqueeze(0) +
                      between(-0.5, 0.1));
        for (int k = 0; k < 3; ++k) {
            const double cx = between(-0.6, 0.6), cy = between(-0.6, 0.6);
            torch::Tensor inside;
            if (random.below(2) == 0) {
                inside = ((x - cx).square() + (y - cy).square()) < between(0.03, 0.15);
            } else {
                const double angle = between(0, 3.1416);
                const auto along = (x - cx) * std::cos(angle) + (y - cy) * std::sin(angle);
                const auto across = (y - cy) * std::cos(angle) - (x - cx) * std::sin(angle);
                inside = (along.abs() < between(0.3, 0.6)) & (across.abs() < between(0.05, 0.15));
            }
            const bool warm = random.below(2) == 0;
            const auto colour =
                torch::tensor({warm ? between(0.3, 1) : between(-1, 0), between(-0.7, 0.7),
                               warm ? between(-1, 0) : between(0.2, 1)},
                              torch::kFloat32);
            picture.copy_(torch::where(inside.unsqueeze(0), colour.view({3, 1, 1}), picture));
        }
    }
    return pictures;
}

using Damage = std::function<torch::Tensor(const torch::Tensor&, double)>;

/// strength 0 … 1
inline const std::map<std::string, Damage>& damages() {
    static const std::map<std::string, Damage> all{
        {"blur",
         [](const torch::Tensor& x, double strength) {
             const auto small = torch::adaptive_avg_pool2d(x, {x.size(2) / 4, x.size(3) / 4});
             return torch::lerp(x, torch::upsample_bilinear2d(small, {x.size(2), x.size(3)}, false),
                                strength);
         }},
        {"noise",
         [](const torch::Tensor& x, double strength) {
             const auto random = tensor::make_generator(1, tensor::Stream::Noise, 99);
             return (x + torch::randn(x.sizes(), random, torch::kFloat32) * (0.4 * strength))
                 .clamp(-1, 1);
         }},
        {"colour",
         [](const torch::Tensor& x, double strength) {
             return torch::lerp(x, x.mean(1, true).expand_as(x), strength);
         }},
        {"collapse",  // ever fewer different pictures
         [](const torch::Tensor& x, double strength) {
             const auto kept = std::int64_t(128 * std::pow(2, -6 * strength));
             return x.index_select(0, torch::arange(x.size(0), torch::kInt64).remainder(kept));
         }},
        {"layout",  // the parts are right, their places are not
         [](const torch::Tensor& x, double strength) {
             const auto moved =
                 torch::cat({x.slice(3, x.size(3) / 2), x.slice(3, 0, x.size(3) / 2)}, 3);
             const auto count = std::int64_t(strength * double(x.size(0)));
             return torch::cat({moved.slice(0, 0, count), x.slice(0, count)});
         }},
    };
    return all;
}

}  // namespace pentimento::metrics
