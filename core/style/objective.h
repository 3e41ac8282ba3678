// What a style run minimises, and its gradient at a picture.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/nn/features/feature_network.h"
#include "core/params/param_set.h"
#include "core/style/losses.h"
#include "core/style/masks.h"
#include "core/style/pixel_optimiser.h"
#include "core/style/statistics.h"
#include "core/style/tiles.h"
#include "core/tensor/recorder.h"
#include "core/tensor/side_by_side.h"

namespace pentimento::style {

/// The pictures at the size that is worked on, on the network's device.
struct Pictures {
    torch::Tensor content;              ///< [1, 3, h, w]
    std::vector<torch::Tensor> styles;  ///< [1, 3, any, any]
    std::vector<torch::Tensor> masks;   ///< [h, w], one a style; or empty
    torch::Tensor likeness;             ///< [1, 3, h, w]; undefined: none
    torch::Tensor likeness_mask;        ///< [1, 1, h, w] in [0, 1]
    double likeness_weight = 0;
};

/// content_weight·L_content + style_weight·Σ_l w_l·L_style,l + tv_weight·k·L_tv, and for films
/// likeness_weight·k·Σ m·(x − likeness)² (Ruder and others 2016, equation 7; with relative losses
/// the mean over the picture).
///
/// L_style,l compares the statistics of the picture's features (style_loss) with a target. Without
/// masks the target is Σ_k ω_k·statistics(style k), where the live weights of the style pictures
/// are scaled to Σω = 1: one comparison a layer. With masks it is Σ_k ω_k·L_k, where L_k compares
/// the statistics under style k's mask, divided by the mask's mass, with those of style k: a small
/// region pulls as strongly as a large one. When all ω are 0 there is no style term.
///
/// With a tile edge, memory depends on the tile and not on the picture: a first pass adds the
/// statistics up over the tiles, a second one sends the gradient back, which is known by then in
/// closed form for every feature. The result is that of the whole picture to rounding.
class Objective {
  public:
    struct Terms {
        double content = 0, style = 0, tv = 0, likeness = 0;  ///< unweighted
        double total = 0;                                     ///< weighted
    };

    /// `tile`: edge in px, 0 for the whole picture at once. Throws std::invalid_argument for layers
    /// that the network has not.
    Objective(std::shared_ptr<const nn::FeatureNetwork> network,
              const nn::FeatureDefinition& definition, const ParamSet& params,
              const Pictures& pictures, std::int64_t tile = 0);

    // A comparison points at its masks.
    Objective(Objective&&) = default;
    Objective& operator=(Objective&&) = default;

    /// Takes the live weights over.
    void set_weights(const ParamSet& params);
    /// Other masks of the same size, or none, with the weights of `params`.
    void set_masks(const std::vector<torch::Tensor>& masks, const ParamSet& params);

    /// With relative losses the gradient is that of total × number of pixels, so that it is of the
    /// order 1; with plain sums it is that of the total. On a graphics card the next call
    /// overwrites it.
    Evaluation evaluate(const torch::Tensor& picture);
    /// Of the last evaluate().
    const Terms& terms() const { return terms_; }

  private:
    /// One comparison for each style layer: of everything with the mixture, or of what is under a
    /// style's mask with that style.
    struct Comparison {
        double weight = 1;
        const LayerMasks* masks = nullptr;
        std::vector<StyleTarget> targets;
        /// By style layer, of a picture in one piece: the sum of its mask, once it is known.
        std::vector<std::optional<double>> masses = {};
    };
    /// An evaluation that nobody has waited for yet.
    struct Outcome {
        torch::Tensor numbers;  ///< the terms without and their sum with weights, and the
                                ///< gradient's RMS, in the order of `Terms`
        torch::Tensor gradient;
    };
    /// One tile with its features, by layer.
    struct Look {
        torch::Tensor pixels;
        std::vector<torch::Tensor> features;
    };
    using ByLayer = std::vector<StyleGradient>;

    Outcome assess(const torch::Tensor& picture);

    Look look(const torch::Tensor& picture, const Tile& tile, bool with_gradient) const;
    std::vector<StyleTarget> targets_of(const torch::Tensor& style) const;
    void remember_content(const torch::Tensor& content);
    void look_at_geometry(const torch::Device& device);
    void add_moments(const Look& look, const Tile& tile,
                     std::vector<std::vector<Moments>>& moments) const;
    void remember_masses(const std::vector<std::vector<Moments>>& moments);
    std::vector<ByLayer> compare_all(const std::vector<std::vector<Moments>>& moments,
                                     torch::Tensor& style) const;
    torch::Tensor add_likeness(const torch::Tensor& picture, torch::Tensor& gradient) const;
    torch::Tensor add_gradient(const Look& look, std::size_t tile,
                               const std::vector<ByLayer>& styles, torch::Tensor& gradient) const;
    /// The places of a layer in `tile` as a matrix [C, N], and the mask over them.
    torch::Tensor places(const Look& look, const Tile& tile, std::size_t layer) const;
    torch::Tensor mask_of(const Comparison& comparison, const Look& look, const Tile& tile,
                          std::size_t layer) const;
    std::size_t style_layer(std::size_t i) const { return content_layers_ + i; }

    std::shared_ptr<const nn::FeatureNetwork> network_;
    int min_edge_;                     ///< px that the network needs
    std::vector<std::string> layers_;  ///< the content layers, then the style layers
    std::size_t content_layers_ = 1;
    std::vector<LayerGeometry> geometry_;  ///< of layers_
    bool geometry_known_ = false;  ///< a whole picture without masks needs to know nothing of it
    std::int64_t tile_edge_ = 0;
    std::vector<Tile> tiles_;
    LossScale scale_;
    StyleLoss kind_;
    TvLoss tv_kind_;
    std::vector<double> layer_weights_;
    std::vector<std::vector<torch::Tensor>> content_;      ///< by tile, by content layer
    std::vector<double> content_units_;                    ///< by content layer
    std::vector<std::vector<StyleTarget>> style_targets_;  ///< by style, by layer
    std::vector<LayerMasks> masks_;                        ///< by style; or empty
    std::vector<Comparison> comparisons_;
    torch::Tensor likeness_, likeness_mask_;
    double content_weight_ = 0, style_weight_ = 0, tv_weight_ = 0, likeness_weight_ = 0;
    Terms terms_;

    // On a graphics card.
    tensor::SideBySide layers_at_once_;
    torch::Tensor picture_;  ///< where recorded work finds the picture
    Outcome outcome_;        ///< and leaves what it finds out
    tensor::Recorder recorder_;
};

/// The layers at which `params` compare content, the first one being the usual choice; the others
/// are named in kMoreContentLayers. InvalidArgument when the network has no such layer.
Result<std::vector<std::string>> content_layers(const nn::FeatureDefinition& definition,
                                                const ParamSet& params);
std::vector<std::string> style_layers(const nn::FeatureDefinition& definition,
                                      const ParamSet& params);
/// How `params` want the network's pictures shrunk.
nn::Pooling pooling_of(const nn::FeatureDefinition& definition, const ParamSet& params);

}  // namespace pentimento::style
