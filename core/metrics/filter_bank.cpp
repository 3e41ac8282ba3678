// Features without weights: what a fixed bank of filters says about a picture. Four parts, all
// averaged over the picture or its quarters:
//   colour          where which colours are, and how much they vary
//   orientation     strength of Gabor filters, 6 directions at 4 scales (Manjunath, Ma 1996)
//   interplay       the same filters over those strengths, as in a scattering transform
//                   (Bruna, Mallat 2013, arXiv:1203.1513): texture and corners rather than lines
//   random          a small random network (Saxe and others 2011): combinations of all of these
#include <cmath>
#include <numbers>
#include <vector>

#include "core/base/random.h"
#include "core/metrics/features.h"

namespace pentimento::metrics {
namespace {

constexpr std::int64_t kSize = 64;
constexpr int kScales = 4;
constexpr int kDirections = 6;
constexpr int kKernel = 7;
constexpr int kBins = 12;
constexpr std::int64_t kRandomFirst = 48, kRandomSecond = 96;
constexpr std::uint64_t kSeed = 20151205;

// What lets each part contribute a like share to the differences between pictures (emoji,
// clothing).
constexpr double kColourGain = 2.0, kHistogramGain = 3.0, kOrientationGain = 2.0,
                 kInterplayGain = 1.0, kRandomGain = 4.0;

/// Even and odd filters of all directions, [2·kDirections, 1, kKernel, kKernel]: without response
/// to a flat picture, and of norm 1.
torch::Tensor gabor_filters() {
    torch::Tensor filters = torch::empty({2 * kDirections, 1, kKernel, kKernel});
    auto at = filters.accessor<float, 4>();
    constexpr double wavelength = 4.0, deviation = 1.6;
    constexpr int radius = kKernel / 2;
    for (int d = 0; d < kDirections; ++d) {
        const double angle = std::numbers::pi * d / kDirections;
        for (int y = -radius; y <= radius; ++y)
            for (int x = -radius; x <= radius; ++x) {
                const double along = x * std::cos(angle) + y * std::sin(angle);
                const double window = std::exp(-(x * x + y * y) / (2 * deviation * deviation));
                const double phase = 2 * std::numbers::pi * along / wavelength;
                at[d][0][y + radius][x + radius] = static_cast<float>(window * std::cos(phase));
                at[d + kDirections][0][y + radius][x + radius] =
                    static_cast<float>(window * std::sin(phase));
            }
    }
    filters -= filters.mean({2, 3}, true);
    return filters / filters.square().sum({2, 3}, true).sqrt();
}

/// Standard normals that are the same on every machine and with every LibTorch.
torch::Tensor fixed_normals(at::IntArrayRef shape, std::uint64_t purpose) {
    torch::Tensor values = torch::empty(shape, torch::kFloat32);
    SplitMix64 random(derive_seed(kSeed, purpose, 0));
    auto* out = values.data_ptr<float>();
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
        out[i] = static_cast<float>(radius * std::cos(2 * std::numbers::pi * random.uniform()));
    }
    return values;
}

torch::Tensor reflect(const torch::Tensor& maps, std::int64_t width) {
    return torch::reflection_pad2d(maps, {width, width, width, width});
}

/// √(x + ε) without the infinite slope, and with 0 for 0.
torch::Tensor soft_root(const torch::Tensor& x) {
    return (x + 1e-4).sqrt() - 1e-2;
}

/// N×C×H×W → N×C·n² means of the fields of an n×n grid.
torch::Tensor grid_means(const torch::Tensor& maps, std::int64_t n) {
    return torch::adaptive_avg_pool2d(maps, {n, n}).flatten(1);
}

torch::Tensor deviations(const torch::Tensor& maps) {
    return soft_root(maps.var({2, 3}, false));
}

class FilterBank : public MetricFeatures {
  public:
    explicit FilterBank(const torch::Device& device)
        : MetricFeatures("built-in filter bank v1, 64 px", dimensions_of_parts(), device),
          gabor_(gabor_filters().to(device)),
          gabor_grouped_(gabor_.repeat({kDirections, 1, 1, 1})),
          opponent_(opponent_matrix().to(device)),
          centres_(torch::linspace(-1, 1, kBins).view({1, 1, kBins, 1}).to(device)),
          first_(centred_filters({kRandomFirst, 3, 5, 5}, 1).to(device)),
          second_((fixed_normals({kRandomSecond, kRandomFirst, 3, 3}, 2) /
                   std::sqrt(9.0 * kRandomFirst))
                      .to(device)) {}

