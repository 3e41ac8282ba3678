// Pictures are resized from their originals at every size, never from each other.
#include "core/style/working_scale.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/style/forecast.h"
#include "core/style/params.h"
#include "core/style/scales.h"
#include "core/style/working_picture.h"
#include "core/tensor/machine.h"

namespace pentimento::style {
namespace {

Error invalid(std::string message) {
    return {ErrorCode::InvalidArgument, std::move(message), {}};
}

/// The longer edge at which the shorter one still has `least` px.
int smallest_edge(const Frame& frame, int least) {
    const double shorter = std::max(1, std::min(frame.width, frame.height));
    return static_cast<int>(std::ceil(least * std::max(frame.width, frame.height) / shorter));
}

}  // namespace

Result<Ingredients> Ingredients::prepare(const ParamSet& params, StyleInputs inputs) {
    if (auto fit = check_pictures(params, inputs); !fit) return fit.error();
    if (inputs.likeness &&
        (inputs.likeness->picture.empty() ||
         inputs.likeness->mask.size() != static_cast<std::size_t>(inputs.likeness->picture.width) *
                                             inputs.likeness->picture.height))
        return invalid("The mask of the picture to stay like is of another size than it.");
    Ingredients made;
    made.definition = &nn::feature_registry().at(params.get(features_param()));
    if (const auto layers = content_layers(*made.definition, params); !layers)
        return layers.error();
    const auto device_name = tensor::set_up_machine(params);
    if (!device_name) return device_name.error();
    made.device = torch::Device(*device_name);

    int smallest = smallest_edge(inputs.content, made.definition->min_edge);
    for (const auto& style : inputs.styles)
        smallest = std::max(
            smallest, static_cast<int>(std::ceil(smallest_edge(style, made.definition->min_edge) /
                                                 params.get(kStyleSize))));
    made.edges = scale_edges(params, smallest);
    auto network = nn::load_features(*made.definition, inputs.weights, params.get(kPreprocessing),
                                     pooling_of(*made.definition, params), made.device,
                                     nn::fast_feature_type(made.device));
    if (!network) return network.error();
    made.network = *network;
    made.inputs = std::move(inputs);
    return made;
}

Result<torch::Tensor> Ingredients::content(std::size_t scale) const {
    return resized_to_edge(inputs.content, edges.at(scale), definition->min_edge,
                           "The content picture", device);
}

std::vector<torch::Tensor> Ingredients::masks(std::int64_t width, std::int64_t height) const {
    auto masks = make_masks(inputs.masks, inputs.styles.size(), static_cast<int>(width),
                            static_cast<int>(height));
    for (auto& mask : masks) mask = mask.to(device);
    return masks;
}

Result<Pictures> Ingredients::pictures(const ParamSet& params, std::size_t scale) const {
    auto content = this->content(scale);
    if (!content) return content.error();
    const auto style_size = static_cast<int>(std::lround(edges.at(scale) * params.get(kStyleSize)));
    Pictures pictures;
    for (std::size_t i = 0; i < inputs.styles.size(); ++i) {
        auto style = resized_to_edge(inputs.styles[i], style_size, definition->min_edge,
                                     "Style picture " + std::to_string(i + 1), device);
        if (!style) return style.error();
        pictures.styles.push_back(*style);
    }
    pictures.masks = masks(content->size(3), content->size(2));
    pictures.content = *content;
    if (inputs.likeness) {
        const auto& [picture, mask, weight] = *inputs.likeness;
        const int width = static_cast<int>(content->size(3)),
                  height = static_cast<int>(content->size(2));
        pictures.likeness = resized(picture, width, height, device);
        pictures.likeness_mask =
            at::adaptive_avg_pool2d(
                torch::tensor(mask, torch::kFloat32).view({1, 1, picture.height, picture.width}),
                {height, width})
                .to(device);
        pictures.likeness_weight = weight;
    }
    return pictures;
}

WorkingScale WorkingScale::of(const Ingredients& ingredients, const ParamSet& params,
                              std::size_t index, const Pictures& pictures) {
    const auto& content = pictures.content;
    const auto tile =
        choose_tile(*ingredients.network, *ingredients.definition, params, content.size(3),
                    content.size(2), available_memory(ingredients.device));
    return {index, Objective(ingredients.network, *ingredients.definition, params, pictures, tile),
            content.sizes().vec()};
}

Result<WorkingScale> WorkingScale::make(const Ingredients& ingredients, const ParamSet& params,
                                        std::size_t index) {
    const auto pictures = ingredients.pictures(params, index);
    if (!pictures) return pictures.error();
    return of(ingredients, params, index, *pictures);
}

}  // namespace pentimento::style
