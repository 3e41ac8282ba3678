// One forward and one backward pass through the feature network; with tiles one more forward.
#include "core/style/objective.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "core/base/text.h"
#include "core/style/params.h"

namespace pentimento::style {

using torch::Tensor;

namespace {

// Bring the relative total variation to a scale on which a weight of 1 is a gentle smoothing.
constexpr double kTvUnit = 10, kAbsoluteTvUnit = 0.5;
// And a relative likeness to one on which it holds against a style weight of the usual size.
constexpr double kLikenessUnit = 100;
// Larger pictures keep a graphics card busy without recordings, which would need their memory
// twice.
constexpr std::int64_t kMostRecorded = 3 * 1600 * 1600;

}  // namespace

std::vector<std::string> style_layers(const nn::FeatureDefinition& definition,
                                      const ParamSet& params) {
    auto layers = definition.style_layers;
    const auto& choice = params.get(kStyleLayers);
    if (choice == "fine") layers.resize(layers.size() - 2);
    if (choice == "upper") layers.resize(layers.size() - 1);
    if (choice == "coarse") layers.erase(layers.begin());
    return layers;
}

nn::Pooling pooling_of(const nn::FeatureDefinition& definition, const ParamSet& params) {
    const auto& choice = params.get(kPooling);
    if (choice == "auto") return definition.pooling;
    if (choice == "average") return nn::Pooling::Average;
    return choice == "max" ? nn::Pooling::Max : nn::Pooling::Overlapping;
}

Result<std::vector<std::string>> content_layers(const nn::FeatureDefinition& definition,
                                                const ParamSet& params) {
    std::vector<std::string> layers{params.get(content_layer_param(definition.id))};
    std::string names = params.get(kMoreContentLayers);
    std::replace(names.begin(), names.end(), ',', ' ');
    std::istringstream words(names);
    for (std::string name; words >> name;) {
        const auto& known = definition.layers;
        if (std::find(known.begin(), known.end(), name) == known.end())
            return Error{ErrorCode::InvalidArgument,
                         definition.label + " has no layer '" + name +
                             "' to compare content at. Choose among " + join(known, ", ") + ".",
                         {}};
        if (std::find(layers.begin(), layers.end(), name) == layers.end()) layers.push_back(name);
    }
    return layers;
}

Objective::Objective(std::shared_ptr<const nn::FeatureNetwork> network,
                     const nn::FeatureDefinition& definition, const ParamSet& params,
                     const Pictures& pictures, std::int64_t tile)
    : network_(std::move(network)),
      min_edge_(definition.min_edge),
      tile_edge_(tile),
      scale_(params.get(kLossScale) == "sum" ? LossScale::Sum : LossScale::Relative),
      kind_(parse_style_loss(params.get(kStyleLoss))),
      tv_kind_(params.get(kTv) == "absolute" ? TvLoss::Absolute : TvLoss::Squared),
      layers_at_once_(pictures.content.device(), definition.style_layers.size()),
      recorder_(pictures.content.device()) {
    torch::NoGradGuard no_grad;
    auto content = content_layers(definition, params);
    if (!content) throw std::invalid_argument(content.error().message);
    layers_ = *std::move(content);
    content_layers_ = layers_.size();
    const auto style = style_layers(definition, params);
    layers_.insert(layers_.end(), style.begin(), style.end());
    geometry_.resize(layers_.size());
    if (tile_edge_ > 0) look_at_geometry(pictures.content.device());
    tiles_ = plan_tiles(pictures.content.size(2), pictures.content.size(3), tile_edge_,
                        halo_of(geometry_));
    remember_content(pictures.content);
    for (const auto& picture : pictures.styles) style_targets_.push_back(targets_of(picture));
    std::vector<std::int64_t> channels;
    for (const auto& target : style_targets_.at(0)) channels.push_back(target.spread.size(0));
    layer_weights_ = layer_weights(params.get(kLayerWeights), channels);
    likeness_ = pictures.likeness;
    likeness_mask_ = pictures.likeness_mask;
    likeness_weight_ = pictures.likeness_weight;
    if (scale_ == LossScale::Relative)
        likeness_weight_ *= kLikenessUnit / static_cast<double>(pictures.content.numel());
    set_masks(pictures.masks, params);
}

void Objective::look_at_geometry(const torch::Device& device) {
    if (std::exchange(geometry_known_, true)) return;
    geometry_ = layer_geometry(*network_, layers_, min_edge_, device);
}

void Objective::set_masks(const std::vector<Tensor>& masks, const ParamSet& params) {
    torch::NoGradGuard no_grad;
    comparisons_.clear();  // they point at the masks
    masks_.clear();
    if (!masks.empty()) look_at_geometry(masks[0].device());
    std::vector<std::int64_t> cells;
    for (std::size_t i = content_layers_; i < layers_.size(); ++i)
        cells.push_back(geometry_[i].cell);
    for (const auto& mask : masks) masks_.emplace_back(mask, cells);
    set_weights(params);
}

void Objective::remember_content(const Tensor& content) {
    content_units_.assign(content_layers_, 1);
    std::vector<double> squares(content_layers_, 0);
    for (const auto& tile : tiles_) {
        const auto seen = look(content, tile, false);
        std::vector<Tensor> cores;
        for (std::size_t i = 0; i < content_layers_; ++i) {
            auto core = tile.core(seen.features[i], geometry_[i].cell);
            // A view would keep the halo in memory.
            cores.push_back(tiles_.size() > 1 ? core.clone() : core);
            squares[i] += core.square().sum(torch::kFloat32).item<double>();
        }
        content_.push_back(std::move(cores));
    }
    if (scale_ == LossScale::Relative)
        for (std::size_t i = 0; i < content_layers_; ++i)
            content_units_[i] = std::max(squares[i], 1e-12) * static_cast<double>(content_layers_);
}

std::vector<StyleTarget> Objective::targets_of(const Tensor& style) const {
    std::vector<std::vector<Moments>> moments{
        std::vector<Moments>(layers_.size() - content_layers_)};
    for (const auto& tile :
         plan_tiles(style.size(2), style.size(3), tile_edge_, halo_of(geometry_))) {
        const auto seen = look(style, tile, false);
        for (std::size_t i = 0; i < moments[0].size(); ++i)
            moments[0][i].add(kind_, places(seen, tile, style_layer(i)), {});
    }
    std::vector<StyleTarget> targets;
    for (const auto& layer : moments[0]) targets.push_back(make_target(kind_, layer));
    return targets;
}

void Objective::set_weights(const ParamSet& params) {
    recorder_.forget();
    content_weight_ = params.get(kContentWeight);
    style_weight_ = params.get(kStyleWeight);
    tv_weight_ = params.get(kTvWeight);
    if (scale_ == LossScale::Relative)
        tv_weight_ *= tv_kind_ == TvLoss::Squared ? kTvUnit : kAbsoluteTvUnit;
    std::vector<double> shares;
    double sum = 0;
    for (std::size_t k = 0; k < style_targets_.size(); ++k) {
        shares.push_back(params.get(style_weight_param(static_cast<int>(k))));
        sum += shares.back();
    }
    comparisons_.clear();
    if (sum <= 0) return;
    for (double& share : shares) share /= sum;
    if (masks_.empty()) {
        Comparison mixture;
        for (std::size_t layer = 0; layer < layer_weights_.size(); ++layer) {
            std::vector<StyleTarget> targets;
            for (const auto& style : style_targets_) targets.push_back(style[layer]);
            mixture.targets.push_back(mix(kind_, targets, shares));
        }
        comparisons_.push_back(std::move(mixture));
        return;
    }
    for (std::size_t k = 0; k < style_targets_.size(); ++k)
        if (shares[k] > 0) comparisons_.push_back({shares[k], &masks_[k], style_targets_[k]});
}

Objective::Look Objective::look(const Tensor& picture, const Tile& tile, bool with_gradient) const {
    torch::AutoGradMode mode(with_gradient);
    Look seen;
    seen.pixels = tile.crop(picture).detach().requires_grad_(with_gradient);
    seen.features = network_->extract(seen.pixels, layers_);
    return seen;
}

Tensor Objective::places(const Look& look, const Tile& tile, std::size_t layer) const {
    return as_places(tile.core(look.features[layer].detach(), geometry_[layer].cell));
}

Tensor Objective::mask_of(const Comparison& comparison, const Look& look, const Tile& tile,
                          std::size_t layer) const {
    if (comparison.masks == nullptr) return {};
    const auto cell = geometry_[layer].cell;
    const auto core = tile.core(look.features[layer], cell);
    return tile.mask(comparison.masks->at(cell), cell, core.size(2), core.size(3));
}

void Objective::add_moments(const Look& look, const Tile& tile,
                            std::vector<std::vector<Moments>>& moments) const {
    layers_at_once_.each(layer_weights_.size(), [&](std::size_t i) {
        const auto layer = style_layer(i);
        for (std::size_t c = 0; c < comparisons_.size(); ++c) {
            const auto& masses = comparisons_[c].masses;
            moments[c][i].add(kind_, places(look, tile, layer),
                              mask_of(comparisons_[c], look, tile, layer),
                              masses.empty() ? std::nullopt : masses[i]);
        }
    });
}

/// Adding a mask up again and again would mean waiting for the device each time.
void Objective::remember_masses(const std::vector<std::vector<Moments>>& moments) {
    for (std::size_t c = 0; c < comparisons_.size(); ++c) {
        auto& masses = comparisons_[c].masses;
        if (!masses.empty()) continue;
        for (const auto& layer : moments[c]) masses.push_back(layer.mass);
    }
}

/// Adds to `style` what the comparisons come to; what they ask of the features has the style's
/// weight.
std::vector<Objective::ByLayer> Objective::compare_all(
    const std::vector<std::vector<Moments>>& moments, Tensor& style) const {
    std::vector<ByLayer> styles(comparisons_.size(), ByLayer(layer_weights_.size()));
    layers_at_once_.each(layer_weights_.size(), [&](std::size_t i) {
        for (std::size_t c = 0; c < comparisons_.size(); ++c) {
            if (moments[c][i].mass < 1e-3) continue;  // its mask leaves nothing
            auto& result = styles[c][i];
            result = compare(kind_, scale_, moments[c][i], comparisons_[c].targets[i]);
            const double weight = comparisons_[c].weight * layer_weights_[i];
            result.value = weight * result.value;
            result.factor = result.factor * (weight * style_weight_);
            if (result.offset.defined()) result.offset = result.offset * (weight * style_weight_);
        }
    });
    for (const auto& by_layer : styles)
        for (const auto& result : by_layer)
            if (result.value.defined()) style = style + result.value;
    return styles;
}

/// Returns the content loss of this tile.
Tensor Objective::add_gradient(const Look& look, std::size_t index,
                               const std::vector<ByLayer>& styles, Tensor& gradient) const {
    const auto& tile = tiles_[index];
    auto content = torch::zeros({}, look.pixels.options().requires_grad(false));
    std::vector<Tensor> sums(layer_weights_.size());
    layers_at_once_.each(layer_weights_.size(), [&](std::size_t i) {
        for (std::size_t c = 0; c < styles.size(); ++c) {
            if (!styles[c][i].factor.defined()) continue;
            auto part = styles[c][i].at(places(look, tile, style_layer(i)),
                                        mask_of(comparisons_[c], look, tile, style_layer(i)));
            sums[i] = sums[i].defined() ? sums[i].add_(part) : part;
        }
    });
    std::vector<Tensor> ends, end_gradients;
    // Features beyond the core belong to other tiles: no gradient comes from them here.
    const auto send = [&](std::size_t layer, const Tensor& core_gradient) {
        const auto& features = look.features[layer];
        ends.push_back(features);
        if (core_gradient.numel() == features.numel()) {
            end_gradients.push_back(core_gradient.view_as(features));
            return;
        }
        auto whole = torch::zeros_like(features);
        auto core = tile.core(whole, geometry_[layer].cell);
        core.copy_(core_gradient.view_as(core));
        end_gradients.push_back(whole);
    };
    for (std::size_t i = 0; i < content_layers_; ++i) {
        auto off = tile.core(look.features[i].detach(), geometry_[i].cell) - content_[index][i];
        content = content + off.square().sum(torch::kFloat32) / content_units_[i];
        if (content_weight_ > 0) send(i, off.mul_(2 * content_weight_ / content_units_[i]));
    }
    for (std::size_t i = 0; i < sums.size(); ++i)
        if (sums[i].defined()) send(style_layer(i), sums[i]);
    if (!ends.empty())
        tile.crop(gradient).add_(torch::autograd::grad(ends, {look.pixels}, end_gradients)[0]);
    return content;
}

/// Pixels need no network, so that this is the same with and without tiles.
Tensor Objective::add_likeness(const Tensor& picture, Tensor& gradient) const {
    if (!likeness_.defined() || likeness_weight_ <= 0) return torch::zeros({}, picture.options());
    const auto off = (picture - likeness_) * likeness_mask_;
    gradient.add_(off, 2 * likeness_weight_);
    return (off * (picture - likeness_)).sum();
}

Objective::Outcome Objective::assess(const Tensor& picture) {
    const bool whole = tiles_.size() == 1;
    std::vector<std::vector<Moments>> moments(comparisons_.size(),
                                              std::vector<Moments>(layer_weights_.size()));
    Look seen;
    for (const auto& tile : tiles_) {
        if (!whole && comparisons_.empty()) break;
        seen = look(picture, tile, whole);
        add_moments(seen, tile, moments);
    }
    if (whole) remember_masses(moments);
    auto style = torch::zeros({}, picture.options());
    const auto styles = compare_all(moments, style);
    moments.clear();

    auto gradient = torch::zeros_like(picture);
    auto content = torch::zeros({}, picture.options());
    for (std::size_t i = 0; i < tiles_.size(); ++i) {
        if (!whole) seen = look(picture, tiles_[i], true);
        content = content + add_gradient(seen, i, styles, gradient);
        seen = {};
    }
    const auto tv = total_variation(picture, tv_kind_, scale_, tv_weight_, gradient);
    const auto likeness = add_likeness(picture, gradient);
    if (scale_ == LossScale::Relative) gradient.mul_(static_cast<double>(picture.numel()));
    const auto total = content_weight_ * content + style_weight_ * style + tv_weight_ * tv +
                       likeness_weight_ * likeness;
    const auto rms = gradient.norm() / std::sqrt(static_cast<double>(picture.numel()));
    return {torch::stack({content, style, tv, likeness, total, rms}), gradient};
}

Evaluation Objective::evaluate(const Tensor& picture) {
    torch::NoGradGuard no_grad;
    if (recorder_.records() && tiles_.size() == 1 && picture.numel() <= kMostRecorded) {
        if (!picture_.defined()) picture_ = torch::empty_like(picture);
        picture_.copy_(picture);
        recorder_.run("assess", [this] { outcome_ = assess(picture_); });
    } else {
        outcome_ = assess(picture);
    }
    // All numbers in one read from the device.
    const auto numbers = outcome_.numbers.to(torch::kCPU);
    const auto* value = numbers.data_ptr<float>();
    terms_ = {value[0], value[1], value[2], value[3], value[4]};
    Evaluation evaluation{terms_.total, outcome_.gradient, static_cast<double>(value[5])};
    // Of a recording it must stay where it is; elsewhere the caller alone holds it.
    if (!recorder_.records()) outcome_ = {};
    return evaluation;
}

}  // namespace pentimento::style
