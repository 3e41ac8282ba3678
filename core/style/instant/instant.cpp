// What an instant blend remembers, and the one pass.
#include "core/style/instant/instant.h"

#include <array>
#include <cmath>
#include <optional>

#include "core/base/text.h"
#include "core/nn/features/builtin.h"
#include "core/nn/features/feature_network.h"
#include "core/nn/module_state.h"
#include "core/style/colour.h"
#include "core/style/instant/decoder.h"
#include "core/style/instant/engine.h"
#include "core/style/instant/instant_run.h"
#include "core/style/masks.h"
#include "core/style/params.h"
#include "core/style/style_run.h"
#include "core/style/working_picture.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/machine.h"
#include "core/tensor/recorded.h"

namespace pentimento::style {

using torch::Tensor;

Status load_network(torch::nn::Module& network, const TensorFile& file, const std::string& name) {
    nn::TensorMap weights;
    for (const auto& [key, tensor] : file.tensors) weights.emplace(key, tensor.to(torch::kFloat32));
    if (auto loaded = nn::load_module_state(network, weights, "'" + name + "'"); !loaded)
        return loaded;
    if (!nn::all_finite(network))
        return Error{
            ErrorCode::Corrupt, "The weights in '" + name + "' are not made of numbers.", {}};
    for (auto& parameter : network.parameters()) parameter.requires_grad_(false);
    return {};
}

namespace {

/// What a decoder's colours vary by for no reason.
constexpr double kGrain = 0.03;

Result<InstantDecoder> load_decoder(const std::filesystem::path& path,
                                    const torch::Device& device) {
    const std::string name =
        path.empty() ? "the built-in decoder" : to_valid_utf8(path.filename().native());
    auto file = path.empty() ? parse_safetensors(nn::builtin_decoder_weights(), name)
                             : read_safetensors(path);
    if (!file) return file.error();
    if (const Status right = expect_network(file->metadata, "decoder", name); !right)
        return right.error();
    InstantDecoder decoder;
    if (const Status loaded = load_network(*decoder, *file, name); !loaded) return loaded.error();
    decoder->settle(device);
    return decoder;
}

/// What the networks make of a picture's edge is not pretty: they see more than there is, and it is
/// cut off again.
constexpr std::int64_t kMargin = 8;

/// Edge pixels repeated on all sides, up to multiples that the decoder can double back to.
Tensor padded(const Tensor& picture) {
    const auto missing = [](std::int64_t n) {
        return kMargin + (kInstantMultiple - n % kInstantMultiple) % kInstantMultiple;
    };
    return torch::replication_pad2d(
        picture, {kMargin, missing(picture.size(3)), kMargin, missing(picture.size(2))});
}

/// A map [h, w] over the content, as each of instant_layers() sees it.
std::vector<Tensor> by_level(const Tensor& map) {
    const auto wide = padded(map.view({1, 1, map.size(0), map.size(1)}));
    std::vector<Tensor> levels;
    for (std::int64_t cell = kInstantMultiple; cell > 1; cell /= 2)
        levels.push_back(torch::avg_pool2d(wide, cell).squeeze(0).squeeze(0));
    return levels;
}

struct Level {
    Tensor features;
    ChannelStatistics own;
};

/// Where one style counts, and what the content is like there.
struct Region {
    Tensor mask;  ///< [h, w]
    ColourStatistics colours;
    std::vector<ChannelStatistics> levels;
};

using style::between;  // of colours
/// `share` of the way from one to the other.
ChannelStatistics between(const ChannelStatistics& from, const ChannelStatistics& to,
                          double share) {
    return {torch::lerp(from.mean, to.mean, share),
            torch::lerp(from.deviation, to.deviation, share)};
}

class AdainEngine : public InstantBlender::Impl {
  public:
    AdainEngine(const torch::Device& device, std::shared_ptr<const nn::FeatureNetwork> encoder,
                const InstantDecoder& decoder)
        : device_(device),
          encoder_(std::move(encoder)),
          decoder_(decoder),
          look_(device, [this](const auto& picture) { return seen(padded(picture[0])); }),
          paint_(device, [this](const auto& levels) {
              return std::vector<Tensor>{decoder_->forward(levels)};
          }) {}