  private:
    static std::int64_t dimensions_of_parts() {
        constexpr std::int64_t colour = 3 * 16 * 2, histogram = 3 * kBins,
                               orientation = kScales * kDirections * 6,
                               interplay = (kScales - 1) * kDirections * kDirections,
                               random = kRandomSecond;
        return colour + histogram + orientation + interplay + random;
    }

    /// Brightness, red against green, yellow against blue; rows of norm 1.
    static torch::Tensor opponent_matrix() {
        return torch::tensor({0.57735f, 0.57735f, 0.57735f, 0.70711f, -0.70711f, 0.0f, 0.40825f,
                              0.40825f, -0.81650f})
            .view({3, 3, 1, 1});
    }
    static torch::Tensor centred_filters(at::IntArrayRef shape, std::uint64_t purpose) {
        auto filters = fixed_normals(shape, purpose);
        filters = filters - filters.mean({2, 3}, true);
        return filters / filters.square().sum({1, 2, 3}, true).sqrt();
    }

    torch::Tensor magnitudes(const torch::Tensor& maps) const {
        const std::int64_t channels = maps.size(1);
        const auto& filters = channels == 1 ? gabor_ : gabor_grouped_;
        // Not the literal 0: there is an overload for text as well.
        const std::int64_t padding = 0;
        const auto response =
            torch::conv2d(reflect(maps, kKernel / 2), filters, {}, 1, padding, 1, channels)
                .view({maps.size(0), channels, 2, kDirections, maps.size(2), maps.size(3)});
        return response.square().sum(2).add_(1e-6).sqrt_().flatten(1, 2);
    }

    torch::Tensor compute(const torch::Tensor& pictures) const override {
        const auto rgb = resize_pictures(pictures, kSize);
        const auto colours = torch::conv2d(rgb, opponent_);
        std::vector<torch::Tensor> parts;
        add_colour(colours, parts);
        add_lines(colours.slice(1, 0, 1), parts);
        add_random(torch::avg_pool2d(rgb, 2), parts);
        return torch::cat(parts, 1);
    }

    void add_colour(const torch::Tensor& colours, std::vector<torch::Tensor>& parts) const {
        const auto mean = torch::avg_pool2d(colours, kSize / 4);
        const auto square = torch::avg_pool2d(colours.square(), kSize / 4);
        parts.push_back(mean.flatten(1) * kColourGain);
        parts.push_back(soft_root((square - mean.square()).clamp_min(0)).flatten(1) * kColourGain);
        // Overlapping triangular bins: a small change of colour is a small change of the numbers.
        const auto small = torch::avg_pool2d(colours, 2).flatten(2).unsqueeze(2);
        const double width = 2.0 / (kBins - 1);
        parts.push_back(soft_root((1 - (small - centres_).abs_().div_(width)).clamp_min_(0).mean(3))
                            .flatten(1) *
                        kHistogramGain);
    }

    void add_lines(torch::Tensor brightness, std::vector<torch::Tensor>& parts) const {
        for (int scale = 0; scale < kScales; ++scale) {
            const auto strength = magnitudes(brightness);
            const auto mean = strength.mean({2, 3});
            parts.push_back(soft_root(mean) * kOrientationGain);
            parts.push_back(deviations(strength) * kOrientationGain);
            parts.push_back(soft_root(grid_means(strength, 2)) * kOrientationGain);
            if (scale + 1 < kScales) {
                const auto second = magnitudes(torch::avg_pool2d(strength, 2)).mean({2, 3});
                const auto relative =
                    second.view({-1, kDirections, kDirections}) / (mean.unsqueeze(2) + 0.02);
                parts.push_back(relative.flatten(1) * kInterplayGain);
                brightness = torch::avg_pool2d(brightness, 2);
            }
        }
    }

    void add_random(const torch::Tensor& rgb, std::vector<torch::Tensor>& parts) const {
        auto maps = torch::conv2d(reflect(rgb, 2), first_, {}, 2).relu_();
        maps = maps / (maps.square().mean(1, true) + 0.01).sqrt();
        maps = torch::conv2d(maps, second_, {}, 1).relu_();
        parts.push_back(soft_root(maps.mean({2, 3})) * kRandomGain);
    }

    torch::Tensor gabor_, gabor_grouped_, opponent_, centres_, first_, second_;
};

}  // namespace

FeaturesPointer make_filter_bank(const torch::Device& device) {
    torch::NoGradGuard no_grad;
    return std::make_shared<FilterBank>(device);
}

}  // namespace pentimento::metrics
