// Which of the networks is trained, and what each measures.
#include "core/style/train/style_training.h"

#include "core/style/train/decoder_training.h"
#include "core/style/train/feature_distiller.h"
#include "core/style/train/painter_training.h"
#include "core/style/train/params.h"
#include "core/tensor/guard.h"

namespace pentimento::style::train {
namespace {

Error missing(std::string what) {
    return {ErrorCode::InvalidArgument, std::move(what), {}};
}

}  // namespace

Result<std::unique_ptr<Run>> make_run(const ParamSet& params, Inputs inputs) {
    if (inputs.pictures.info().channels != 3)
        return missing("The pictures to learn from are grey: import them in colour.");
    if (inputs.styles && inputs.styles->info().channels != 3)
        return missing("The paintings to learn from are grey: import them in colour.");
    const std::string& network = params.get(kNetwork);
    return tensor::guarded("Preparing the training", [&]() -> Result<std::unique_ptr<Run>> {
        if (network == "features") {
            if (inputs.weights.empty())
                return missing("The small feature network learns from VGG-19: name its weights.");
            return make_feature_distiller(params, std::move(inputs));
        }
        if (network == "decoder") {
            if (!inputs.styles)
                return missing("The decoder learns from paintings, too: name a dataset of styles.");
            return make_decoder_training(params, std::move(inputs));
        }
        if (!inputs.style) return missing("A painter learns the style of one picture: name it.");
        return make_painter_training(params, std::move(inputs));
    });
}

std::vector<MetricSpec> metric_specs() {
    std::vector<MetricSpec> specs = {
        {"total", "Loss", "What training makes smaller. It should fall fast, then slowly.", "Loss"},
        {"content_loss", "Content loss",
         "How far results are from showing what the pictures show, by the features that judge.",
         "Parts"},
        {"style_loss", "Style loss", "How far results are from the style's colours and strokes.",
         "Parts"},
        {"identity_loss", "Identity loss",
         "How far a picture in its own style is from itself, as the share of its variance.",
         "Parts"},
        {"held_out_content", "Content loss, unseen pictures",
         "The same on pictures that are never learned from.", "Unseen"},
        {"held_out_style", "Style loss, unseen pictures",
         "The same on pictures that are never learned from.", "Unseen"}};
    for (const char* layer : {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"}) {
        const std::string name = layer;
        specs.push_back({"unexplained_" + name, name,
                         "Share of VGG-19's variance at " + name +
                             " that the small network does not explain: 0 is a perfect copy.",
                         "Unexplained"});
        specs.push_back({"held_out_" + name, name + ", unseen pictures",
                         "The same on pictures that are never learned from.", "Unseen"});
    }
    return specs;
}

}  // namespace pentimento::style::train