    void set_content(Frame content) override {
        content_ = {};
        content_.frame = std::move(content);
        regions_known_ = false;
    }
    void set_style(int index, Frame style) override {
        styles_.at(static_cast<std::size_t>(index)) = {std::move(style), 0, {}, {}};
        regions_known_ = false;  // whether a style is there decides what the others leave to it
    }
    void set_mask(int index, Frame mask) override {
        masks_.at(static_cast<std::size_t>(index)) =
            mask.empty() ? std::nullopt : std::optional(std::move(mask));
        regions_known_ = false;
    }

    Result<Tensor> blend(const ParamSet& params, int size) override {
        if (content_.frame.empty())
            return Error{ErrorCode::InvalidArgument, "There is no content picture yet.", {}};
        if (auto done = look_at_content(size); !done) return done.error();
        const int edge = static_cast<int>(std::lround(size * params.get(kStyleSize)));
        Weights weights{};
        for (int i = 0; i < kMaxStyles; ++i) {
            const auto at = static_cast<std::size_t>(i);
            if (styles_[at].frame.empty()) continue;
            weights[at] = params.get(style_weight_param(i));
            if (weights[at] <= 0) continue;
            if (auto done = look_at_style(styles_[at], edge, i + 1); !done) return done.error();
        }
        double sum = 0;
        for (const double weight : weights) sum += weight;
        const double strength = sum > 0 ? params.get(kStrength) : 0;
        if (sum > 0)
            for (double& weight : weights) weight /= sum;
        look_at_regions();
        const auto picture = regions_.empty() || sum <= 0 ? everywhere(weights, strength)
                                                          : by_region(weights, strength);
        return keep_colour(params.get(kColour), picture.clamp(0, 1), content_.picture);
    }

  private:
    using Weights = std::array<double, kMaxStyles>;  ///< 0 without a picture; their sum is 1 or 0
    struct Style {
        Frame frame;
        int edge = 0;
        ColourStatistics colours;
        std::vector<ChannelStatistics> levels;
    };

    /// Of each of instant_layers() the features, their means and their deviations.
    std::vector<Tensor> seen(const Tensor& picture) const {
        std::vector<Tensor> all;
        for (const auto& features : encoder_->extract(picture, instant_layers())) {
            const auto own = channel_statistics(features);
            all.insert(all.end(), {features, own.mean, own.deviation});
        }
        return all;
    }
    static std::vector<Level> as_levels(const std::vector<Tensor>& seen) {
        std::vector<Level> levels;
        for (std::size_t i = 0; i < seen.size(); i += 3)
            levels.push_back({seen[i], {seen[i + 1], seen[i + 2]}});
        return levels;
    }

    Status look_at_content(int size) {
        if (content_.size == size) return {};
        auto picture =
            resized_to_edge(content_.frame, size, kInstantMinEdge, "The content picture", device_);
        if (!picture) return picture.error();
        content_.picture = *picture;
        content_.colours = colour_statistics(content_.picture);
        content_.levels = as_levels(look_({content_.picture}));
        content_.size = size;
        regions_known_ = false;
        return {};
    }

    Status look_at_style(Style& style, int edge, int number) {
        if (style.edge == edge) return {};
        auto picture = resized_to_edge(style.frame, edge, kInstantMinEdge,
                                       "Style picture " + std::to_string(number), device_);
        if (!picture) return picture.error();
        style.colours = colour_statistics(*picture);
        style.levels.clear();
        for (const auto& level : as_levels(seen(*picture))) style.levels.push_back(level.own);
        style.edge = edge;
        return {};
    }

    /// What the masks cut out of the content; nothing without any.
    void look_at_regions() {
        if (regions_known_) return;
        regions_known_ = true;
        regions_.clear();
        std::vector<std::optional<Frame>> given;
        for (std::size_t i = 0; i < styles_.size(); ++i)
            given.push_back(styles_[i].frame.empty() ? std::nullopt : masks_[i]);
        for (auto& mask :
             make_masks(given, given.size(), static_cast<int>(content_.picture.size(3)),
                        static_cast<int>(content_.picture.size(2)))) {
            Region region{mask.to(device_), {}, {}};
            region.colours = colour_statistics(content_.picture, region.mask);
            const auto maps = by_level(region.mask);
            for (std::size_t l = 0; l < maps.size(); ++l)
                region.levels.push_back(
                    channel_statistics(content_.levels[l].features, 1e-2, maps[l]));
            regions_.push_back(std::move(region));
        }
    }

    Tensor decoded(const std::vector<Tensor>& levels) {
        return paint_(levels)[0]
            .narrow(2, kMargin, content_.picture.size(2))
            .narrow(3, kMargin, content_.picture.size(3));
    }

    /// A mixture of AdaIN's results is AdaIN to the mixture of the statistics, and so is a part of
    /// the way from the content's own.
    Tensor everywhere(const Weights& weights, double strength) {
        const auto mixed = [&](const ChannelStatistics& own, const auto& of_style) {
            ChannelStatistics wanted{own.mean * (1 - strength), own.deviation * (1 - strength)};
            for (std::size_t i = 0; i < weights.size(); ++i) {
                if (weights[i] <= 0) continue;
                const double share = strength * weights[i];
                const ChannelStatistics& style = of_style(styles_[i]);
                wanted.mean = wanted.mean + style.mean * share;
                wanted.deviation = wanted.deviation + style.deviation * share;
            }
            return wanted;
        };
        std::vector<Tensor> levels;
        for (std::size_t l = 0; l < content_.levels.size(); ++l) {
            const Level& level = content_.levels[l];
            levels.push_back(with_statistics(level.features, level.own,
                                             mixed(
                                                 level.own, [l](const Style& style) -> const auto& {
                                                     return style.levels[l];
                                                 })));
        }
        const auto blended = decoded(levels);
        // The last level is the picture itself: a small decoder's colours are a little pale.
        ColourStatistics wanted{content_.colours.first * (1 - strength),
                                content_.colours.second * (1 - strength)};
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] <= 0) continue;
            const auto& [mean, covariance] = styles_[i].colours;
            wanted.first = wanted.first + mean * (strength * weights[i]);
            wanted.second = wanted.second + covariance * (strength * weights[i]);
        }
        return with_colours(blended, colour_statistics(blended), wanted, kGrain);
    }

    /// The same with masks: at each place the mixture of what each style makes of its own region,
    /// at every level, so that edges are as soft as the masks. The styles' weights count against
    /// each other where masks overlap.
    Tensor by_region(const Weights& weights, double strength) {
        std::vector<std::size_t> there;
        Tensor sum, covered;
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] <= 0) continue;
            there.push_back(i);
            const auto& mask = regions_[i].mask;
            sum = sum.defined() ? sum + mask * weights[i] : mask * weights[i];
            covered = covered.defined() ? covered + mask : mask;
        }
        covered = covered.clamp(0, 1);
        std::vector<Tensor> shares;
        std::vector<std::vector<Tensor>> shares_by_level;
        for (const auto i : there) {
            shares.push_back(covered * regions_[i].mask * weights[i] / sum.clamp_min(1e-6));
            shares_by_level.push_back(by_level(shares.back()));
        }
        std::vector<Tensor> levels;
        for (std::size_t l = 0; l < content_.levels.size(); ++l) {
            const auto& features = content_.levels[l].features;
            auto made = features;
            for (std::size_t k = 0; k < there.size(); ++k) {
                const auto& own = regions_[there[k]].levels[l];
                const auto wanted = between(own, styles_[there[k]].levels[l], strength);
                made = made +
                       (with_statistics(features, own, wanted) - features) * shares_by_level[k][l];
            }
            levels.push_back(made);
        }
        const auto blended = decoded(levels);
        // Where no style counts, the photograph itself is better than what a decoder makes of it.
        auto picture = content_.picture * (1 - covered);
        for (std::size_t k = 0; k < there.size(); ++k) {
            const Region& region = regions_[there[k]];
            const auto own = colour_statistics(blended, region.mask);
            const auto wanted = between(region.colours, styles_[there[k]].colours, strength);
            picture = picture + with_colours(blended, own, wanted, kGrain).clamp(0, 1) * shares[k];
        }
        return picture;
    }

    torch::Device device_;
    std::shared_ptr<const nn::FeatureNetwork> encoder_;
    InstantDecoder decoder_{nullptr};
    tensor::Recorded look_;   ///< from a content picture to what is seen() of it
    tensor::Recorded paint_;  ///< from blended levels to a picture with its margin

    struct {
        Frame frame;
        int size = 0;    ///< that `levels` were made for; 0: none
        Tensor picture;  ///< [1, 3, h, w]
        ColourStatistics colours;
        std::vector<Level> levels;
    } content_;
    std::array<Style, kMaxStyles> styles_;
    std::array<std::optional<Frame>, kMaxStyles> masks_;
    bool regions_known_ = false;
    std::vector<Region> regions_;  ///< one a style, or none without masks
};

}  // namespace

InstantBlender::InstantBlender(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
}
InstantBlender::~InstantBlender() = default;

Result<std::unique_ptr<InstantBlender>> InstantBlender::make(const ParamSet& params,
                                                             const InstantNetworks& networks) {
    return tensor::guarded(
        "Preparing instant style", [&]() -> Result<std::unique_ptr<InstantBlender>> {
            const auto device_name = tensor::set_up_machine(params);
            if (!device_name) return device_name.error();
            const torch::Device device(*device_name);
            if (params.get(kMethod) == "painter") {
                auto engine = make_painter_engine(networks.painter, device);
                if (!engine) return engine.error();
                return std::unique_ptr<InstantBlender>(new InstantBlender(*std::move(engine)));
            }
            auto encoder = nn::load_features(nn::feature_registry().at(nn::kBuiltinFeatures),
                                             networks.features, "auto", nn::Pooling::Max, device,
                                             nn::fast_feature_type(device));
            if (!encoder) return encoder.error();
            auto decoder = load_decoder(networks.decoder, device);
            if (!decoder) return decoder.error();
            return std::unique_ptr<InstantBlender>(
                new InstantBlender(std::make_unique<AdainEngine>(device, *encoder, *decoder)));
        });
}

void InstantBlender::set_content(Frame content) {
    impl_->set_content(std::move(content));
}
void InstantBlender::set_style(int index, Frame style) {
    impl_->set_style(index, std::move(style));
}
void InstantBlender::set_mask(int index, Frame mask) {
    impl_->set_mask(index, std::move(mask));
}

Result<Frame> InstantBlender::blend(const ParamSet& params) {
    return tensor::guarded("The blend", [&]() -> Result<Frame> {
        torch::NoGradGuard no_grad;
        auto picture = impl_->blend(params, static_cast<int>(params.get(kSize)));
        if (!picture) return picture.error();
        return tensor_to_frame((*picture)[0]);
    });
}

Result<Tensor> instant_picture(const ParamSet& params, const StyleInputs& inputs, int size) {
    // Kept colours change what is shown; the picture that a refinement begins with has the style's.
    ParamSet plain = params;
    if (auto set = plain.apply(
            {{kColour.id(), std::string("none")}, {kMethod.id(), std::string("instant")}});
        !set)
        return set.error();
    auto blender = InstantBlender::make(plain, inputs.networks);
    if (!blender) return blender.error();
    give_pictures(**blender, inputs);
    torch::NoGradGuard no_grad;
    return (*blender)->impl().blend(plain, size);
}

}  // namespace pentimento::style
